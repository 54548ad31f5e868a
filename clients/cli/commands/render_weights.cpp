// What counts for a person, in words that need no manual: shares, targets, which way is better, and
// the few things that are not as usual.
#include "cli/commands/render_weights.h"

#include <fmt/format.h>

#include "absl/strings/match.h"
#include "cli/commands/weights.h"
#include "cli/text/csv.h"
#include "cli/text/format.h"
#include "cli/text/width.h"

namespace keyscore::cli {
namespace {

constexpr size_t kShareBar = 20;

std::string Name(const v1::WeightResolution& weights) {
  return Printable(weights.subject_display_name().empty() ? weights.subject()
                                                          : weights.subject_display_name());
}

std::string Title(const v1::ResolvedKpiWeight& kpi) {
  return Printable(kpi.title().empty() ? IdOf(kpi.kpi()) : kpi.title());
}

std::string BetterWords(const v1::ResolvedKpiWeight& kpi) {
  if (kpi.direction() == "range") return "within its range";
  return kpi.direction();
}

// Where the target comes from, where that is not the KPI's own default.
std::string SourceWords(const v1::ResolvedKpiWeight& kpi) {
  std::string words;
  if (absl::StartsWith(kpi.target_source(), "targetSeries/")) {
    words = "targets " + IdOf(kpi.target_source());
  } else if (absl::StartsWith(kpi.target_source(), "weightProfiles/")) {
    words = "profile " + IdOf(kpi.target_source());
  }
  if (kpi.target_pacing() == v1::TargetSeries::PACING_LINEAR) words += ", in step with the days";
  if (kpi.target_pacing() == v1::TargetSeries::PACING_SEASONAL) words += ", in step with last year";
  return words;
}

void PrintHead(const v1::WeightResolution& weights, const Terminal& terminal) {
  std::ostream& out = *terminal.out;
  out << Paint(fmt::format("What counts for {} on {}", Name(weights), LongDay(weights.date())),
               Style::kStrong, terminal.colour)
      << "  "
      << Paint(fmt::format("{}, {}, revision {}", weights.subject(), IdOf(weights.profile()),
                           weights.profile_revision()),
               Style::kDim, terminal.colour)
      << "\n\n";
}

void PrintTable(const v1::WeightResolution& weights, const Terminal& terminal) {
  Table table({{""},
               {"Share", Align::kRight},
               {""},
               {"Target", Align::kRight},
               {"", Align::kLeft, 28},
               {"Better"},
               {"Set by"},
               {""}});
  for (const v1::PillarWeight& pillar : weights.pillars()) {
    if (pillar.weight() <= 0) continue;
    table.AddRow({Cell(PillarTitle(pillar.pillar()), Style::kStrong),
                  Cell(FormatShare(pillar.weight()), Style::kStrong),
                  Cell(Bar(pillar.weight(), kShareBar), Style::kStrong)});
    for (const v1::ResolvedKpiWeight& kpi : weights.kpis()) {
      if (kpi.pillar() != pillar.pillar() || kpi.weight() <= 0) continue;
      table.AddRow({Cell("  " + Title(kpi)), Cell(FormatShare(kpi.weight())),
                    Cell(Bar(kpi.weight(), kShareBar), Style::kDim),
                    kpi.has_target() ? Cell(FormatNumber(kpi.target())) : Cell("none", Style::kDim),
                    kpi.has_target() ? Cell(kpi.unit(), Style::kDim) : Cell(),
                    Cell(BetterWords(kpi)), Cell(SourceWords(kpi), Style::kDim),
                    Cell(IdOf(kpi.kpi()), Style::kDim)});
    }
  }
  *terminal.out << table.Render(terminal.colour);
}

// What is not as usual for a KPI.
void PrintPeculiar(const v1::WeightResolution& weights, const Terminal& terminal) {
  std::ostream& out = *terminal.out;
  for (const v1::ResolvedKpiWeight& kpi : weights.kpis()) {
    if (kpi.weight() <= 0) continue;
    if (const std::string words = MissingDataWords(kpi.missing_data()); !words.empty()) {
      out << fmt::format("{}: {}.\n", Title(kpi), words);
    }
    if (kpi.curve_basis() == v1::CURVE_BASIS_ATTAINMENT) {
      out << fmt::format("{}: scored by how much of the target is reached.\n", Title(kpi));
    }
  }
}

void PrintExceptions(const v1::WeightResolution& weights,
                     const std::vector<v1::ScoreOverride>& exceptions, const Terminal& terminal) {
  if (exceptions.empty()) return;
  std::ostream& out = *terminal.out;
  out << '\n' << Paint("Exceptions", Style::kStrong, terminal.colour) << '\n';
  for (const v1::ScoreOverride& exception : exceptions) {
    std::string title = IdOf(exception.kpi());
    for (const v1::ResolvedKpiWeight& kpi : weights.kpis()) {
      if (kpi.kpi() == exception.kpi()) title = Title(kpi);
    }
    out << fmt::format("  {} {} until {}: {}  {}\n", title, ExceptionWords(exception),
                       LongDay(exception.expire_date()), Printable(exception.reason()),
                       Paint(fmt::format("by {}, approved by {}, {}", Printable(exception.author()),
                                         Printable(exception.approver()), IdOf(exception.name())),
                             Style::kDim, terminal.colour));
  }
}

}  // namespace

std::string ExceptionWords(const v1::ScoreOverride& exception) {
  return exception.exempt() ? "does not count"
                            : fmt::format("counts as {}", FormatScore(exception.score()));
}

std::string MissingDataWords(v1::MissingDataPolicy policy) {
  switch (policy) {
    case v1::MISSING_DATA_POLICY_REDISTRIBUTE_OVERALL:
      return "without figures its share goes to all other KPIs";
    case v1::MISSING_DATA_POLICY_NEUTRAL:
      return "without figures it counts as a score of 50";
    case v1::MISSING_DATA_POLICY_ZERO:
      return "without figures it counts as a score of 0";
    case v1::MISSING_DATA_POLICY_BLOCK:
      return "without figures there is no total";
    default:
      return "";
  }
}

void PrintWeights(const v1::WeightResolution& weights,
                  const std::vector<v1::ScoreOverride>& exceptions, const Terminal& terminal) {
  std::ostream& out = *terminal.out;
  PrintHead(weights, terminal);
  PrintTable(weights, terminal);
  out << '\n';
  PrintPeculiar(weights, terminal);
  out << "Unless said otherwise a target is the KPI's own, and a KPI without figures gives its "
         "share\n"
      << "to the others of its group.\n"
      << fmt::format("There is a total when at least {} of the shares have figures.\n",
                     FormatShare(weights.minimum_coverage()));
  PrintExceptions(weights, exceptions, terminal);
  if (weights.reasons_size() > 0) {
    out << '\n' << Paint("Why these shares", Style::kStrong, terminal.colour) << '\n';
  }
  for (const std::string& reason : weights.reasons()) {
    // What follows from the table is told by `weights explain`.
    if (!absl::StartsWith(reason, "Within ")) out << "  " << Printable(reason) << '\n';
  }
}

void PrintWeightsCsv(const v1::WeightResolution& weights, std::ostream& out) {
  WriteCsvRecord(out, {"subject", "date", "profile", "profile_revision", "pillar", "kpi",
                       "weight_in_pillar", "weight", "target", "title", "unit", "direction",
                       "target_source", "missing_data", "override"});
  for (const v1::ResolvedKpiWeight& kpi : weights.kpis()) {
    WriteCsvRecord(
        out, {weights.subject(), weights.date(), weights.profile(),
              std::to_string(weights.profile_revision()),
              EnumWords(v1::Pillar_Name(kpi.pillar()), "PILLAR_"), kpi.kpi(),
              CsvNumber(kpi.weight_in_pillar()), CsvNumber(kpi.weight()),
              CsvNumber(kpi.has_target() ? std::optional<double>(kpi.target()) : std::nullopt),
              kpi.title(), kpi.unit(), kpi.direction(), kpi.target_source(),
              EnumWords(v1::MissingDataPolicy_Name(kpi.missing_data()), "MISSING_DATA_POLICY_"),
              kpi.override()});
  }
}

void PrintResolution(const v1::ResolutionExplanation& explanation, const Terminal& terminal) {
  std::ostream& out = *terminal.out;
  const v1::WeightResolution& weights = explanation.resolution();
  PrintHead(weights, terminal);
  Table table({{""}, {"Profile"}, {"Revision", Align::kRight}, {"For"}, {"From"}, {"Why"}});
  for (const auto& candidate : explanation.candidates()) {
    const Style style = candidate.won() ? Style::kPlain : Style::kDim;
    table.AddRow(
        {Cell(candidate.won() ? "counts" : "", Style::kGood),
         Cell(IdOf(candidate.profile()), style), Cell(std::to_string(candidate.revision()), style),
         Cell(SelectorWords(candidate.selector()), style),
         Cell(candidate.effective_date().empty() ? "always" : candidate.effective_date(), style),
         Cell(candidate.why(), style)});
  }
  out << table.Render(terminal.colour);
  if (weights.bands_size() > 1) {
    out << "\nBands of tenure within the period\n";
    for (const v1::BandShare& band : weights.bands()) {
      out << fmt::format("  {} for {} of the days\n", Printable(band.tenure_band()),
                         FormatShare(band.share()));
    }
  }
  out << "\nShares\n";
  for (const v1::PillarWeight& pillar : weights.pillars()) {
    if (pillar.weight() <= 0) continue;
    out << fmt::format("  {} {}\n", FormatShare(pillar.weight()), PillarTitle(pillar.pillar()));
  }
  if (weights.reasons_size() > 0) out << "\nStep by step\n";
  for (const std::string& reason : weights.reasons()) out << "  " << Printable(reason) << '\n';
}

void PrintResolutionCsv(const v1::ResolutionExplanation& explanation, std::ostream& out) {
  WriteCsvRecord(out,
                 {"subject", "date", "profile", "revision", "for", "effective_date", "won", "why"});
  const v1::WeightResolution& weights = explanation.resolution();
  for (const auto& candidate : explanation.candidates()) {
    WriteCsvRecord(
        out, {weights.subject(), weights.date(), candidate.profile(),
              std::to_string(candidate.revision()), SelectorWords(candidate.selector()),
              candidate.effective_date(), candidate.won() ? "true" : "false", candidate.why()});
  }
}

}  // namespace keyscore::cli
