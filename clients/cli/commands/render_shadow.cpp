// The report of a shadow: each KPI's count first, then the newest differences, one a line.
#include "cli/commands/render_shadow.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/commands/render_plugin.h"
#include "cli/text/csv.h"
#include "cli/text/format.h"
#include "cli/text/table.h"
#include "cli/text/width.h"

namespace keyscore::cli {
namespace {

using Difference = v1::ShadowReport::Difference;
using Comparison = v1::ShadowReport::KpiComparison;

// "41.2", or the honest word where there is no value.
std::string Shown(const std::string& state, std::optional<double> value, bool exact) {
  if (!value.has_value()) return EnumWords(state, "");
  return exact ? CsvNumber(value) : FormatNumber(*value);
}

// Both values of a difference, with as many digits as it takes to tell them apart.
std::pair<std::string, std::string> Values(const Difference& difference) {
  const auto served = difference.has_served_value()
                          ? std::optional<double>(difference.served_value())
                          : std::nullopt;
  const auto shadow = difference.has_shadow_value()
                          ? std::optional<double>(difference.shadow_value())
                          : std::nullopt;
  const auto both = [&](bool exact) {
    return std::pair(Shown(difference.served_state(), served, exact),
                     Shown(difference.shadow_state(), shadow, exact));
  };
  auto shown = both(false);
  return shown.first == shown.second ? both(true) : shown;
}

void PrintKpis(const v1::ShadowReport& report, const Terminal& terminal) {
  Table table({{"KPI"},
               {"Compared", Align::kRight},
               {"Equal", Align::kRight},
               {"Different", Align::kRight},
               {"Largest difference", Align::kRight},
               {"ERROR in shadow alone", Align::kRight}});
  for (const Comparison& kpi : report.kpis()) {
    table.AddRow(
        {Cell(IdOf(kpi.kpi())), Cell(FormatCount(kpi.compared())), Cell(FormatCount(kpi.equal())),
         Cell(FormatCount(kpi.different()), kpi.different() > 0 ? Style::kPoor : Style::kGood),
         kpi.max_difference() > 0 ? Cell(FormatNumber(kpi.max_difference())) : Cell("–"),
         Cell(FormatCount(kpi.failed()), kpi.failed() > 0 ? Style::kError : Style::kPlain)});
  }
  *terminal.out << '\n' << table.Render(terminal.colour);
}

void PrintDifferences(const v1::ShadowReport& report, const std::string& zone,
                      const Terminal& terminal) {
  Table table({{"KPI"},
               {"Subject"},
               {"Period"},
               {"Served", Align::kRight},
               {"In shadow", Align::kRight},
               {"Seen (UTC)"},
               {"", Align::kLeft, 80}});
  for (const Difference& difference : report.differences()) {
    const auto [served, shadow] = Values(difference);
    table.AddRow(
        {Cell(IdOf(difference.kpi())), Cell(difference.subject()),
         Cell(FormatWindow(&difference.period_start_time(), &difference.period_end_time(), zone)),
         Cell(served), Cell(shadow), Cell(Moment(difference.time()), Style::kDim),
         Cell(difference.shadow_reason(), Style::kError)});
  }
  *terminal.out << '\n'
                << Paint("Newest differences", Style::kStrong, terminal.colour) << '\n'
                << table.Render(terminal.colour, 2);
}

template <typename Names>
void PrintOnly(const char* where, const std::string& version, const Names& kpis,
               std::ostream& out) {
  for (const std::string& kpi : kpis) {
    out << fmt::format("Only in {} {}: {}\n", where, Printable(version), Printable(IdOf(kpi)));
  }
}

}  // namespace

void PrintShadowReport(const v1::ShadowReport& report, const std::string& zone,
                       const Terminal& terminal) {
  std::ostream& out = *terminal.out;
  const std::string id = Printable(IdOf(report.name()));
  out << Paint(id, Style::kStrong, terminal.colour)
      << fmt::format(": {} ({}) in shadow beside {} ({}), since {} UTC\n",
                     Printable(report.shadow_version()), ShortDigest(report.shadow_sha256()),
                     Printable(report.served_version()), ShortDigest(report.served_sha256()),
                     Moment(report.start_time()));
  const bool any = std::any_of(report.kpis().begin(), report.kpis().end(),
                               [](const Comparison& kpi) { return kpi.compared() > 0; });
  if (report.kpis_size() > 0) PrintKpis(report, terminal);
  if (!any) out << "Nothing was compared yet: nobody has asked for its KPIs.\n";
  PrintOnly("the one in force,", report.served_version(), report.only_served(), out);
  PrintOnly("the one in shadow,", report.shadow_version(), report.only_shadow(), out);
  if (report.skipped_requests() > 0) {
    out << fmt::format("{} not compared, as too many waited.\n",
                       Plural(report.skipped_requests(), "request"));
  }
  if (report.differences_size() > 0) PrintDifferences(report, zone, terminal);
  out << fmt::format(
      "\n`keyscore plugin shadow {0} --promote` puts {1} in force, `--discard` ends the shadow.\n",
      id, Printable(report.shadow_version()));
}

void PrintShadowReportCsv(const v1::ShadowReport& report, std::ostream& out) {
  WriteCsvRecord(
      out, {"plugin", "served_version", "served_sha256", "shadow_version", "shadow_sha256",
            "start_time", "kpi", "compared", "equal", "different", "max_difference", "failed"});
  for (const Comparison& kpi : report.kpis()) {
    WriteCsvRecord(out, {report.name(), report.served_version(), report.served_sha256(),
                         report.shadow_version(), report.shadow_sha256(),
                         Rfc3339(report.start_time()), kpi.kpi(), std::to_string(kpi.compared()),
                         std::to_string(kpi.equal()), std::to_string(kpi.different()),
                         CsvNumber(kpi.max_difference()), std::to_string(kpi.failed())});
  }
}

}  // namespace keyscore::cli
