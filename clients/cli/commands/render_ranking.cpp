// A ranking as a table and as CSV.
#include <fmt/format.h>

#include "cli/commands/render.h"
#include "cli/text/csv.h"
#include "cli/text/format.h"
#include "cli/text/width.h"

namespace keyscore::cli {
namespace {

constexpr v1::Pillar kPillars[] = {v1::PILLAR_RELATIONSHIPS, v1::PILLAR_REVENUE,
                                   v1::PILLAR_RETENTION, v1::PILLAR_LEARNING};
constexpr size_t kTotalBar = 16;

const v1::KpiResult* FindKpi(const v1::Scorecard& card, const std::string& kpi) {
  for (const v1::KpiResult& result : card.kpis()) {
    if (result.kpi() == kpi) return &result;
  }
  return nullptr;
}

const v1::PillarScore* FindPillar(const v1::Scorecard& card, v1::Pillar pillar) {
  for (const v1::PillarScore& score : card.pillars()) {
    if (score.pillar() == pillar) return &score;
  }
  return nullptr;
}

// The KPI's title and unit, from the first card that knows it.
std::string KpiHeader(const v1::ListScorecardsResponse& ranking, const std::string& kpi) {
  for (const v1::Scorecard& card : ranking.scorecards()) {
    const v1::KpiResult* result = FindKpi(card, kpi);
    if (result == nullptr) continue;
    const std::string title = result->title().empty() ? IdOf(kpi) : result->title();
    return result->unit().empty() ? title : fmt::format("{} ({})", title, result->unit());
  }
  return IdOf(kpi);
}

std::string KindHeader(const v1::ListScorecardsResponse& ranking) {
  if (ranking.scorecards_size() == 0) return "Subject";
  const std::string& subject = ranking.scorecards(0).subject();
  if (subject.starts_with("managers/")) return "Manager";
  return subject.starts_with("accounts/") ? "Account" : "Team";
}

Cell TotalCell(const v1::Scorecard& card) {
  if (!card.has_total()) return {"not scored", Style::kDim};
  return {FormatScore(card.total()), ScoreStyle(card.total())};
}

}  // namespace

void PrintRanking(const v1::ListScorecardsResponse& ranking, const std::vector<std::string>& kpis,
                  const Terminal& terminal) {
  std::ostream& out = *terminal.out;
  if (ranking.scorecards_size() == 0) {
    out << "Nobody matches.\n";
    return;
  }
  const v1::Period& period = ranking.scorecards(0).period();
  out << Paint(FormatSpan(period), Style::kStrong, terminal.colour) << "  "
      << Paint(fmt::format("{}, {}, {}", period.expression(), Plural(period.days(), "day"),
                           period.calendar().time_zone()),
               Style::kDim, terminal.colour)
      << "\n\n";

  std::vector<TableColumn> columns = {{"#", Align::kRight},
                                      {KindHeader(ranking), Align::kLeft, 32},
                                      {"Team", Align::kLeft, 24},
                                      {"Total", Align::kRight},
                                      {""},
                                      {"Between", Align::kRight},
                                      {"Coverage", Align::kRight}};
  for (const v1::Pillar pillar : kPillars) {
    columns.push_back(
        {pillar == v1::PILLAR_LEARNING ? "Learning" : PillarTitle(pillar), Align::kRight});
  }
  for (const std::string& kpi : kpis) columns.push_back({KpiHeader(ranking, kpi), Align::kRight});

  Table table(columns);
  for (const v1::Scorecard& card : ranking.scorecards()) {
    std::vector<Cell> row = {
        Cell(std::to_string(card.rank()), Style::kDim),
        Cell(card.subject_display_name().empty() ? card.subject() : card.subject_display_name()),
        Cell(IdOf(card.team()), Style::kDim),
        TotalCell(card),
        card.has_total() ? Cell(Bar(card.total() / 100, kTotalBar), ScoreStyle(card.total()))
                         : Cell(),
        card.has_score_low() && card.has_score_high() && card.coverage() < 1
            ? Cell(fmt::format("{:.0f}–{:.0f}", card.score_low(), card.score_high()), Style::kDim)
            : Cell(),
        Cell(FormatShare(card.coverage()))};
    for (const v1::Pillar pillar : kPillars) {
      const v1::PillarScore* score = FindPillar(card, pillar);
      // A pillar that neither weighs nor has a figure gets no column.
      const bool shown = score != nullptr && (score->nominal_weight() > 0 || score->has_score());
      row.push_back(shown ? ScoreCell(score->has_score(), score->score()) : Cell());
    }
    for (const std::string& kpi : kpis) {
      const v1::KpiResult* result = FindKpi(card, kpi);
      row.push_back(result == nullptr ? Cell() : ValueCell(*result));
    }
    table.AddRow(std::move(row));
  }
  out << table.Render(terminal.colour);
  if (ranking.total_size() > ranking.scorecards_size()) {
    out << fmt::format("\n{} of {} shown.\n", FormatCount(ranking.scorecards_size()),
                       FormatCount(ranking.total_size()));
  }
}

void PrintRankingCsv(const v1::ListScorecardsResponse& ranking,
                     const std::vector<std::string>& kpis, std::ostream& out) {
  std::vector<std::string> header = {"rank",   "subject",    "display_name", "team",
                                     "period", "start_date", "end_date",     "total_state",
                                     "total",  "score_low",  "score_high",   "coverage"};
  for (const v1::Pillar pillar : kPillars) {
    header.push_back(EnumWords(v1::Pillar_Name(pillar), "PILLAR_") + "_score");
  }
  for (const std::string& kpi : kpis) {
    for (const char* field : {"state", "value", "score"}) header.push_back(IdOf(kpi) + "." + field);
  }
  WriteCsvRecord(out, header);
  using Number = std::optional<double>;
  for (const v1::Scorecard& card : ranking.scorecards()) {
    std::vector<std::string> record = {
        std::to_string(card.rank()),
        card.subject(),
        card.subject_display_name(),
        card.team(),
        card.period().expression(),
        card.period().start_date(),
        card.period().end_date(),
        v1::Scorecard::TotalState_Name(card.total_state()),
        CsvNumber(card.has_total() ? Number(card.total()) : std::nullopt),
        CsvNumber(card.has_score_low() ? Number(card.score_low()) : std::nullopt),
        CsvNumber(card.has_score_high() ? Number(card.score_high()) : std::nullopt),
        CsvNumber(card.coverage())};
    for (const v1::Pillar pillar : kPillars) {
      const v1::PillarScore* score = FindPillar(card, pillar);
      record.push_back(CsvNumber(score != nullptr && score->has_score() ? Number(score->score())
                                                                        : std::nullopt));
    }
    for (const std::string& kpi : kpis) {
      const v1::KpiResult* result = FindKpi(card, kpi);
      record.push_back(result == nullptr ? "" : v1::KpiResult::State_Name(result->state()));
      const bool value = result != nullptr && result->has_value();
      const bool score = result != nullptr && result->has_score();
      record.push_back(CsvNumber(value ? Number(result->value()) : std::nullopt));
      record.push_back(CsvNumber(score ? Number(result->score()) : std::nullopt));
    }
    WriteCsvRecord(out, record);
  }
}

}  // namespace keyscore::cli
