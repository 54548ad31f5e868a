// The four pillars in one list.
#include "integration/oracle/formulas.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace keyscore::testing {

const std::vector<Formula>& Formulas() {
  static const auto* const formulas = [] {
    auto* all = new std::vector<Formula>;
    for (const auto& pillar :
         {RelationshipsFormulas(), RevenueFormulas(), RetentionFormulas(), LearningFormulas()}) {
      all->insert(all->end(), pillar.begin(), pillar.end());
    }
    return all;
  }();
  return *formulas;
}

const Formula& FormulaOf(const std::string& kpi) {
  const auto found = std::find_if(Formulas().begin(), Formulas().end(),
                                  [&kpi](const Formula& formula) { return formula.kpi == kpi; });
  if (found != Formulas().end()) return *found;
  std::fprintf(stderr, "the oracle has no formula of %s\n", kpi.c_str());
  std::abort();
}

}  // namespace keyscore::testing
