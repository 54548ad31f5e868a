// The rules that are tried on each KPI of a library, in a child.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kpis/conformance/call.h"
#include "kpis/conformance/check.h"
#include "kpis/conformance/child.h"
#include "kpis/conformance/golden.h"
#include "kpis/conformance/opened_library.h"
#include "kpis/descriptor.h"
#include "store/store.h"

namespace keyscore::kpis::conformance {

// What a rule works on.
struct Trial {
  const DescribedLibrary& library;
  const DescribedKpi& kpi;
  const CheckOptions& options;
  const std::vector<GoldenVector>& golden;
  // Checks expressions; empty of facts. Made when it is first asked for, in the child.
  std::unique_ptr<store::Store>& store;
  Reporter& reporter;

  const KpiDefinition& definition() const { return kpi.definition; }
};

struct KpiRule {
  const char* id;
  const char* tried;
  const char* fix;  // when the process ended while the rule was tried
  void (*run)(Trial& trial);
};

// In the order of the report.
const std::vector<KpiRule>& KpiRules();

// An instance with the default settings. Without one the rule is skipped: create_destroy tells.
std::optional<Instance> MakeInstance(Trial& trial);

// The usual question; a model's parameters are all 1, for any finite ones must do.
Question UsualQuestion(const KpiDefinition& definition);

// Fails the rule where a row is not what a host may be given: its state, value, weight, sample size
// or interval; true where all is well. `what` names the call: "3 rows".
bool ExpectLegal(Trial& trial, const CallResult& result, const std::string& what);

// … and where the call as a whole failed, other than for too little data (FAILED_PRECONDITION).
bool ExpectLegalSuccess(Trial& trial, const CallResult& result, const std::string& what);

// description_rules.cpp
void TryInputs(Trial& trial);
void TryExpressions(Trial& trial);
void TryRollup(Trial& trial);
// row_rules.cpp
void TryRowsNone(Trial& trial);
void TryRowsOne(Trial& trial);
void TryRowsMany(Trial& trial);
void TryAllNull(Trial& trial);
void TryNanAndInfinity(Trial& trial);
void TryFit(Trial& trial);
// memory_rules.cpp
void TryGuards(Trial& trial);
void TryInputsUnchanged(Trial& trial);
void TryOtherHosts(Trial& trial);
void TryCreateDestroy(Trial& trial);
// promise_rules.cpp
void TryRepeatable(Trial& trial);
void TrySplitBatch(Trial& trial);
void TryConcurrent(Trial& trial);
void TryStops(Trial& trial);
void TryBadSettings(Trial& trial);
// golden.cpp
void TryGolden(Trial& trial);

}  // namespace keyscore::kpis::conformance
