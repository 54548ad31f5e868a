// Checks libraries and looks at what comes of it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "kpis/conformance/check.h"
#include "support/environment.h"

namespace keyscore::kpis::conformance {

inline std::string TestPlugin(const std::string& name) {
  return testing::Environment("KEYSCORE_TEST_PLUGINS_DIR") + "/conformance/" + name + ".so";
}

inline std::vector<std::string> FailedRules(const Report& report) {
  std::vector<std::string> failed;
  for (const RuleResult& rule : report.rules) {
    if (rule.outcome == Outcome::kFailed) failed.push_back(rule.rule);
  }
  return failed;
}

// Of the rule that failed: what happened and the fix, a line each.
inline std::string Findings(const Report& report, const std::string& rule) {
  std::string text;
  if (const RuleResult* result = report.Find(rule)) {
    for (const Failure& failure : result->failures) {
      text += failure.kpi + ": " + failure.happened + "\nfix: " + failure.fix + "\n";
    }
  }
  return text;
}

}  // namespace keyscore::kpis::conformance
