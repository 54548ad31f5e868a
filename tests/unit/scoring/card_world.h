// A small world for tests of whole cards: KPIs whose value is their one input, facts in memory,
// managers in role for as long as they say.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "scoring/scorecard.h"
#include "unit/kpis/fake_store.h"
#include "unit/weighting/registry_of.h"

namespace keyscore::scoring {

// The KPI's one input is its value; without a fact there is none. Above 1,000 it can't be computed,
// below 0 it doesn't apply.
class InputItself : public kpis::KpiFunction {
 public:
  absl::StatusOr<std::vector<kpis::RowResult>> Evaluate(
      const kpis::EvaluationContext&, const kpis::EvaluationBatch& batch) const override {
    std::vector<kpis::RowResult> results(batch.row_count);
    const store::MeasureColumn& input = *batch.columns[0];
    for (size_t row = 0; row < batch.row_count; ++row) {
      if (input.fact_count[row] == 0) continue;
      const double value = input.numbers[row];
      results[row].state = value > 1'000 ? kpis::State::kError
                           : value < 0   ? kpis::State::kNotApplicable
                                         : kpis::State::kValue;
      results[row].value = value;
      results[row].sample_size = input.fact_count[row];
    }
    return results;
  }
};

// Its dataset has its own id; a sum of the period.
inline kpis::LoadedKpi ValueKpi(const std::string& id, kpis::Pillar pillar, double weight) {
  kpis::LoadedKpi kpi = kpis::MakeKpi(id, pillar, weight, std::make_shared<InputItself>());
  kpi.definition.inputs = {
      {.name = "value", .dataset = id, .aggregate = store::Aggregate::kSum, .value = "value"}};
  return kpi;
}

inline SubjectInfo Manager(const std::string& id, absl::CivilDay role_started) {
  SubjectInfo info;
  info.facts.kind = store::SubjectKind::kManager;
  info.facts.id = id;
  info.facts.role_started = role_started;
  info.display_name = "Ms " + id;
  return info;
}

// Each counts on every day.
inline weighting::Rules RulesOf(const std::vector<weighting::WeightProfile>& profiles) {
  weighting::Rules rules;
  for (const weighting::WeightProfile& profile : profiles) {
    rules.versions.push_back({.profile = profile});
  }
  return rules;
}

// Asked for the third quarter of 2017 on the first day of 2018.
class CardWorld : public ::testing::Test {
 protected:
  CardWorld() {
    SetRules(RulesOf({weighting::DefaultProfile()}));
    SetToday(absl::CivilDay(2018, 1, 1));
    SetPeriod("2017-Q3");
  }

  void SetRules(weighting::Rules rules) {
    pinned_.rules = std::make_shared<const weighting::Rules>(std::move(rules));
  }
  void SetToday(absl::CivilDay day) { pinned_.now = pinned_.calendar.StartOf(day); }
  void SetPeriod(const std::string& expression) {
    request_.period = *measures::ParsePeriod(expression, pinned_.calendar, pinned_.now);
  }

  void Record(const std::string& dataset, const std::string& manager, double value,
              absl::CivilDay day = absl::CivilDay(2017, 8, 1)) {
    store_.facts.push_back({.dataset = dataset,
                            .manager_id = manager,
                            .account_id = "acme",
                            .occurred_at = pinned_.calendar.StartOf(day),
                            .numbers = {{"value", value}},
                            .watermark = 7});
  }

  void Forget(const std::string& dataset, const std::string& manager) {
    std::erase_if(store_.facts, [&](const store::FakeFact& fact) {
      return fact.dataset == dataset && fact.manager_id == manager;
    });
  }

  // As many cards as subjects, also where it fails.
  std::vector<Scorecard> Make() {
    absl::StatusOr<std::vector<Scorecard>> cards = MakeScorecards(request_, pinned_, store_);
    EXPECT_TRUE(cards.ok()) << cards.status();
    return cards.ok() ? *std::move(cards) : std::vector<Scorecard>(request_.subjects.size());
  }

  static std::vector<std::string> Listed(const Scorecard& card) {
    std::vector<std::string> ids;
    for (const KpiLine& line : card.lines) ids.push_back(line.outcome.kpi->definition.id);
    return ids;
  }

  store::FakeStore store_;
  Pinned pinned_;
  CardRequest request_;
};

}  // namespace keyscore::scoring
