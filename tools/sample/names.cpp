// The lists that names are put together from.
#include "sample/names.h"

#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "fmt/format.h"

namespace keyscore::sample {
namespace {

constexpr std::string_view kFirst[] = {
    "Anna",   "Boris",  "Carla",  "David",   "Elena", "Felix",  "Greta",  "Hugo",   "Ines",
    "Jonas",  "Karin",  "Lars",   "Maria",   "Nils",  "Olga",   "Pavel",  "Rita",   "Simon",
    "Tessa",  "Viktor", "Wanda",  "Yusuf",   "Zoe",   "Amir",   "Bianca", "Cem",    "Dora",
    "Emil",   "Fatima", "Georg",  "Helga",   "Ivan",  "Jörg",   "Katja",  "Leo",    "Mona",
    "Noah",   "Oskar",  "Petra",  "Quentin", "Rosa",  "Stefan", "Tobias", "Ursula", "Valerie",
    "Walter", "Xenia",  "Yvonne", "Zeno",    "Aline", "Bruno",  "Chloé",  "Diego",  "Edith",
    "Frank",  "Gina",   "Hanna",  "Ida",     "Jakob", "Klara",  "Luca",   "Milan",  "Nadia",
    "Otto",   "Paula",  "Ralf",   "Sofia",   "Theo",  "Ulla",   "Vera",   "Mateo",  "Priya",
    "Kofi",   "Aiko",   "Lin",    "Omar",    "Sanna", "Bjørn",  "Maeve"};

constexpr std::string_view kLast[] = {
    "Keller",   "Brandt",   "Castellano", "Dietrich", "Ekström", "Fischer", "Graf",    "Haas",
    "Ivanova",  "Jansen",   "Kowalski",   "Lindner",  "Müller",  "Novak",   "Olsen",   "Petrov",
    "Reuter",   "Schubert", "Tanaka",     "Ullmann",  "Vogel",   "Weber",   "Ximenes", "Yilmaz",
    "Ziegler",  "Arnold",   "Becker",     "Conrad",   "Dubois",  "Engel",   "Fontana", "Gomez",
    "Hartmann", "Ibrahim",  "Jung",       "Krüger",   "Lambert", "Moreau",  "Nguyen",  "Ortega",
    "Pohl",     "Richter",  "Sommer",     "Tremblay", "Urban",   "Vasquez", "Winter",  "Young",
    "Zimmer",   "Albrecht", "Berger",     "Costa",    "Duarte",  "Eriksen", "Frey",    "Gruber",
    "Hofmann",  "Iversen",  "Jäger",      "Koch",     "Lorenz",  "Meyer",   "Nowak",   "Okafor",
    "Pfeiffer", "Quast",    "Rossi",      "Steiner",  "Thorne",  "Uhlig",   "Voss",    "Wolff",
    "Zweig",    "Adler",    "Bauer",      "Cramer",   "Doyle",   "Ebert",   "Falk",    "Günther",
    "Hansen",   "Kaiser",   "Ludwig",     "Marek"};

constexpr std::string_view kStem[] = {
    "Nordwind",    "Albatros", "Bluestone",  "Cedar",     "Delphi",  "Eastgate",   "Falcon",
    "Granite",     "Harbor",   "Ironbridge", "Juniper",   "Kestrel", "Lakeside",   "Meridian",
    "Northstar",   "Oakfield", "Pinnacle",   "Quarry",    "Redwood", "Silverline", "Tideway",
    "Umbra",       "Vanguard", "Westmark",   "Yellowfin", "Zenith",  "Amber",      "Brightwater",
    "Copperfield", "Drift",    "Elmwood",    "Foxglove",  "Glacier", "Highmoor",   "Indigo",
    "Jade",        "Kingsway", "Lumen",      "Maple",     "Nimbus",  "Orchard",    "Polar",
    "Quill",       "Riverton", "Summit",     "Terra",     "Upland",  "Verdant",    "Willow",
    "Arbor",       "Beacon",   "Crescent",   "Dover",     "Ember",   "Fjord",      "Garnet",
    "Hazel",       "Isar",     "Jura",       "Kobalt",    "Linden",  "Mosaic",     "Neckar",
    "Onyx",        "Prism",    "Rhône",      "Sable",     "Tundra"};

constexpr std::string_view kTrade[] = {
    "Logistics",  "Foods",    "Pharma",    "Energy",    "Textiles", "Robotics",    "Insurance",
    "Steel",      "Media",    "Chemicals", "Airways",   "Retail",   "Instruments", "Packaging",
    "Software",   "Shipping", "Medical",   "Furniture", "Motors",   "Optics",      "Telecom",
    "Breweries",  "Paper",    "Mining",    "Hotels",    "Plastics", "Farming",     "Glass",
    "Capital",    "Ceramics", "Railways",  "Cosmetics", "Tools",    "Dairy",       "Labs",
    "Publishing", "Elevators"};

constexpr std::string_view kCity[] = {
    "Hamburg", "Vienna", "Zurich", "Milan",   "Lyon",   "Porto", "Leeds", "Dublin",
    "Oslo",    "Malmö",  "Turku",  "Riga",    "Gdansk", "Brno",  "Graz",  "Ghent",
    "Utrecht", "Basel",  "Turin",  "Seville", "Athens", "Varna", "Split", "Tallinn"};

constexpr std::string_view kTeam[] = {"North",   "South",    "East",     "West",
                                      "Central", "Overseas", "Partners", "Public"};
constexpr std::string_view kProduct[] = {
    "Atlas Core",    "Atlas Plus", "Beacon Analytics", "Care Package", "Connect",
    "Fleet Monitor", "Guard",      "Insight Suite",    "Onboarding",   "Premium Support"};
constexpr std::string_view kDepartment[] = {"purchasing", "operations", "finance", "it",
                                            "management", "production", "legal",   "marketing"};
constexpr std::string_view kTopic[] = {"pricing",   "roadmap", "support",  "adoption",
                                       "education", "renewal", "strategy", "delivery"};
constexpr std::string_view kRegion[] = {"emea-north", "emea-south", "americas", "apac"};

template <size_t kSize>
std::string_view At(const std::string_view (&list)[kSize], uint64_t draw) {
  return list[draw % kSize];
}

// A pair for every index below kFirsts * kSeconds. Because the two sizes have no common factor,
// counting both up at once meets every pair; the seed shifts where each of them starts.
template <size_t kFirsts, size_t kSeconds>
std::pair<std::string_view, std::string_view> Pair(const std::string_view (&first)[kFirsts],
                                                   const std::string_view (&second)[kSeconds],
                                                   uint64_t seed, uint64_t index) {
  const uint64_t size = kFirsts * kSeconds;
  // A prime step spreads neighbours over both lists.
  const uint64_t i = (seed % size * 131 + index % size * 2'741) % size;
  static_assert((kFirsts * kSeconds) % 2'741 != 0);
  return {first[i % kFirsts], second[i % kSeconds]};
}

constexpr size_t Gcd(size_t a, size_t b) { return b == 0 ? a : Gcd(b, a % b); }
static_assert(Gcd(std::size(kFirst), std::size(kLast)) == 1);
static_assert(Gcd(std::size(kStem), std::size(kTrade)) == 1);

}  // namespace

std::string Names::Manager(int64_t index) const {
  const uint64_t size = std::size(kFirst) * std::size(kLast);
  const uint64_t i = static_cast<uint64_t>(index);
  const auto [first, last] = Pair(kFirst, kLast, seed_, i);
  std::string name = fmt::format("{} {}", first, last);
  if (i >= size) name += fmt::format(" {}", i / size + 1);
  return name;
}

std::string Names::Company(int64_t index) const {
  const uint64_t size = std::size(kStem) * std::size(kTrade);
  const uint64_t i = static_cast<uint64_t>(index);
  const auto [stem, trade] = Pair(kStem, kTrade, seed_, i);
  std::string name = fmt::format("{} {}", stem, trade);
  const uint64_t round = i / size;
  if (round > 0) name += fmt::format(" {}", At(kCity, round - 1));
  if (round > std::size(kCity)) name += fmt::format(" {}", (round - 1) / std::size(kCity) + 1);
  return name;
}

std::string Names::Contact(uint64_t draw) const {
  const auto [first, last] = Pair(kFirst, kLast, 0, draw);
  return fmt::format("{} {}", first, last);
}

std::string Names::Team(int64_t index) const {
  const uint64_t i = static_cast<uint64_t>(index);
  std::string name(At(kTeam, i));
  if (i >= std::size(kTeam)) name += fmt::format(" {}", i / std::size(kTeam) + 1);
  return name;
}

std::string Slug(std::string_view name) {
  const std::string ascii = absl::StrReplaceAll(
      std::string(name),
      {{"ä", "ae"}, {"ö", "oe"}, {"ü", "ue"}, {"ø", "oe"}, {"é", "e"}, {"ô", "o"}});
  std::string slug;
  for (char c : ascii) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) {
      slug += absl::ascii_tolower(static_cast<unsigned char>(c));
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  return slug;
}

std::string_view Product(uint64_t draw) { return At(kProduct, draw); }
std::string_view Department(uint64_t draw) { return At(kDepartment, draw); }
std::string_view Topic(uint64_t draw) { return At(kTopic, draw); }
std::string_view Region(uint64_t draw) { return At(kRegion, draw); }

}  // namespace keyscore::sample
