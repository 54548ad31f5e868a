// The weighted mean over accounts, in a fixed order.
#include "kpis/rollup.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/container/inlined_vector.h"
#include "fmt/format.h"
#include "keyscore/sdk/formulas.h"

namespace keyscore::kpis {
namespace {

// A manager has a dozen accounts or two.
using Rows = absl::InlinedVector<const RowResult*, 32>;

bool HasValue(const AccountRow& account) { return account.result->state == State::kValue; }

double WeightSum(absl::Span<const AccountRow> accounts) {
  double sum = 0;
  for (const AccountRow& account : accounts) {
    if (HasValue(account)) sum += account.result->weight;
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
  return std::any_of(accounts.begin(), accounts.end(),
                     [state](const AccountRow& account) { return account.result->state == state; });
}

// Sets the outcome to ERROR if an account has one.
bool TakeErrors(absl::Span<const AccountRow> accounts,
                const absl::flat_hash_map<size_t, std::string>& reasons, KpiOutcome& outcome) {
  size_t errors = 0;
  for (const AccountRow& account : accounts) {
    if (account.result->state != State::kError) continue;
    if (errors++ == 0) {
      outcome.reason = fmt::format("{} (accounts/{}", reasons.at(account.row), account.account_id);
    }
  }
  if (errors == 0) return false;
  outcome.state = State::kError;
  outcome.reason += fmt::format(", {} of {} accounts)", errors, accounts.size());
  return true;
}

// Of a mean of accounts that all weigh the same. One account has the interval that it came with.
void SetInterval(absl::Span<const RowResult* const> rows, const KpiDefinition& definition,
                 KpiOutcome& outcome) {
  if (rows.size() == 1) {
    outcome.low = rows.front()->low;
    outcome.high = rows.front()->high;
    return;
  }
  double sum = 0, squares = 0, yes = 0;
  bool yes_or_no = definition.unit == "%";
  for (const RowResult* row : rows) {
    if (row->weight != rows.front()->weight) return;
    sum += row->value;
    squares += row->value * row->value;
    yes += row->value == 100 ? 1 : 0;
    yes_or_no = yes_or_no && (row->value == 0 || row->value == 100);
  }
  const sdk::Result interval =
      yes_or_no ? sdk::Percentage(yes, rows.size()) : sdk::Mean(sum, squares, rows.size());
  if (!std::isfinite(interval.low) || !std::isfinite(interval.high)) return;
  outcome.low = std::min(interval.low, outcome.value);
  outcome.high = std::max(interval.high, outcome.value);
}

// The weighted mean of each detail over the accounts that have it.
void SetDetails(absl::Span<const RowResult* const> rows, size_t details, KpiOutcome& outcome) {
  outcome.details.reserve(details);
  for (size_t detail = 0; detail < details; ++detail) {
    double weighted = 0, weights = 0;
    std::optional<double> only;  // equal in all accounts, such as a coefficient
    bool equal = true;
    for (const RowResult* row : rows) {
      if (detail >= row->details.size() || !row->details[detail].has_value()) continue;
      const double figure = *row->details[detail];
      equal = equal && (!only.has_value() || *only == figure);
      only = figure;
      weighted += row->weight * figure;
      weights += row->weight;
    }
    const double mean = equal ? only.value_or(0) : weighted / weights;
    outcome.details.push_back(only.has_value() && std::isfinite(mean) ? std::optional(mean)
                                                                      : std::nullopt);
  }
}

}  // namespace

void RollUp(absl::Span<const AccountRow> accounts, const KpiDefinition& definition,
            const absl::flat_hash_map<size_t, std::string>& reasons, KpiOutcome& outcome) {
  if (TakeErrors(accounts, reasons, outcome)) return;
  double weighted = 0;
  Rows rows;  // that the value rests on
  for (const AccountRow& account : accounts) {
    if (!HasValue(account)) continue;
    const RowResult& result = *account.result;
    if (result.weight > 0) rows.push_back(&result);
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
    SetInterval(rows, definition, outcome);
    SetDetails(rows, definition.details.size(), outcome);
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
    if (HasValue(account) && account.result->weight > 0) rows.push_back(&account);
  }
  const auto poorer = [&](const AccountRow* a, const AccountRow* b) {
    const double merit_a = Merit(definition, a->result->value);
    const double merit_b = Merit(definition, b->result->value);
    return merit_a != merit_b ? merit_a < merit_b : a->account_id < b->account_id;
  };
  const size_t kept = std::min(count, rows.size());
  std::partial_sort(rows.begin(), rows.begin() + static_cast<ptrdiff_t>(kept), rows.end(), poorer);
  rows.resize(kept);
  std::vector<AccountPart> parts;
  parts.reserve(rows.size());
  for (const AccountRow* row : rows) {
    parts.push_back({.account_id = std::string(row->account_id),
                     .result = *row->result,
                     .weight_share = row->result->weight / weights,
                     .inputs = inputs_of(row->row)});
  }
  return parts;
}

}  // namespace keyscore::kpis
