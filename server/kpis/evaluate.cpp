// One evaluation: plan, ask the store, call each KPI once, put the answers in order.
#include "kpis/evaluate.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "kpis/evaluation_columns.h"
#include "kpis/fit_model.h"
#include "kpis/plan.h"
#include "measures/at_once.h"

namespace keyscore::kpis {
namespace {

// Results of a KPI for a subject that are worth starting a thread for.
constexpr size_t kWorthHelp = 10'000;

class ColumnWise final : public Evaluation {
 public:
  ColumnWise(int64_t watermark, std::vector<KpiColumn> columns)
      : watermark_(watermark), columns_(std::move(columns)) {}

  int64_t watermark() const override { return watermark_; }
  State StateOf(size_t subject, size_t kpi) const override {
    return columns_[kpi].StateOf(subject);
  }
  double ValueOf(size_t subject, size_t kpi) const override {
    return columns_[kpi].ValueOf(subject);
  }
  KpiOutcome OutcomeOf(size_t subject, size_t kpi) const override {
    return columns_[kpi].OutcomeOf(subject);
  }

 private:
  const int64_t watermark_;
  const std::vector<KpiColumn> columns_;
};

// What all KPIs of a request share.
class Evaluator {
 public:
  Evaluator(const EvaluationRequest& request, int64_t watermark, store::MeasureReader& store,
            const measures::Calendar& calendar, absl::Time now)
      : request_(request),
        watermark_(watermark),
        store_(store),
        calendar_(calendar),
        stale_at_(std::min(request.period.to, now)),
        context_{.subject_kind = request.kind,
                 .period_from = request.period.from,
                 .period_to = request.period.to,
                 .period_days = request.period.days(),
                 .stop = request.stop} {}

  absl::StatusOr<std::vector<KpiColumn>> Run() {
    auto datasets = store_.Stats("");
    if (!datasets.ok()) return datasets.status();
    datasets_ = *std::move(datasets);
    return Columns(request_.kpis);
  }

 private:
  absl::StatusOr<std::vector<KpiColumn>> Columns(const std::vector<const LoadedKpi*>& kpis) {
    const LoadedKpi* const by_account_too =
        request_.kind == store::SubjectKind::kAccount ? nullptr : request_.explained;
    auto measured =
        Ask(request_.registry == nullptr ? std::make_shared<const Plan>(MakePlan(
                                               kpis, request_.period, calendar_, by_account_too))
                                         : request_.registry->derived().Get<PlanCache>().Get(
                                               kpis, request_.period, calendar_, by_account_too));
    if (absl::IsInvalidArgument(measured.status())) return OneByOne(kpis, measured.status());
    if (!measured.ok()) return measured.status();
    return CallAll(*measured);
  }

  // An expression may fail on what the facts hold (a cast, an overflow) and take the whole question
  // with it. Asked one by one, only the KPI that owns the expression is an error.
  absl::StatusOr<std::vector<KpiColumn>> OneByOne(const std::vector<const LoadedKpi*>& kpis,
                                                  const absl::Status& failure) {
    std::vector<KpiColumn> columns;
    if (kpis.size() == 1) {
      columns.push_back(
          KpiColumn::Failed(kpis.front(), absl::StrCat("MEASURE_FAILED: ", failure.message())));
      return columns;
    }
    for (const LoadedKpi* kpi : kpis) {
      auto alone = Columns({kpi});
      if (!alone.ok()) return alone.status();
      columns.push_back(std::move(alone->front()));
    }
    return columns;
  }

  // Asks the store for everything, as of one watermark.
  absl::StatusOr<std::shared_ptr<const Measured>> Ask(std::shared_ptr<const Plan> plan) {
    auto pooled = Ask(plan->pooled.measures(), /*by_account=*/false);
    if (!pooled.ok()) return pooled.status();
    auto by_account = Ask(plan->by_account.measures(), /*by_account=*/true);
    if (!by_account.ok()) return by_account.status();
    auto measured = std::make_shared<Measured>();
    measured->pooled = BySubject(*std::move(pooled), plan->pooled.measures(), request_.subject_ids);
    measured->by_account =
        ByAccount(*std::move(by_account), plan->by_account.measures(), request_.subject_ids);
    measured->plan = std::move(plan);
    measured->stale_at = stale_at_;
    measured->subject_count = request_.subject_ids.size();
    return measured;
  }

