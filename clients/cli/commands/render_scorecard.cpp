// A scorecard as a table that a manager likes reading: the total first, what it rests on, then the
// pillars with their KPIs, then why some of them have no figure.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "cli/commands/render.h"
#include "cli/text/csv.h"
#include "cli/text/format.h"
#include "cli/text/style.h"
#include "cli/text/width.h"

namespace keyscore::cli {
namespace {

constexpr size_t kTotalBar = 30;
constexpr size_t kScoreBar = 10;

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

void PrintTotal(const v1::Scorecard& card, const Terminal& terminal) {
  std::ostream& out = *terminal.out;
  const bool colour = terminal.colour;
  if (card.has_total()) {
    const Style style = ScoreStyle(card.total());
    out << fmt::format("Total     {}  {}", Paint(FormatScore(card.total()), Style::kStrong, colour),
                       Paint(Bar(card.total() / 100, kTotalBar), style, colour));
  } else {
    out << "Total     " << Paint("not scored", Style::kFair, colour)
        << fmt::format(": figures for {} of the weight, at least {} is needed",
                       FormatShare(card.coverage()), FormatShare(card.minimum_coverage()));
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
  const v1::WeightsSummary& weights = card.weights();
  if (!weights.profile().empty()) {
    out << fmt::format("Weights   {}, revision {}", IdOf(weights.profile()),
                       weights.profile_revision());
    if (!weights.tenure_band().empty()) out << ", tenure " << weights.tenure_band();
    if (weights.has_tenure_months()) {
      out << fmt::format(" ({} in role)", Plural(weights.tenure_months(), "month"));
    }
    out << '\n';
  }
}

std::string Note(const v1::KpiResult& kpi, const std::string& zone) {
  std::vector<std::string> notes;
  if (kpi.has_value_low() && kpi.has_value_high()) {
    notes.push_back(fmt::format("95 % between {} and {}", FormatNumber(kpi.value_low()),
                                FormatNumber(kpi.value_high())));
  }
  if (kpi.stale()) {
    notes.push_back(kpi.has_newest_fact_time()
                        ? "stale, last fact " + FormatInstant(kpi.newest_fact_time(), zone)
                        : "stale");
  }
  return fmt::format("{}", fmt::join(notes, "; "));
}

void AddPillarRow(Table& table, const v1::PillarScore& pillar) {
  std::vector<Cell> row = {
      Cell(PillarTitle(pillar.pillar()), Style::kStrong),
      "",
      "",
      "",
      ScoreCell(pillar.has_score(), pillar.score()),
      pillar.has_score() ? Cell(Bar(pillar.score() / 100, kScoreBar), ScoreStyle(pillar.score()))
                         : Cell(),
      Cell(FormatShare(pillar.weight()), Style::kStrong)};
  // What stood in the profile, where missing figures moved weight.
  std::string note;
  if (pillar.nominal_weight() > 0 && pillar.coverage() < 1) {
    note = fmt::format("figures for {} of its weight", FormatShare(pillar.coverage()));
    if (FormatShare(pillar.weight()) != FormatShare(pillar.nominal_weight())) {
      note += fmt::format(", {} by profile", FormatShare(pillar.nominal_weight()));
    }
  }
  row.emplace_back("");
  row.emplace_back(note, Style::kDim);
  table.AddRow(std::move(row));
}

// The share of the total; in parentheses the share that a missing figure would have had.
Cell WeightCell(const v1::KpiResult& kpi) {
  if (kpi.weight() > 0) return {FormatShare(kpi.weight())};
  if (kpi.nominal_weight() <= 0) return {"–", Style::kDim};
  return {fmt::format("({})", FormatShare(kpi.nominal_weight())), Style::kDim};
}

void AddKpiRow(Table& table, const v1::KpiResult& kpi, const std::string& zone) {
  const bool has_value = kpi.state() == v1::KpiResult::VALUE;
  table.AddRow(
      {Cell("  " + (kpi.title().empty() ? IdOf(kpi.kpi()) : kpi.title())), ValueCell(kpi),
       Cell(has_value ? kpi.unit() : "", Style::kDim),
       kpi.has_target() ? Cell(FormatNumber(kpi.target()), Style::kDim) : Cell(),
       ScoreCell(kpi.has_score(), kpi.score()),
       kpi.has_score() ? Cell(Bar(kpi.score() / 100, kScoreBar), ScoreStyle(kpi.score())) : Cell(),
       WeightCell(kpi), has_value ? Cell(FormatCount(kpi.sample_size())) : Cell(),
       Cell(Note(kpi, zone), kpi.stale() ? Style::kFair : Style::kDim)});
}

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

}  // namespace

Cell StateCell(v1::KpiResult::State state) {
  switch (state) {
    case v1::KpiResult::NO_DATA:
      return {"no data", Style::kDim};
    case v1::KpiResult::NOT_APPLICABLE:
      return {"n/a", Style::kDim};
    case v1::KpiResult::ERROR:
      return {"ERROR", Style::kError};
    default:
      return {"–", Style::kDim};
  }
}

Cell ValueCell(const v1::KpiResult& result) {
  if (result.state() != v1::KpiResult::VALUE || !result.has_value()) {
    return StateCell(result.state());
  }
  return {FormatNumber(result.value())};
}

Cell ScoreCell(bool has_score, double score) {
  if (!has_score) return {"–", Style::kDim};
  return {FormatScore(score), ScoreStyle(score)};
}

void PrintScorecard(const v1::Scorecard& card, const Terminal& terminal) {
  PrintHead(card, terminal);
  PrintTotal(card, terminal);
  *terminal.out << '\n';

  Table table({{"KPI", Align::kLeft, 36},
               {"Value", Align::kRight},
               {"", Align::kLeft, 24},
               {"Target", Align::kRight},
               {"Score", Align::kRight},
               {""},
               {"Weight", Align::kRight},
               {"Facts", Align::kRight},
               {""}});
  const std::string& zone = card.period().calendar().time_zone();
  for (const v1::PillarScore& pillar : card.pillars()) {
    bool any = pillar.nominal_weight() > 0;
    for (const v1::KpiResult& kpi : card.kpis()) any = any || kpi.pillar() == pillar.pillar();
    if (!any) continue;
    AddPillarRow(table, pillar);
    for (const v1::KpiResult& kpi : card.kpis()) {
      if (kpi.pillar() == pillar.pillar()) AddKpiRow(table, kpi, zone);
    }
  }
  // KPIs of pillars that don't weigh, and so are not on the card, were asked for all the same.
  v1::Pillar heading = v1::PILLAR_UNSPECIFIED;
  for (const v1::KpiResult& kpi : card.kpis()) {
    const bool listed = std::any_of(
        card.pillars().begin(), card.pillars().end(),
        [&kpi](const v1::PillarScore& pillar) { return pillar.pillar() == kpi.pillar(); });
    if (listed) continue;
    if (kpi.pillar() != heading) {
      heading = kpi.pillar();
      table.AddRow({Cell(PillarTitle(heading), Style::kStrong)});
    }
    AddKpiRow(table, kpi, zone);
  }
  *terminal.out << table.Render(terminal.colour);
  PrintReasons(card, terminal);
  if (terminal.colour) {
    *terminal.out << Paint(fmt::format("\nWhy? keyscore explain {} KPI --period {}\n",
                                       card.subject(), card.period().expression()),
                           Style::kDim, true);
  }
}

void PrintScorecardCsv(const v1::Scorecard& card, std::ostream& out) {
  WriteCsvRecord(out, {"subject",    "period", "start_date",     "end_date",    "kpi",
                       "title",      "pillar", "state",          "value",       "unit",
                       "score",      "weight", "nominal_weight", "sample_size", "value_low",
                       "value_high", "target", "stale",          "newest_fact", "state_reason"});
  using Number = std::optional<double>;
  for (const v1::KpiResult& kpi : card.kpis()) {
    WriteCsvRecord(out, {card.subject(),
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
                         kpi.state_reason()});
  }
}

}  // namespace keyscore::cli
