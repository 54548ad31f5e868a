// The weighted mean over accounts, in a fixed order.
#include "kpis/rollup.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "fmt/format.h"

namespace keyscore::kpis {
namespace {

bool HasValue(const AccountRow& account) { return account.outcome->result.state == State::kValue; }

double WeightSum(absl::Span<const AccountRow> accounts) {
  double sum = 0;
  for (const AccountRow& account : accounts) {
    if (HasValue(account)) sum += account.outcome->result.weight;
  }
  return sum;
}

int64_t AddSaturated(int64_t a, int64_t b) {
  int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<int64_t>::max() : sum;
}

// Score of a value on the KPI's own curve, for comparing accounts where best lies in the middle.
double OnCurve(const std::vector<CurvePoint>& curve, double value) {
  const auto above = std::find_if(curve.begin(), curve.end(),
                                  [&](const CurvePoint& point) { return point.value > value; });
  if (above == curve.begin()) return curve.front().score;
  if (above == curve.end()) return curve.back().score;
  const CurvePoint& below = *(above - 1);
  return below.score +
         (above->score - below.score) * (value - below.value) / (above->value - below.value);
}

// Lower is poorer.
double Merit(const KpiDefinition& definition, double value) {
  switch (definition.direction) {
    case Direction::kHigherIsBetter:
      return value;
    case Direction::kLowerIsBetter:
      return -value;
    case Direction::kRangeIsBest:
      return OnCurve(definition.curve, value);
  }
  return value;
}

bool AnyInState(absl::Span<const AccountRow> accounts, State state) {
  return std::any_of(accounts.begin(), accounts.end(), [state](const AccountRow& account) {
    return account.outcome->result.state == state;
  });
}

// Sets the outcome to ERROR if an account has one.
bool TakeErrors(absl::Span<const AccountRow> accounts, KpiOutcome& outcome) {
  size_t errors = 0;
  for (const AccountRow& account : accounts) {
    if (account.outcome->result.state != State::kError) continue;
    if (errors++ == 0) {
      outcome.reason = fmt::format("{} (accounts/{}", account.outcome->reason, account.account_id);
    }
  }
  if (errors == 0) return false;
  outcome.state = State::kError;
  outcome.reason += fmt::format(", {} of {} accounts)", errors, accounts.size());
  return true;
}

}  // namespace

void RollUp(absl::Span<const AccountRow> accounts, KpiOutcome& outcome) {
  if (TakeErrors(accounts, outcome)) return;
  double weighted = 0;
  for (const AccountRow& account : accounts) {
    if (!HasValue(account)) continue;
    const RowResult& result = account.outcome->result;
    weighted += result.weight * result.value;
    outcome.sample_size = AddSaturated(outcome.sample_size, result.sample_size);
    ++outcome.account_count;
  }
  const double weights = WeightSum(accounts);
  if (outcome.account_count == 0) {
    const bool applicable =
        !AnyInState(accounts, State::kNotApplicable) || AnyInState(accounts, State::kNoData);
    outcome.state = applicable ? State::kNoData : State::kNotApplicable;
  } else if (weights == 0) {
    outcome.state = State::kNoData;
    outcome.reason = "NO_WEIGHT: none of the accounts with a value has any weight";
  } else if (const double mean = weighted / weights; std::isfinite(mean)) {
    outcome.state = State::kValue;
    outcome.value = mean;
  } else {
    outcome.state = State::kError;
    outcome.reason = "PLUGIN_ERROR: the accounts' values and weights are too large to be averaged";
  }
}

std::vector<AccountPart> WorstAccounts(
    absl::Span<const AccountRow> accounts, const KpiDefinition& definition, size_t count,
    absl::FunctionRef<std::vector<InputValue>(size_t row)> inputs_of) {
  const double weights = WeightSum(accounts);
  std::vector<const AccountRow*> rows;
  for (const AccountRow& account : accounts) {
    if (HasValue(account) && account.outcome->result.weight > 0) rows.push_back(&account);
  }
  const auto poorer = [&](const AccountRow* a, const AccountRow* b) {
    const double merit_a = Merit(definition, a->outcome->result.value);
    const double merit_b = Merit(definition, b->outcome->result.value);
    return merit_a != merit_b ? merit_a < merit_b : a->account_id < b->account_id;
  };
  const size_t kept = std::min(count, rows.size());
  std::partial_sort(rows.begin(), rows.begin() + static_cast<ptrdiff_t>(kept), rows.end(), poorer);
  rows.resize(kept);
  std::vector<AccountPart> parts;
  for (const AccountRow* row : rows) {
    parts.push_back({.account_id = row->account_id,
                     .result = row->outcome->result,
                     .weight_share = row->outcome->result.weight / weights,
                     .inputs = inputs_of(row->row)});
  }
  return parts;
}

}  // namespace keyscore::kpis