  // An empty log (watermark 0) isn't asked: for the store that number means the newest state, which
  // may have facts by now.
  absl::StatusOr<store::MeasureTable> Ask(const std::vector<store::ResolvedMeasure>& measures,
                                          bool by_account) {
    if (measures.empty() || request_.subject_ids.empty() || watermark_ == 0) {
      return store::MeasureTable();
    }
    store::Scope scope{.kind = request_.kind, .by_account = by_account};
    if (request_.kind != store::SubjectKind::kOrganization) {
      scope.subject_ids = request_.subject_ids;
    }
    return store_.Measure(measures, scope, watermark_, request_.stop);
  }

  absl::StatusOr<std::vector<KpiColumn>> CallAll(const std::shared_ptr<const Measured>& measured) {
    const std::vector<PlannedKpi>& planned = measured->plan->kpis;
    // Those over accounts take longest, so they go first.
    std::vector<size_t> order;
    order.reserve(planned.size());
    for (const Rollup rollup : {Rollup::kAccounts, Rollup::kPooled}) {
      for (size_t k = 0; k < planned.size(); ++k) {
        if (planned[k].kpi->definition.rollup == rollup) order.push_back(k);
      }
    }
    std::vector<KpiColumn> columns(planned.size());
    std::vector<absl::Status> failures(planned.size());
    const bool helped = planned.size() * request_.subject_ids.size() >= kWorthHelp;
    measures::ForEachAtOnce(planned.size(), helped, [&](size_t i) {
      const size_t k = order[i];
      auto column = Call(measured, planned[k]);
      if (column.ok()) {
        columns[k] = *std::move(column);
      } else {
        failures[k] = column.status();
      }
    });
    for (const absl::Status& failure : failures) {
      if (!failure.ok()) return failure;
    }
    return columns;
  }

  absl::StatusOr<KpiColumn> Call(const std::shared_ptr<const Measured>& measured,
                                 const PlannedKpi& planned) {
    std::string dataset_empty = EmptyReason(planned.kpi->definition, datasets_);
    absl::StatusOr<Model> model = Model{};
    if (dataset_empty.empty()) {
      model = ModelOf(*planned.kpi, context_, request_.period, calendar_, watermark_, datasets_,
                      store_);
    }
    if (!model.ok()) return model.status();
    return KpiColumn::Evaluate(measured, planned, std::move(dataset_empty), *std::move(model),
                               context_, request_.worst_accounts);
  }

  const EvaluationRequest& request_;
  const int64_t watermark_;
  store::MeasureReader& store_;
  const measures::Calendar& calendar_;
  const absl::Time stale_at_;
  const EvaluationContext context_;
  std::vector<store::DatasetStats> datasets_;
};

EvaluationResult WrittenDown(const EvaluationRequest& request, const Evaluation& evaluation) {
  EvaluationResult result{.watermark = evaluation.watermark()};
  result.outcomes.resize(request.subject_ids.size());
  for (size_t subject = 0; subject < result.outcomes.size(); ++subject) {
    result.outcomes[subject].reserve(request.kpis.size());
    for (size_t kpi = 0; kpi < request.kpis.size(); ++kpi) {
      result.outcomes[subject].push_back(evaluation.OutcomeOf(subject, kpi));
    }
  }
  return result;
}

absl::StatusOr<std::shared_ptr<const Evaluation>> EvaluateUnseen(const EvaluationRequest& request,
                                                                 store::MeasureReader& store,
                                                                 const measures::Calendar& calendar,
                                                                 absl::Time now) {
  int64_t watermark = request.watermark;
  if (watermark == 0) {
    const auto newest = store.Watermark();
    if (!newest.ok()) return newest.status();
    watermark = *newest;
  }
  auto columns = Evaluator(request, watermark, store, calendar, now).Run();
  if (!columns.ok()) return columns.status();
  return std::make_shared<const ColumnWise>(watermark, *std::move(columns));
}

bool IsWatched(const EvaluationRequest& request) {
  return request.observer != nullptr && request.observer->IsWatching();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Evaluation>> EvaluateColumns(
    const EvaluationRequest& request, store::MeasureReader& store,
    const measures::Calendar& calendar, absl::Time now) {
  auto evaluation = EvaluateUnseen(request, store, calendar, now);
  if (evaluation.ok() && IsWatched(request)) {
    request.observer->Evaluated(request, WrittenDown(request, **evaluation));
  }
  return evaluation;
}

absl::StatusOr<EvaluationResult> Evaluate(const EvaluationRequest& request,
                                          store::MeasureReader& store,
                                          const measures::Calendar& calendar, absl::Time now) {
  const auto evaluation = EvaluateUnseen(request, store, calendar, now);
  if (!evaluation.ok()) return evaluation.status();
  EvaluationResult result = WrittenDown(request, **evaluation);
  if (IsWatched(request)) request.observer->Evaluated(request, result);
  return result;
}

}  // namespace keyscore::kpis
