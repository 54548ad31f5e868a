// The KPIs of the catalogue a second time, as SQL written from its formulas.
#pragma once

#include <string>
#include <vector>

#include "integration/oracle/sql.h"

namespace keyscore::testing {

struct Formula {
  std::string kpi;  // its id
  sql::Answer answer;
};

// All but predicted_lifetime_value, whose parameters come from a fit and not from a formula.
const std::vector<Formula>& Formulas();
// One of them; ends the program where there is none.
const Formula& FormulaOf(const std::string& kpi);

// A pillar's, in the order of the catalogue.
std::vector<Formula> RelationshipsFormulas();
std::vector<Formula> RevenueFormulas();
std::vector<Formula> RetentionFormulas();
std::vector<Formula> LearningFormulas();

}  // namespace keyscore::testing
