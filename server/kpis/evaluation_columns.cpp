// Calls a KPI over subjects or over their accounts.
#include "kpis/evaluation_columns.h"

#include <algorithm>
#include <utility>

#include "kpis/gather.h"
#include "kpis/rollup.h"
#include "kpis/run_rows.h"

namespace keyscore::kpis {
namespace {

using Inputs = std::vector<const store::MeasureColumn*>;

// The KPI's inputs, which stand in `columns` of the table, for all of its rows.
Inputs Whole(absl::Span<const size_t> columns, const std::vector<store::MeasureColumn>& table) {
  Inputs inputs;
  inputs.reserve(columns.size());
  for (const size_t column : columns) inputs.push_back(&table[column]);
  return inputs;
}

}  // namespace

absl::StatusOr<KpiColumn> KpiColumn::Evaluate(std::shared_ptr<const Measured> measured,
                                              const PlannedKpi& planned, std::string dataset_empty,
                                              Model model, const EvaluationContext& context,
                                              size_t worst_accounts) {
  KpiColumn column;
  column.kpi_ = planned.kpi;
  column.measured_ = std::move(measured);
  column.planned_ = &planned;
  const bool by_account = planned.kpi->definition.rollup == Rollup::kAccounts;
  if (by_account) column.PickAccounts(planned.columns);
  if (!dataset_empty.empty()) {
    column.reason_ = std::move(dataset_empty);
    return column;
  }
  if (!model.error.empty() || !model.not_fitted.empty()) {
    if (!model.error.empty()) column.all_ = State::kError;
    column.reason_ = model.error.empty() ? std::move(model.not_fitted) : std::move(model.error);
    return column;
  }
  column.parameters_ = std::move(model.parameters);
  EvaluationContext asked = context;
  asked.parameters = column.parameters_;
  column.called_ = true;
  const absl::Status called = by_account ? column.CallAccounts(asked, worst_accounts)
                                         : column.CallPooled(asked, worst_accounts);
  if (!called.ok()) return called;
  return column;
}

KpiColumn KpiColumn::Failed(const LoadedKpi* kpi, std::string reason) {
  KpiColumn column;
  column.kpi_ = kpi;
  column.all_ = State::kError;
  column.reason_ = std::move(reason);
  return column;
}

void KpiColumn::PickAccounts(const std::vector<size_t>& columns) {
  const AccountTable& table = measured_->by_account;
  first_.reserve(measured_->subject_count + 1);
  account_rows_.reserve(table.account_ids.size());
  for (size_t subject = 0; subject < measured_->subject_count; ++subject) {
    first_.push_back(account_rows_.size());
    for (size_t row = table.first[subject]; row < table.first[subject + 1]; ++row) {
      if (HasFact(columns, table.columns, row)) account_rows_.push_back(row);
    }
  }
  first_.push_back(account_rows_.size());
}

absl::Span<const size_t> KpiColumn::AccountRows(size_t subject) const {
  return absl::MakeConstSpan(account_rows_)
      .subspan(first_[subject], first_[subject + 1] - first_[subject]);
}

absl::Status KpiColumn::CallPooled(const EvaluationContext& context, size_t worst_accounts) {
  auto run = RunRows(*kpi_, context, Whole(planned_->columns, measured_->pooled.columns),
                     measured_->subject_count);
  if (!run.ok()) return run.status();
  rows_ = std::move(run->rows);
  reasons_ = std::move(run->reasons);
  if (planned_->account_columns.empty()) return absl::OkStatus();
  // What each account's own facts give: where to look first.
  PickAccounts(planned_->account_columns);
  return CallAccounts(context, worst_accounts);
}

absl::Status KpiColumn::CallAccounts(const EvaluationContext& context, size_t worst_accounts) {
  const bool pooled = kpi_->definition.rollup == Rollup::kPooled;
  const std::vector<size_t>& columns = pooled ? planned_->account_columns : planned_->columns;
  const AccountTable& table = measured_->by_account;
  Inputs inputs = Whole(columns, table.columns);
  std::vector<store::MeasureColumn> picked;
  if (account_rows_.size() < table.account_ids.size()) {
    picked.reserve(inputs.size());
    for (size_t i = 0; i < inputs.size(); ++i) {
      picked.push_back(Gather(*inputs[i], kpi_->definition.inputs[i].aggregate, account_rows_));
      inputs[i] = &picked.back();
    }
  }
  const auto run = RunRows(*kpi_, context, inputs, account_rows_.size());
  if (!run.ok()) return run.status();

  if (!pooled) rolled_.resize(measured_->subject_count);
  if (worst_accounts > 0) worst_.resize(measured_->subject_count);
  std::vector<AccountRow> accounts;
  for (size_t subject = 0; subject < measured_->subject_count; ++subject) {
    accounts.clear();
    for (size_t row = first_[subject]; row < first_[subject + 1]; ++row) {
      accounts.push_back({.account_id = table.account_ids[account_rows_[row]],
                          .row = row,
                          .result = &run->rows[row]});
    }
    if (!pooled) {
      RollUp(accounts, kpi_->definition, run->reasons, rolled_[subject]);
      if (rolled_[subject].state != State::kValue) continue;
    }
    if (worst_accounts == 0) continue;
    worst_[subject] = WorstAccounts(accounts, kpi_->definition, worst_accounts, [&](size_t row) {
      return InputsAt(*planned_, columns, table.columns, account_rows_[row]);
    });
    if (!pooled) continue;
    for (AccountPart& part : worst_[subject]) part.weight_share = 0;
  }
  return absl::OkStatus();
}

State KpiColumn::StateOf(size_t subject) const {
  if (!called_) return all_;
  return rolled_.empty() ? rows_[subject].state : rolled_[subject].state;
}

double KpiColumn::ValueOf(size_t subject) const {
  if (!called_) return 0;
  return rolled_.empty() ? rows_[subject].value : rolled_[subject].value;
}

KpiOutcome KpiColumn::OutcomeOf(size_t subject) const {
  KpiOutcome outcome;
  if (called_ && !rolled_.empty()) outcome = rolled_[subject];
  outcome.kpi = kpi_;
  if (!called_) {
    outcome.state = all_;
    outcome.reason = reason_;
  }
  if (measured_ == nullptr) return outcome;
  if (kpi_->definition.rollup == Rollup::kAccounts) {
    const auto& table = measured_->by_account.columns;
    outcome.newest_fact = NewestFact(*planned_, table, AccountRows(subject));
    outcome.inputs = SummedInputs(*planned_, table, AccountRows(subject));
  } else {
    const auto& table = measured_->pooled.columns;
    outcome.newest_fact = NewestFact(*planned_, table, {subject});
    outcome.inputs = InputsAt(*planned_, planned_->columns, table, subject);
  }
  if (!called_) return outcome;

  outcome.parameters = parameters_;
  if (rolled_.empty()) {
    const RowResult& row = rows_[subject];
    outcome.state = row.state;
    if (row.state == State::kError) outcome.reason = reasons_.at(subject);
    outcome.value = row.value;
    outcome.sample_size = row.sample_size;
    outcome.low = row.low;
    outcome.high = row.high;
    outcome.details = row.details;
  }
  if (!worst_.empty()) outcome.worst = worst_[subject];
  Finish(outcome);
  return outcome;
}

void KpiColumn::Finish(KpiOutcome& outcome) const {
  if (outcome.state == State::kValue) {
    outcome.stale = IsStale(kpi_->definition, outcome.newest_fact, measured_->stale_at);
  } else if (outcome.state == State::kNoData && outcome.reason.empty()) {
    const bool no_facts =
        std::all_of(outcome.inputs.begin(), outcome.inputs.end(),
                    [](const InputValue& input) { return input.fact_count == 0; });
    outcome.reason = no_facts ? "NO_FACTS: no fact falls into the windows of the inputs"
                              : "NOTHING_TO_DIVIDE_BY: there are facts, but not those that the "
                                "formula divides by or rests on";
  }
}

}  // namespace keyscore::kpis
