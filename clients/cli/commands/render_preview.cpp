// A preview, period by period: how many win and lose, why, and who the most.
#include "cli/commands/render_preview.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/text/csv.h"
#include "cli/text/format.h"
#include "cli/text/table.h"
#include "cli/text/width.h"

namespace keyscore::cli {
namespace {

using Change = v1::WeightPreview::Change;
using PeriodPreview = v1::WeightPreview::PeriodPreview;
using Drivers = google::protobuf::RepeatedPtrField<v1::WeightPreview::Driver>;

constexpr size_t kShown = 10;
constexpr int kDriversShown = 3;

bool ScoredTwice(const Change& change) {
  return change.has_total_before() && change.has_total_after();
}

double Difference(const Change& change) { return change.total_after() - change.total_before(); }

// "+3.2", "-0.4", "0.0".
std::string Signed(double points) {
  const std::string text = fmt::format("{:+.1f}", points);
  return text == "+0.0" || text == "-0.0" ? "0.0" : text;
}

Cell DifferenceCell(double points) {
  return {Signed(points), points > 0 ? Style::kGood : points < 0 ? Style::kPoor : Style::kDim};
}

// "net_promoter_score +2.1, churn_rate -0.8".
std::string DriverWords(const Drivers& drivers) {
  std::vector<std::string> words;
  for (const auto& driver : drivers) {
    if (static_cast<int>(words.size()) == kDriversShown) break;
    if (Signed(driver.points()) == "0.0") continue;
    words.push_back(fmt::format("{} {}", IdOf(driver.kpi()), Signed(driver.points())));
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

void PrintSummary(const PeriodPreview& period, const Terminal& terminal) {
  std::ostream& out = *terminal.out;
  out << Paint(period.period().expression(), Style::kStrong, terminal.colour) << "  "
      << Paint(FormatSpan(period.period()), Style::kDim, terminal.colour) << '\n';
  out << fmt::format("  Mean total  {} → {}   coverage {} → {}\n",
                     FormatScore(period.mean_before()), FormatScore(period.mean_after()),
                     FormatShare(period.coverage_before()), FormatShare(period.coverage_after()));
  out << fmt::format("  {} rise by more than half a point, {} fall, {} stay",
                     FormatCount(period.winners()), FormatCount(period.losers()),
                     FormatCount(period.unchanged()));
  if (period.newly_scored() > 0) {
    out << fmt::format(", {} scored for the first time", FormatCount(period.newly_scored()));
  }
  if (period.no_longer_scored() > 0) {
    out << fmt::format(", {} no longer scored", FormatCount(period.no_longer_scored()));
  }
  out << '\n';
  if (period.winners() + period.losers() + period.unchanged() > 1) {
    out << fmt::format("  Order       rank correlation {:.2f} (1 = the same order)\n",
                       period.rank_correlation());
  }
  if (const std::string drivers = DriverWords(period.drivers()); !drivers.empty()) {
    out << fmt::format("  Driven by   {}, on average\n", drivers);
  }
  for (const auto& migration : period.migrations()) {
    out << fmt::format("  Moves       {} from {} to {}\n", FormatCount(migration.subjects()),
                       Printable(migration.from()), Printable(migration.to()));
  }
}

void AddRow(Table& table, const Change& change) {
  const auto total = [](bool has, double value) {
    return Cell(has ? FormatScore(value) : "–", has ? Style::kPlain : Style::kDim);
  };
  const auto rank = [](uint32_t number) { return number > 0 ? std::to_string(number) : "–"; };
  table.AddRow(
      {Cell(change.display_name().empty() ? IdOf(change.subject()) : change.display_name()),
       total(change.has_total_before(), change.total_before()), Cell("→", Style::kDim),
       total(change.has_total_after(), change.total_after()),
       ScoredTwice(change) ? DifferenceCell(Difference(change)) : Cell(),
       Cell(change.rank_before() == change.rank_after()
                ? rank(change.rank_after())
                : fmt::format("{} → {}", rank(change.rank_before()), rank(change.rank_after())),
            Style::kDim),
       Cell(DriverWords(change.drivers()), Style::kDim)});
}

void PrintChanges(const char* heading, const std::vector<const Change*>& changes, bool all,
                  const Terminal& terminal) {
  if (changes.empty()) return;
  Table table({{heading, Align::kLeft, 32},
               {"Before", Align::kRight},
               {""},
               {"After", Align::kRight},
               {"", Align::kRight},
               {"Rank", Align::kRight},
               {"Driven by"}});
  const size_t shown = all ? changes.size() : std::min(changes.size(), kShown);
  for (size_t i = 0; i < shown; ++i) AddRow(table, *changes[i]);
  *terminal.out << '\n' << table.Render(terminal.colour, 2);
  if (shown < changes.size()) {
    *terminal.out << Paint(fmt::format("  and {} more; --all shows them\n",
                                       FormatCount(static_cast<int64_t>(changes.size() - shown))),
                           Style::kDim, terminal.colour);
  }
}

}  // namespace

void PrintPreview(const v1::WeightPreview& preview, bool all, const Terminal& terminal) {
  bool first = true;
  for (const PeriodPreview& period : preview.periods()) {
    if (!first) *terminal.out << '\n';
    first = false;
    PrintSummary(period, terminal);
    std::vector<const Change*> rises;
    std::vector<const Change*> falls;
    std::vector<const Change*> scored;
    for (const Change& change : period.changes()) {
      if (!ScoredTwice(change)) {
        if (change.has_total_before() || change.has_total_after()) scored.push_back(&change);
      } else if (Signed(Difference(change)) != "0.0") {
        (Difference(change) > 0 ? rises : falls).push_back(&change);
      }
    }
    const auto by = [](double sign) {
      return [sign](const Change* a, const Change* b) {
        return sign * Difference(*a) > sign * Difference(*b);
      };
    };
    std::stable_sort(rises.begin(), rises.end(), by(1));
    std::stable_sort(falls.begin(), falls.end(), by(-1));
    PrintChanges("Rises", rises, all, terminal);
    PrintChanges("Falls", falls, all, terminal);
    PrintChanges("Scored before or after only", scored, all, terminal);
  }
}

void PrintPreviewCsv(const v1::WeightPreview& preview, std::ostream& out) {
  WriteCsvRecord(out,
                 {"period", "subject", "display_name", "total_before", "total_after", "rank_before",
                  "rank_after", "coverage_before", "coverage_after", "tenure_band_before",
                  "tenure_band_after", "profile_before", "profile_after", "drivers"});
  using Number = std::optional<double>;
  for (const PeriodPreview& period : preview.periods()) {
    for (const Change& change : period.changes()) {
      std::vector<std::string> drivers;
      for (const auto& driver : change.drivers()) {
        drivers.push_back(fmt::format("{} {}", driver.kpi(), driver.points()));
      }
      WriteCsvRecord(
          out, {period.period().expression(), change.subject(), change.display_name(),
                CsvNumber(change.has_total_before() ? Number(change.total_before()) : std::nullopt),
                CsvNumber(change.has_total_after() ? Number(change.total_after()) : std::nullopt),
                std::to_string(change.rank_before()), std::to_string(change.rank_after()),
                CsvNumber(change.coverage_before()), CsvNumber(change.coverage_after()),
                change.tenure_band_before(), change.tenure_band_after(), change.profile_before(),
                change.profile_after(), fmt::format("{}", fmt::join(drivers, "; "))});
    }
  }
}

}  // namespace keyscore::cli
