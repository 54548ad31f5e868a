// Names of people, companies, teams and products, put together from lists. Every index has its own
// name, and the seed decides which.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace keyscore::sample {

class Names {
 public:
  explicit Names(uint64_t seed) : seed_(seed) {}

  // "Anna Keller"; different for every index.
  std::string Manager(int64_t index) const;
  // "Nordwind Logistics"; different for every index.
  std::string Company(int64_t index) const;
  // Not unique: people of different companies may share a name.
  std::string Contact(uint64_t draw) const;
  // "North", "South", … "North 2".
  std::string Team(int64_t index) const;

 private:
  uint64_t seed_;
};

// "Jörg Müller" -> "joerg-mueller": lower case, a-z, 0-9 and hyphens.
std::string Slug(std::string_view name);

std::string_view Product(uint64_t draw);
std::string_view Department(uint64_t draw);
std::string_view Topic(uint64_t draw);
std::string_view Region(uint64_t draw);

}  // namespace keyscore::sample
