// What the conformance checker found out about one library: a line a rule, and for each fault what
// happened and how to mend it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nlohmann/json.hpp"

namespace keyscore::kpis::conformance {

enum class Outcome { kPassed, kFailed, kSkipped };

struct Failure {
  std::string kpi;  // empty = the library as a whole
  std::string happened;
  std::string fix;
};

struct RuleResult {
  std::string rule;   // id, e.g. "split_batch"
  std::string tried;  // what was tried, in words
  Outcome outcome = Outcome::kSkipped;
  std::string note;  // why it was skipped, or what of it was
  std::vector<Failure> failures;
};

struct Report {
  std::string path;
  std::vector<RuleResult> rules;

  bool passed() const;
  const RuleResult* Find(std::string_view rule) const;
};

// One line a rule, failures indented below it, and a sum at the end. `colour` paints the verdicts
// for a terminal.
std::string ToText(const Report& report, bool colour);

// {"library", "passed", "rules": [{"rule", "outcome", "tried", "note", "failures": [...]}]}
nlohmann::ordered_json ToJson(const Report& report);

}  // namespace keyscore::kpis::conformance
