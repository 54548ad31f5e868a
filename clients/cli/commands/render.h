// Scorecards and explanations as people and spreadsheets read them.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "cli/context.h"
#include "cli/text/table.h"
#include "keyscore/v1/scorecard_service.pb.h"

namespace keyscore::cli {

void PrintScorecard(const v1::Scorecard& card, const Terminal& terminal);
// One record a KPI.
void PrintScorecardCsv(const v1::Scorecard& card, std::ostream& out);

// A ranking. `kpis` (kpis/ID) get a column of values each.
void PrintRanking(const v1::ListScorecardsResponse& ranking, const std::vector<std::string>& kpis,
                  const Terminal& terminal);
// One record a subject.
void PrintRankingCsv(const v1::ListScorecardsResponse& ranking,
                     const std::vector<std::string>& kpis, std::ostream& out);

void PrintExplanation(const v1::KpiExplanation& explanation, const Terminal& terminal);

// A value as a figure, or the honest word for why there is none.
Cell ValueCell(const v1::KpiResult& result);
Cell StateCell(v1::KpiResult::State state);
// A score in the colour of its band; "–" where there is none.
Cell ScoreCell(bool has_score, double score);

}  // namespace keyscore::cli
