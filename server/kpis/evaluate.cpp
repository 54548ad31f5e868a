// One evaluation: plan, ask the store, call each KPI once, put the answers in order.
#include "kpis/evaluate.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "kpis/fit_model.h"
#include "kpis/gather.h"
#include "kpis/plan.h"
#include "kpis/rollup.h"
#include "kpis/run_rows.h"

namespace keyscore::kpis {
namespace {

// The rows of one batch of a KPI, input by input.
struct Batch {
  std::vector<store::MeasureColumn> inputs;
  size_t row_count = 0;
};

class Evaluator {
 public:
  Evaluator(const EvaluationRequest& request, const Plan& plan, absl::Time now)
      : request_(request),
        plan_(plan),
        stale_at_(std::min(request.period.to, now)),
        context_{.subject_kind = request.kind,
                 .period_from = request.period.from,
                 .period_to = request.period.to,
                 .period_days = request.period.days(),
                 .stop = request.stop} {}

  // Asks the store for everything, as of one watermark. An empty log (watermark 0) isn't asked: for
  // the store that number means the newest state, which may have facts by now.
  absl::Status Ask(store::Store& store, int64_t watermark) {
    absl::Status asked = Ask(store, watermark, plan_.pooled, /*by_account=*/false, pooled_);
    if (!asked.ok()) return asked;
    for (size_t row = 0; row < pooled_.subject_ids.size(); ++row) {
      pooled_rows_.emplace(pooled_.subject_ids[row], row);
    }
    asked = Ask(store, watermark, plan_.by_account, /*by_account=*/true, by_account_);
    if (!asked.ok()) return asked;
    for (size_t row = 0; row < by_account_.subject_ids.size(); ++row) {
      account_rows_[by_account_.subject_ids[row]].push_back(row);
    }
    for (auto& [subject, rows] : account_rows_) {
      std::sort(rows.begin(), rows.end(), [this](size_t a, size_t b) {
        return by_account_.account_ids[a] < by_account_.account_ids[b];
      });
    }
    return absl::OkStatus();
  }

  // The KPI's outcomes, one a subject.
  absl::StatusOr<std::vector<KpiOutcome>> EvaluateKpi(const PlannedKpi& planned,
                                                      const Model& model) const {
    EvaluationContext context = context_;
    context.parameters = model.parameters;
    auto outcomes = planned.kpi->definition.rollup == Rollup::kAccounts
                        ? EvaluateByAccount(planned, model, context)
                        : EvaluatePooled(planned, model, context);
    if (outcomes.ok()) {
      for (KpiOutcome& outcome : *outcomes) outcome.parameters = model.parameters;
    }
    return outcomes;
  }

  const EvaluationContext& context() const { return context_; }

 private:
  absl::Status Ask(store::Store& store, int64_t watermark, const measures::MeasureSet& set,
                   bool by_account, store::MeasureTable& table) const {
    table.columns.resize(set.measures().size());
    if (set.measures().empty() || request_.subject_ids.empty() || watermark == 0) {
      return absl::OkStatus();
    }
    store::Scope scope{.kind = request_.kind, .by_account = by_account};
    if (request_.kind != store::SubjectKind::kOrganization) {
      scope.subject_ids = request_.subject_ids;
    }
    auto measured = store.Measure(set.measures(), scope, watermark, request_.stop);
    if (!measured.ok()) return measured.status();
    table = *std::move(measured);
    return absl::OkStatus();
  }

  // What is known before the KPI is called, and whether it need not be.
  static bool IsDecided(const PlannedKpi& planned, const Model& model,
                        std::vector<KpiOutcome>& outcomes) {
    if (!planned.dataset_empty.empty()) return true;
    for (KpiOutcome& outcome : outcomes) {
      outcome.reason = model.error.empty() ? model.not_fitted : model.error;
      if (!model.error.empty()) outcome.state = State::kError;
    }
    return !model.error.empty() || !model.not_fitted.empty();
  }

