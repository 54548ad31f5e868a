// What stands below the table of a scorecard.
#include <map>
#include <vector>

#include <fmt/format.h>

#include "cli/commands/render_scorecard.h"
#include "cli/text/format.h"
#include "cli/text/style.h"
#include "cli/text/width.h"

namespace keyscore::cli {
namespace {

// The reasons for missing figures, those of the same reason together.
void PrintReasons(const v1::Scorecard& card, const Terminal& terminal) {
  std::map<std::string, std::vector<std::string>> by_reason;
  bool any_error = false;
  for (const v1::KpiResult& kpi : card.kpis()) {
    if (kpi.state() == v1::KpiResult::VALUE || kpi.state_reason().empty()) continue;
    any_error = any_error || kpi.state() == v1::KpiResult::ERROR;
    const char* word = kpi.state() == v1::KpiResult::ERROR            ? "ERROR"
                       : kpi.state() == v1::KpiResult::NOT_APPLICABLE ? "n/a"
                                                                      : "no data";
    by_reason[fmt::format("{}: {}", word, Printable(kpi.state_reason()))].push_back(
        Printable(kpi.title().empty() ? IdOf(kpi.kpi()) : kpi.title()));
  }
  if (by_reason.empty()) return;
  std::ostream& out = *terminal.out;
  out << '\n';
  for (const auto& [reason, titles] : by_reason) {
    const Style style = reason.starts_with("ERROR") ? Style::kError : Style::kDim;
    out << Paint(reason, style, terminal.colour) << '\n'
        << fmt::format("  {}\n", fmt::join(titles, ", "));
  }
}

// Who let what count otherwise, and why.
void PrintExceptions(const v1::Scorecard& card, const Terminal& terminal) {
  std::ostream& out = *terminal.out;
  bool any = false;
  for (const v1::KpiResult& kpi : card.kpis()) {
    if (!kpi.has_override()) continue;
    if (!any) out << '\n';
    any = true;
    const v1::AppliedOverride& exception = kpi.override();
    const std::string computed =
        kpi.has_computed_score() ? fmt::format("the computed {}", FormatScore(kpi.computed_score()))
                                 : std::string("no score");
    out << fmt::format("† {}: {}, until {}: {}  {}\n", TitleOf(card, kpi.kpi()),
                       exception.exempt() ? fmt::format("does not count, with {}", computed)
                                          : fmt::format("counts as {} in place of {}",
                                                        FormatScore(kpi.score()), computed),
                       exception.expire_date(), Printable(exception.reason()),
                       Paint(fmt::format("by {}, approved by {}, {}", Printable(exception.author()),
                                         Printable(exception.approver()), IdOf(exception.name())),
                             Style::kDim, terminal.colour));
  }
}

}  // namespace

void PrintScorecardNotes(const v1::Scorecard& card, const Terminal& terminal) {
  PrintExceptions(card, terminal);
  PrintReasons(card, terminal);
}

}  // namespace keyscore::cli
