// Whose scorecard it is, the total, and what it rests on.
#include <fmt/format.h>

#include "cli/commands/render_scorecard.h"
#include "cli/text/format.h"
#include "cli/text/style.h"
#include "cli/text/width.h"

namespace keyscore::cli {
namespace {

constexpr size_t kTotalBar = 30;

void PrintHead(const v1::Scorecard& card, const Terminal& terminal) {
  std::ostream& out = *terminal.out;
  const std::string title =
      Printable(card.subject_display_name().empty() ? card.subject() : card.subject_display_name());
  out << Paint(title, Style::kStrong, terminal.colour);
  if (title != card.subject()) {
    out << "  " << Paint(Printable(card.subject()), Style::kDim, terminal.colour);
  }
  if (!card.team().empty()) {
    out << Paint(" in " + Printable(card.team()), Style::kDim, terminal.colour);
  }
  const v1::Period& period = card.period();
  out << fmt::format("\n{}  {}\n\n", FormatSpan(period),
                     Paint(fmt::format("{}, {}, {}", period.expression(),
                                       Plural(period.days(), "day"), period.calendar().time_zone()),
                           Style::kDim, terminal.colour));
}

// What the total does without, said where it is read.
std::string WithoutErrors(const v1::Scorecard& card) {
  if (card.error_weight() > 0) {
    return fmt::format("{} of the weight could not be computed: the KPIs in ERROR below",
                       FormatShare(card.error_weight()));
  }
  return card.total_state() == v1::Scorecard::SCORED_WITH_ERRORS ? "without the KPIs in ERROR" : "";
}

std::string WhyNotScored(const v1::Scorecard& card) {
  if (card.blocked_by_size() > 0) {
    std::vector<std::string> titles;
    for (const std::string& kpi : card.blocked_by()) titles.push_back(TitleOf(card, kpi));
    return fmt::format("there are no figures for {}, and without them there is to be no total",
                       fmt::join(titles, ", "));
  }
  return fmt::format("figures for {} of the weight, at least {} is needed",
                     FormatShare(card.coverage()), FormatShare(card.minimum_coverage()));
}

// Which weights counted.
void PrintWeightsLine(const v1::Scorecard& card, std::ostream& out) {
  const v1::WeightsSummary& weights = card.weights();
  if (weights.profile().empty()) return;
  out << fmt::format("Weights   {}, revision {}", IdOf(weights.profile()),
                     weights.profile_revision());
  if (card.receipt().weights_of() == v1::WEIGHTS_OF_TODAY && !weights.as_of_date().empty()) {
    out << fmt::format(", as they are on {}", weights.as_of_date());
  }
  if (weights.bands_size() > 1) {
    std::vector<std::string> bands;
    for (const v1::BandShare& band : weights.bands()) {
      bands.push_back(fmt::format("{} for {} of the days", Printable(band.tenure_band()),
                                  FormatShare(band.share())));
    }
    out << fmt::format(", tenure {}", fmt::join(bands, " and "));
  } else if (!weights.tenure_band().empty()) {
    out << ", tenure " << weights.tenure_band();
  }
  if (weights.has_tenure_months()) {
    out << fmt::format(" ({} in role)", Plural(weights.tenure_months(), "month"));
  }
  out << '\n';
}

void PrintTotal(const v1::Scorecard& card, const Terminal& terminal) {
  std::ostream& out = *terminal.out;
  const bool colour = terminal.colour;
  if (card.has_total()) {
    const Style style = ScoreStyle(card.total());
    out << fmt::format("Total     {}  {}", Paint(FormatScore(card.total()), Style::kStrong, colour),
                       Paint(Bar(card.total() / 100, kTotalBar), style, colour));
  } else {
    out << "Total     " << Paint("not scored", Style::kFair, colour) << ": " << WhyNotScored(card);
  }
  if (card.has_computed_total()) {
    out << fmt::format("  {} without the exceptions below", FormatScore(card.computed_total()));
  }
  if (const std::string without = WithoutErrors(card); !without.empty()) {
    out << (card.has_total() ? "  " : "; ") << Paint(without, Style::kError, colour);
  }
  out << "\nCoverage  " << FormatShare(card.coverage()) << " of the weight had a figure";
  if (card.has_score_low() && card.has_score_high() && card.coverage() < 1) {
    out << fmt::format("; the total lies between {} and {} whatever the rest is",
                       FormatScore(card.score_low()), FormatScore(card.score_high()));
  }
  out << '\n';
  PrintWeightsLine(card, out);
}

}  // namespace

std::string TitleOf(const v1::Scorecard& card, const std::string& kpi) {
  for (const v1::KpiResult& result : card.kpis()) {
    if (result.kpi() == kpi && !result.title().empty()) return Printable(result.title());
  }
  return IdOf(kpi);
}

void PrintScorecardHead(const v1::Scorecard& card, const Terminal& terminal) {
  PrintHead(card, terminal);
  PrintTotal(card, terminal);
}

}  // namespace keyscore::cli