  absl::StatusOr<std::vector<KpiOutcome>> EvaluatePooled(const PlannedKpi& planned,
                                                         const Model& model,
                                                         const EvaluationContext& context) const {
    std::vector<size_t> rows;
    for (const std::string& subject : request_.subject_ids) {
      const auto found = pooled_rows_.find(subject);
      rows.push_back(found == pooled_rows_.end() ? kNoRow : found->second);
    }
    const Batch batch = Pick(planned, planned.columns, pooled_, rows);
    std::vector<KpiOutcome> outcomes(rows.size());
    for (size_t row = 0; row < rows.size(); ++row) {
      Describe(planned, batch, {row}, outcomes[row]);
      outcomes[row].inputs = Inputs(planned, batch, row);
    }
    if (IsDecided(planned, model, outcomes)) return outcomes;

    const auto run = RunRows(*planned.kpi, context, batch.inputs, batch.row_count);
    if (!run.ok()) return run.status();
    for (size_t row = 0; row < rows.size(); ++row) {
      const RowResult& result = (*run)[row].result;
      KpiOutcome& outcome = outcomes[row];
      outcome.state = result.state;
      outcome.reason = (*run)[row].reason;
      outcome.value = result.value;
      outcome.sample_size = result.sample_size;
      outcome.low = result.low;
      outcome.high = result.high;
      outcome.details = result.details;
      Finish(planned, outcome);
    }
    if (!planned.account_columns.empty()) {
      const absl::Status worst = AddWorstOfPooled(planned, context, outcomes);
      if (!worst.ok()) return worst;
    }
    return outcomes;
  }

  // What each account's own facts give for a pooled KPI: where to look first.
  absl::Status AddWorstOfPooled(const PlannedKpi& planned, const EvaluationContext& context,
                                std::vector<KpiOutcome>& outcomes) const {
    Accounts by_subject = AccountsOf(planned.account_columns);
    const Batch batch = Pick(planned, planned.account_columns, by_account_, by_subject.rows);
    const auto run = RunRows(*planned.kpi, context, batch.inputs, batch.row_count);
    if (!run.ok()) return run.status();
    for (size_t subject = 0; subject < outcomes.size(); ++subject) {
      std::vector<AccountRow>& accounts = by_subject.accounts[subject];
      for (AccountRow& account : accounts) account.outcome = &(*run)[account.row];
      outcomes[subject].worst =
          WorstAccounts(accounts, planned.kpi->definition, request_.worst_accounts,
                        [&](size_t row) { return Inputs(planned, batch, row); });
      for (AccountPart& part : outcomes[subject].worst) part.weight_share = 0;
    }
    return absl::OkStatus();
  }

  // The accounts of each subject, and the rows of the table where they stand, one after the other.
  struct Accounts {
    std::vector<size_t> rows;
    std::vector<std::vector<AccountRow>> accounts;  // by subject
  };

  // Only accounts with a fact in these columns: others are in the table for other KPIs' sake, and a
  // result mustn't hang on what else was asked.
  Accounts AccountsOf(const std::vector<size_t>& columns) const {
    Accounts of;
    of.accounts.resize(request_.subject_ids.size());
    for (size_t subject = 0; subject < of.accounts.size(); ++subject) {
      const auto found = account_rows_.find(request_.subject_ids[subject]);
      if (found == account_rows_.end()) continue;
      for (const size_t row : found->second) {
        if (!HasFact(columns, row)) continue;
        of.accounts[subject].push_back(
            {.account_id = by_account_.account_ids[row], .row = of.rows.size()});
        of.rows.push_back(row);
      }
    }
    return of;
  }

  absl::StatusOr<std::vector<KpiOutcome>> EvaluateByAccount(
      const PlannedKpi& planned, const Model& model, const EvaluationContext& context) const {
    auto [rows, accounts] = AccountsOf(planned.columns);
    const Batch batch = Pick(planned, planned.columns, by_account_, rows);
    std::vector<KpiOutcome> outcomes(accounts.size());
    for (size_t subject = 0; subject < accounts.size(); ++subject) {
      std::vector<size_t> own;
      for (const AccountRow& account : accounts[subject]) own.push_back(account.row);
      Describe(planned, batch, own, outcomes[subject]);
      outcomes[subject].inputs = SummedInputs(planned, batch, own);
    }
    if (IsDecided(planned, model, outcomes)) return outcomes;

    const auto run = RunRows(*planned.kpi, context, batch.inputs, batch.row_count);
    if (!run.ok()) return run.status();
    for (size_t subject = 0; subject < accounts.size(); ++subject) {
      for (AccountRow& account : accounts[subject]) account.outcome = &(*run)[account.row];
      KpiOutcome& outcome = outcomes[subject];
      RollUp(accounts[subject], planned.kpi->definition, outcome);
      Finish(planned, outcome);
      if (outcome.state != State::kValue) continue;
      outcome.worst =
          WorstAccounts(accounts[subject], planned.kpi->definition, request_.worst_accounts,
                        [&](size_t row) { return Inputs(planned, batch, row); });
    }
    return outcomes;
  }

