// Every KPI of the first slice a second time, as SQL from the catalogue's formulas.
#pragma once

#include <string>
#include <vector>

namespace keyscore::testing {

struct Formula {
  std::string kpi;  // its id
  // Gives (subject, value) over the tables of raw_facts.h; null or no row = NO_DATA.
  std::string sql;
};

const std::vector<Formula>& Formulas();

}  // namespace keyscore::testing
