// From the results of a subject's accounts to the subject's own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "kpis/evaluate.h"

namespace keyscore::kpis {

// Refers to what somebody else keeps.
struct AccountRow {
  std::string_view account_id;
  size_t row = 0;  // where it stands in the KPI's batch
  const RowResult* result = nullptr;
};

// Σ weight·value ÷ Σ weight over the rows with a value, which must stand in order of account id;
// sets state, reason, value, interval, sample size, details and account count. NO_DATA without such
// rows or with Σ weight 0, NOT_APPLICABLE when no account says anything else. One account's ERROR
// is the subject's: a mean that leaves an account out in silence would be wrong. `reasons` are
// those of the batch's errors, by row.
void RollUp(absl::Span<const AccountRow> accounts, const KpiDefinition& definition,
            const absl::flat_hash_map<size_t, std::string>& reasons, KpiOutcome& outcome);

// The `count` poorest accounts that have a part in the roll-up, poorest first: by what the
// direction calls poor (a KPI with a best range: by its curve), ties by account id. `inputs_of`
// tells the inputs' values at a row of the batch.
std::vector<AccountPart> WorstAccounts(
    absl::Span<const AccountRow> accounts, const KpiDefinition& definition, size_t count,
    absl::FunctionRef<std::vector<InputValue>(size_t row)> inputs_of);

}  // namespace keyscore::kpis