  bool HasFact(const std::vector<size_t>& columns, size_t row) const {
    return std::any_of(columns.begin(), columns.end(), [&](size_t column) {
      return by_account_.columns[column].fact_count[row] > 0;
    });
  }

  // The KPI's inputs, which stand in `columns` of the table, at `rows`.
  static Batch Pick(const PlannedKpi& planned, const std::vector<size_t>& columns,
                    const store::MeasureTable& table, const std::vector<size_t>& rows) {
    Batch batch{.row_count = rows.size()};
    const auto& inputs = planned.kpi->definition.inputs;
    for (size_t i = 0; i < inputs.size(); ++i) {
      batch.inputs.push_back(Gather(table.columns[columns[i]], inputs[i].aggregate, rows));
    }
    return batch;
  }

  // What is known of an outcome before the KPI is called; `rows` of the batch are the subject's.
  void Describe(const PlannedKpi& planned, const Batch& batch, const std::vector<size_t>& rows,
                KpiOutcome& outcome) const {
    outcome.kpi = planned.kpi;
    outcome.reason = planned.dataset_empty;
    const auto& inputs = planned.kpi->definition.inputs;
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (IsAtInstant(inputs[i])) continue;
      for (const size_t row : rows) {
        outcome.newest_fact = std::max(outcome.newest_fact, batch.inputs[i].newest[row]);
      }
    }
  }

  void Finish(const PlannedKpi& planned, KpiOutcome& outcome) const {
    if (outcome.state == State::kValue) {
      outcome.stale = IsStale(planned.kpi->definition, outcome.newest_fact, stale_at_);
    } else if (outcome.state == State::kNoData && outcome.reason.empty()) {
      const bool no_facts =
          std::all_of(outcome.inputs.begin(), outcome.inputs.end(),
                      [](const InputValue& input) { return input.fact_count == 0; });
      outcome.reason = no_facts ? "NO_FACTS: no fact falls into the windows of the inputs"
                                : "NOTHING_TO_DIVIDE_BY: there are facts, but not those that the "
                                  "formula divides by or rests on";
    }
  }

  // The inputs of one row.
  static std::vector<InputValue> Inputs(const PlannedKpi& planned, const Batch& batch, size_t row) {
    std::vector<InputValue> values;
    for (size_t i = 0; i < batch.inputs.size(); ++i) {
      const store::MeasureColumn& column = batch.inputs[i];
      InputValue value{
          .input = i, .interval = planned.intervals[i], .fact_count = column.fact_count[row]};
      if (planned.kpi->definition.inputs[i].aggregate == store::Aggregate::kList) {
        const std::vector<double>& list = column.lists[row];
        value.values.assign(
            list.begin(), list.begin() + static_cast<ptrdiff_t>(std::min(list.size(), kMaxListed)));
      } else if (column.valid[row] != 0) {
        value.value = column.numbers[row];
      }
      values.push_back(std::move(value));
    }
    return values;
  }

  // The inputs of a subject's accounts, summed where that means something.
  static std::vector<InputValue> SummedInputs(const PlannedKpi& planned, const Batch& batch,
                                              const std::vector<size_t>& rows) {
    std::vector<InputValue> values;
    for (size_t i = 0; i < batch.inputs.size(); ++i) {
      const store::MeasureColumn& column = batch.inputs[i];
      InputValue value{.input = i, .interval = planned.intervals[i]};
      double sum = 0;
      for (const size_t row : rows) {
        value.fact_count += column.fact_count[row];
        if (!column.numbers.empty()) sum += column.numbers[row];
      }
      if (IsAdditive(planned.kpi->definition.inputs[i].aggregate)) value.value = sum;
      values.push_back(std::move(value));
    }
    return values;
  }

