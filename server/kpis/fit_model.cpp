// Asks for the inputs of all accounts and hands them to the library.
#include "kpis/fit_model.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "kpis/failure.h"
#include "kpis/gather.h"
#include "measures/measure_set.h"

namespace keyscore::kpis {
namespace {

// A status of the store's that says the KPI's own expression failed, not the store.
constexpr char kMeasureFailed[] = "MEASURE_FAILED: ";

absl::StatusOr<std::vector<double>> FitOverAllAccounts(
    const LoadedKpi& kpi, const EvaluationContext& context, const measures::Period& period,
    const measures::Calendar& calendar, int64_t watermark, store::MeasureReader& store) {
  const auto& inputs = kpi.definition.inputs;
  measures::MeasureSet set;
  std::vector<size_t> columns;
  columns.reserve(inputs.size());
  for (const measures::MeasureSpec& input : inputs) {
    columns.push_back(set.Add(measures::Resolve(input, period, calendar)));
  }
  const auto table =
      store.Measure(set.measures(), {.kind = store::SubjectKind::kOrganization, .by_account = true},
                    watermark, context.stop);
  if (!table.ok()) {
    return absl::IsInvalidArgument(table.status())
               ? absl::InternalError(absl::StrCat(kMeasureFailed, table.status().message()))
               : table.status();
  }
  // In order of account id, so that equal facts give equal bits.
  std::vector<size_t> rows(table->account_ids.size());
  std::iota(rows.begin(), rows.end(), size_t{0});
  std::sort(rows.begin(), rows.end(),
            [&](size_t a, size_t b) { return table->account_ids[a] < table->account_ids[b]; });

  std::vector<store::MeasureColumn> cells;
  EvaluationBatch population{.row_count = rows.size()};
  for (size_t i = 0; i < inputs.size(); ++i) {
    cells.push_back(Gather(table->columns[columns[i]], inputs[i].aggregate, rows));
    population.aggregates.push_back(inputs[i].aggregate);
  }
  for (const store::MeasureColumn& column : cells) population.columns.push_back(&column);
  EvaluationContext fitting = context;
  fitting.subject_kind = store::SubjectKind::kOrganization;
  fitting.parameters.clear();
  return kpi.function->Fit(fitting, population);
}

// An expression with a reference, such as contact.seniority, looks into another dataset, and which
// one isn't known here.
bool HasReference(std::string_view expression) {
  for (size_t i = 1; i < expression.size(); ++i) {
    const char before = expression[i - 1];
    if (expression[i] == '.' && !absl::ascii_isdigit(before) && !absl::ascii_isspace(before)) {
      return true;
    }
  }
  return false;
}

// A batch as of which the model's inputs are what they are as of `watermark`: the last that wrote
// to their datasets, or to the directory, which says who is there and whose they are.
int64_t LastChange(const KpiDefinition& definition, int64_t watermark,
                   absl::Span<const store::DatasetStats> datasets) {
  constexpr std::string_view kDirectory[] = {"account", "contact", "manager", "ownership", "team"};
  const auto matters = [&](const std::string& dataset) {
    return std::count(std::begin(kDirectory), std::end(kDirectory), dataset) > 0 ||
           std::any_of(definition.inputs.begin(), definition.inputs.end(),
                       [&](const auto& input) { return input.dataset == dataset; });
  };
  const bool refers = std::any_of(
      definition.inputs.begin(), definition.inputs.end(),
      [](const auto& input) { return HasReference(input.value) || HasReference(input.filter); });
  int64_t last = refers ? watermark : 1;
  for (const store::DatasetStats& dataset : datasets) {
    if (matters(dataset.dataset)) last = std::max(last, dataset.watermark);
  }
  // What was written later is not in what is asked for, and what was there before is not known.
  return std::min(last, watermark);
}

// Those of the library's own faults that are the KPI's alone, whatever code it gives them.
bool IsTheCallers(const absl::Status& status, const EvaluationContext& context) {
  return (context.stop && context.stop()) ||
         (FailureReason(status).empty() &&
          (absl::IsUnavailable(status) || absl::IsDataLoss(status)));
}

}  // namespace

absl::StatusOr<Model> ModelOf(const LoadedKpi& kpi, const EvaluationContext& context,
                              const measures::Period& period, const measures::Calendar& calendar,
                              int64_t watermark, absl::Span<const store::DatasetStats> datasets,
                              store::MeasureReader& store) {
  Model model;
  if (kpi.definition.parameters.empty()) return model;
  if (watermark == 0) {  // to the store that number means the newest state, not an empty log
    model.not_fitted = "MODEL_NOT_FITTED: no fact was recorded yet";
    return model;
  }
  auto fitted = kpi.models->Get(
      {.watermark = LastChange(kpi.definition, watermark, datasets),
       .period_from = period.from,
       .period_to = period.to},
      context.stop,
      [&] { return FitOverAllAccounts(kpi, context, period, calendar, watermark, store); });
  if (fitted.ok()) {
    model.parameters = *std::move(fitted);
    return model;
  }
  const absl::Status& failure = fitted.status();
  if (IsTheCallers(failure, context)) return failure;
  const std::string message(
      absl::StripPrefix(failure.message(), absl::StrCat(kpi.definition.id, ": ")));
  if (absl::IsFailedPrecondition(failure)) {
    model.not_fitted = absl::StrCat("MODEL_NOT_FITTED: ", message);
  } else if (absl::StartsWith(message, kMeasureFailed)) {
    model.error = message;
  } else {
    const std::string reason = FailureReason(failure);
    model.error = absl::StrCat(reason.empty() ? kPluginError : reason, ": ", failure.message());
  }
  return model;
}

}  // namespace keyscore::kpis
