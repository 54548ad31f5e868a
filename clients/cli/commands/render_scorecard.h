// The parts of a printed scorecard around its table.
#pragma once

#include <string>

#include "cli/context.h"
#include "keyscore/v1/scorecard_service.pb.h"

namespace keyscore::cli {

// Whose and of when, the total and what it rests on.
void PrintScorecardHead(const v1::Scorecard& card, const Terminal& terminal);
// Exceptions that count, and why some KPIs have no figure.
void PrintScorecardNotes(const v1::Scorecard& card, const Terminal& terminal);

// The title of a KPI (kpis/{id}) of the card; its id where the card doesn't list it.
std::string TitleOf(const v1::Scorecard& card, const std::string& kpi);

}  // namespace keyscore::cli