  const EvaluationRequest& request_;
  const Plan& plan_;
  const absl::Time stale_at_;
  const EvaluationContext context_;
  store::MeasureTable pooled_;
  store::MeasureTable by_account_;
  absl::flat_hash_map<std::string, size_t> pooled_rows_;                // by subject
  absl::flat_hash_map<std::string, std::vector<size_t>> account_rows_;  // … in order of account id
};

// Every subject's outcome where the store could not compute the KPI's inputs.
EvaluationResult FailedMeasures(const EvaluationRequest& request, int64_t watermark,
                                const absl::Status& failure) {
  KpiOutcome outcome{.kpi = request.kpis.front(), .state = State::kError};
  outcome.reason = absl::StrCat("MEASURE_FAILED: ", failure.message());
  return {.watermark = watermark,
          .outcomes = std::vector(request.subject_ids.size(), std::vector{std::move(outcome)})};
}

absl::StatusOr<EvaluationResult> EvaluateUnseen(const EvaluationRequest& request,
                                                store::Store& store,
                                                const measures::Calendar& calendar, absl::Time now);

// An expression may fail on what the facts hold (a cast, an overflow) and take the whole question
// with it. Asked one by one, only the KPI that owns the expression is an error.
absl::StatusOr<EvaluationResult> EvaluateOneByOne(EvaluationRequest request, int64_t watermark,
                                                  store::Store& store,
                                                  const measures::Calendar& calendar,
                                                  absl::Time now) {
  EvaluationResult result{.watermark = watermark};
  result.outcomes.resize(request.subject_ids.size());
  request.watermark = watermark;
  const std::vector<const LoadedKpi*> all = std::move(request.kpis);
  for (const LoadedKpi* kpi : all) {
    request.kpis = {kpi};
    auto alone = EvaluateUnseen(request, store, calendar, now);
    if (!alone.ok()) return alone.status();
    for (size_t subject = 0; subject < result.outcomes.size(); ++subject) {
      result.outcomes[subject].push_back(std::move(alone->outcomes[subject].front()));
    }
  }
  return result;
}

absl::StatusOr<EvaluationResult> EvaluateUnseen(const EvaluationRequest& request,
                                                store::Store& store,
                                                const measures::Calendar& calendar,
                                                absl::Time now) {
  EvaluationResult result{.watermark = request.watermark};
  if (result.watermark == 0) {
    const auto newest = store.Watermark();
    if (!newest.ok()) return newest.status();
    result.watermark = *newest;
  }
  const LoadedKpi* const by_account_too =
      request.kind == store::SubjectKind::kAccount ? nullptr : request.explained;
  const auto plan = MakePlan(request.kpis, request.period, calendar, store, by_account_too);
  if (!plan.ok()) return plan.status();
  Evaluator evaluator(request, *plan, now);
  if (absl::Status asked = evaluator.Ask(store, result.watermark); !asked.ok()) {
    if (!absl::IsInvalidArgument(asked)) return asked;
    return request.kpis.size() == 1
               ? FailedMeasures(request, result.watermark, asked)
               : EvaluateOneByOne(request, result.watermark, store, calendar, now);
  }

  result.outcomes.resize(request.subject_ids.size());
  for (const PlannedKpi& planned : plan->kpis) {
    absl::StatusOr<Model> model = Model{};
    if (planned.dataset_empty.empty()) {
      model = ModelOf(*planned.kpi, evaluator.context(), request.period, calendar, result.watermark,
                      store);
    }
    if (!model.ok()) return model.status();
    auto outcomes = evaluator.EvaluateKpi(planned, *model);
    if (!outcomes.ok()) return outcomes.status();
    for (size_t subject = 0; subject < outcomes->size(); ++subject) {
      result.outcomes[subject].push_back(std::move((*outcomes)[subject]));
    }
  }
  return result;
}

}  // namespace

absl::StatusOr<EvaluationResult> Evaluate(const EvaluationRequest& request, store::Store& store,
                                          const measures::Calendar& calendar, absl::Time now) {
  auto result = EvaluateUnseen(request, store, calendar, now);
  if (result.ok() && request.observer != nullptr) request.observer->Evaluated(request, *result);
  return result;
}

}  // namespace keyscore::kpis
