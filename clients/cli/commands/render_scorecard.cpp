// A scorecard as a table that a manager likes reading: the total first, what it rests on, then the
// pillars with their KPIs, then exceptions, and why some KPIs have no figure.
#include <algorithm>

#include <fmt/format.h>

#include "cli/commands/render.h"
#include "cli/commands/render_scorecard.h"
#include "cli/text/format.h"
#include "cli/text/style.h"
#include "cli/text/width.h"

namespace keyscore::cli {
namespace {

constexpr size_t kScoreBar = 10;

std::string Note(const v1::KpiResult& kpi, const std::string& zone) {
  std::vector<std::string> notes;
  if (kpi.has_value_low() && kpi.has_value_high()) {
    notes.push_back(fmt::format("95 % between {} and {}", FormatNumber(kpi.value_low()),
                                FormatNumber(kpi.value_high())));
  }
  if (kpi.has_assumed_score()) {
    notes.push_back(
        fmt::format("no figures, so it counts as {}", FormatScore(kpi.assumed_score())));
  }
  if (kpi.has_override()) {
    const std::string computed =
        kpi.has_computed_score() ? FormatScore(kpi.computed_score()) : std::string("no score");
    notes.push_back(fmt::format("† {}, computed {}",
                                kpi.override().exempt() ? "does not count" : "set by exception",
                                computed));
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

// "65.0", or "65.0 of 120.0" where only a part of the period is over.
Cell TargetCell(const v1::KpiResult& kpi) {
  if (!kpi.has_target()) return {};
  std::string text = FormatNumber(kpi.target());
  if (kpi.has_full_target() && FormatNumber(kpi.full_target()) != text) {
    text += " of " + FormatNumber(kpi.full_target());
  }
  return {text, Style::kDim};
}

// The score that counts; a † where that is not what the curve gave.
Cell CountedCell(const v1::KpiResult& kpi) {
  if (kpi.has_override() && kpi.override().exempt()) return {"–†", Style::kDim};
  Cell cell = ScoreCell(kpi.has_score(), kpi.score());
  if (kpi.has_assumed_score()) return {FormatScore(kpi.assumed_score()), Style::kDim};
  if (kpi.has_override()) cell.text += "†";
  return cell;
}

void AddKpiRow(Table& table, const v1::KpiResult& kpi, const std::string& zone) {
  const bool has_value = kpi.state() == v1::KpiResult::VALUE;
  table.AddRow(
      {Cell("  " + (kpi.title().empty() ? IdOf(kpi.kpi()) : kpi.title())), ValueCell(kpi),
       Cell(has_value ? kpi.unit() : "", Style::kDim), TargetCell(kpi),
       kpi.has_attainment() ? Cell(fmt::format("{:.0f} %", kpi.attainment() * 100), Style::kDim)
                            : Cell(),
       CountedCell(kpi),
       kpi.has_score() ? Cell(Bar(kpi.score() / 100, kScoreBar), ScoreStyle(kpi.score())) : Cell(),
       WeightCell(kpi), has_value ? Cell(FormatCount(kpi.sample_size())) : Cell(),
       Cell(Note(kpi, zone), kpi.stale() ? Style::kFair : Style::kDim)});
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
  PrintScorecardHead(card, terminal);
  *terminal.out << '\n';

  Table table({{"KPI", Align::kLeft, 36},
               {"Value", Align::kRight},
               {"", Align::kLeft, 24},
               {"Target", Align::kRight},
               {"Reached", Align::kRight},
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
  PrintScorecardNotes(card, terminal);
  if (terminal.colour) {
    *terminal.out << Paint(fmt::format("\nWhy? keyscore explain {} KPI --period {}\n",
                                       card.subject(), card.period().expression()),
                           Style::kDim, true);
  }
}

}  // namespace keyscore::cli
