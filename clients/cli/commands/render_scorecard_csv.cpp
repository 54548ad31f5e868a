// A scorecard as a spreadsheet reads it.
#include "cli/commands/render.h"
#include "cli/text/csv.h"
#include "cli/text/format.h"

namespace keyscore::cli {

void PrintScorecardCsv(const v1::Scorecard& card, std::ostream& out) {
  WriteCsvRecord(
      out, {"subject",       "period",     "start_date",     "end_date",      "kpi",
            "title",         "pillar",     "state",          "value",         "unit",
            "score",         "weight",     "nominal_weight", "sample_size",   "value_low",
            "value_high",    "target",     "stale",          "newest_fact",   "state_reason",
            "full_target",   "attainment", "target_gap",     "target_source", "computed_score",
            "assumed_score", "override"});
  using Number = std::optional<double>;
  for (const v1::KpiResult& kpi : card.kpis()) {
    WriteCsvRecord(
        out, {card.subject(),
              card.period().expression(),
              card.period().start_date(),
              card.period().end_date(),
              kpi.kpi(),
              kpi.title(),
              EnumWords(v1::Pillar_Name(kpi.pillar()), "PILLAR_"),
              v1::KpiResult::State_Name(kpi.state()),
              CsvNumber(kpi.has_value() ? Number(kpi.value()) : std::nullopt),
              kpi.unit(),
              CsvNumber(kpi.has_score() ? Number(kpi.score()) : std::nullopt),
              CsvNumber(kpi.weight()),
              CsvNumber(kpi.nominal_weight()),
              std::to_string(kpi.sample_size()),
              CsvNumber(kpi.has_value_low() ? Number(kpi.value_low()) : std::nullopt),
              CsvNumber(kpi.has_value_high() ? Number(kpi.value_high()) : std::nullopt),
              CsvNumber(kpi.has_target() ? Number(kpi.target()) : std::nullopt),
              kpi.stale() ? "true" : "false",
              kpi.has_newest_fact_time() ? Rfc3339(kpi.newest_fact_time()) : "",
              kpi.state_reason(),
              CsvNumber(kpi.has_full_target() ? Number(kpi.full_target()) : std::nullopt),
              CsvNumber(kpi.has_attainment() ? Number(kpi.attainment()) : std::nullopt),
              CsvNumber(kpi.has_target_gap() ? Number(kpi.target_gap()) : std::nullopt),
              kpi.target_source(),
              CsvNumber(kpi.has_computed_score() ? Number(kpi.computed_score()) : std::nullopt),
              CsvNumber(kpi.has_assumed_score() ? Number(kpi.assumed_score()) : std::nullopt),
              kpi.override().name()});
  }
}

}  // namespace keyscore::cli
