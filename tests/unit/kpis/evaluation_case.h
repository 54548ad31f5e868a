// What tests of evaluations share: KPIs that are lambdas, and March 2024 in a store of sales.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "kpis/evaluate.h"
#include "unit/kpis/fake_store.h"

namespace keyscore::kpis {

using Rows = std::vector<RowResult>;
using Formula = std::function<absl::StatusOr<Rows>(const EvaluationBatch&)>;

// A KPI whose library is a lambda.
class LambdaFunction : public KpiFunction {
 public:
  explicit LambdaFunction(Formula formula) : formula_(std::move(formula)) {}
  absl::StatusOr<Rows> Evaluate(const EvaluationContext&,
                                const EvaluationBatch& batch) const override {
    return formula_(batch);
  }

 private:
  Formula formula_;
};

// The account's amount against the mean amount of all accounts, which is the KPI's model. Too few
// accounts and amounts of 13 are beyond it.
class AgainstMean : public KpiFunction {
 public:
  absl::StatusOr<std::vector<double>> Fit(const EvaluationContext& context,
                                          const EvaluationBatch& population) const override {
    EXPECT_EQ(context.subject_kind, store::SubjectKind::kOrganization);
    ++fits;
    if (population.row_count < 2) return absl::FailedPreconditionError("mean: too few accounts");
    double sum = 0;
    for (size_t row = 0; row < population.row_count; ++row) {
      const double amount = population.columns[0]->numbers[row];
      if (amount == 13) return absl::InternalError("mean: thirteen");
      sum += amount;
    }
    return std::vector<double>{sum / static_cast<double>(population.row_count)};
  }
  absl::StatusOr<Rows> Evaluate(const EvaluationContext& context,
                                const EvaluationBatch& batch) const override {
    Rows rows(batch.row_count);
    for (size_t row = 0; row < rows.size(); ++row) {
      const double amount = batch.columns[0]->numbers[row];
      rows[row] = {.state = State::kValue,
                   .value = amount / context.parameters.at(0),
                   .weight = amount,
                   .details = {amount, std::nullopt}};
    }
    return rows;
  }

  mutable int fits = 0;
};

inline double Cell(const EvaluationBatch& batch, size_t input, size_t row) {
  return batch.columns[input]->numbers[row];
}

// input 0 ÷ input 1, weighted with input 1; NO_DATA where that is 0.
inline absl::StatusOr<Rows> Ratio(const EvaluationBatch& batch) {
  Rows rows(batch.row_count);
  for (size_t row = 0; row < rows.size(); ++row) {
    const double whole = Cell(batch, 1, row);
    if (whole == 0) continue;
    rows[row] = {.state = State::kValue,
                 .value = Cell(batch, 0, row) / whole,
                 .sample_size = static_cast<int64_t>(whole),
                 .weight = whole};
  }
  return rows;
}

// Any row has a value: the sum of its first input.
inline absl::StatusOr<Rows> First(const EvaluationBatch& batch) {
  Rows rows(batch.row_count);
  for (size_t row = 0; row < rows.size(); ++row) {
    rows[row] = {.state = State::kValue, .value = Cell(batch, 0, row), .sample_size = 1};
  }
  return rows;
}

inline measures::MeasureSpec Sum(std::string dataset, std::string value) {
  return {.name = value,
          .dataset = std::move(dataset),
          .aggregate = store::Aggregate::kSum,
          .value = value};
}

inline LoadedKpi Kpi(std::string id, Rollup rollup, std::vector<measures::MeasureSpec> inputs,
                     Formula formula) {
  LoadedKpi kpi;
  kpi.definition.id = std::move(id);
  kpi.definition.rollup = rollup;
  kpi.definition.inputs = std::move(inputs);
  kpi.definition.row_independent = true;
  kpi.function = std::make_shared<LambdaFunction>(std::move(formula));
  return kpi;
}

inline LoadedKpi KpiAgainstMean(Rollup rollup, std::shared_ptr<AgainstMean> function) {
  LoadedKpi kpi = Kpi("mean", rollup, {Sum("sale", "amount")}, nullptr);
  kpi.definition.parameters = {{"mean_amount", "mean amount", "currency"}};
  kpi.definition.details = {{"amount", "amount", "currency"}, {"other", "never set", ""}};
  kpi.function = std::move(function);
  return kpi;
}

inline const measures::Calendar kCalendar;

inline absl::Time Day(int month, int day) {
  return kCalendar.StartOf(absl::CivilDay(2024, month, day));
}

// March 2024, asked for long afterwards.
inline EvaluationRequest March(std::vector<const LoadedKpi*> kpis,
                               std::vector<std::string> managers) {
  EvaluationRequest request;
  request.kpis = std::move(kpis);
  request.subject_ids = std::move(managers);
  request.period.from_day = absl::CivilDay(2024, 3, 1);
  request.period.to_day = absl::CivilDay(2024, 4, 1);
  request.period.from = Day(3, 1);
  request.period.to = Day(4, 1);
  return request;
}

inline EvaluationResult Evaluated(const EvaluationRequest& request, store::FakeStore& store,
                                  absl::Time now = Day(12, 31)) {
  auto result = Evaluate(request, store, kCalendar, now);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : EvaluationResult{};
}

inline store::FakeFact Sale(std::string manager, std::string account, double upsell, double amount,
                            int day = 10) {
  return {.dataset = "sale",
          .manager_id = std::move(manager),
          .account_id = std::move(account),
          .occurred_at = Day(3, day),
          .numbers = {{"upsell", upsell}, {"amount", amount}}};
}

inline std::vector<measures::MeasureSpec> SaleInputs() {
  return {Sum("sale", "upsell"), Sum("sale", "amount")};
}

// Fails as a whole when it meets a sale of 13.
inline absl::StatusOr<Rows> FearsThirteen(const EvaluationBatch& batch) {
  for (size_t row = 0; row < batch.row_count; ++row) {
    if (Cell(batch, 1, row) == 13) return absl::InternalError("thirteen");
  }
  return Ratio(batch);
}

}  // namespace keyscore::kpis
