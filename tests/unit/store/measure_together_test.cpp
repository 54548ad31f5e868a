// Measures of several datasets in one question, which are computed side by side.
#include <atomic>

#include "store_fixture.h"

namespace keyscore::store {
namespace {

using ::testing::HasSubstr;

class MeasureTogetherTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    for (const char* dataset : {"service_cost", "opportunity", "plan_review", "wallet"}) {
      Append(dataset,
             {{{"fact_id", "f1"}, {"manager_id", "anna"}, {"occurred_at", At("2024-01-01")}},
              {{"fact_id", "f2"}, {"account_id", "acme"}, {"occurred_at", At("2024-02-01")}},
              {{"fact_id", "f3"}, {"manager_id", "ben"}, {"occurred_at", At("2024-03-01")}}});
    }
    Append("ownership", {{{"fact_id", "w1"},
                          {"account_id", "acme"},
                          {"manager_id", "anna"},
                          {"occurred_at", At("2023-01-01")}}});
    for (const char* dataset :
         {"service_cost", "opportunity", "plan_review", "wallet", "feedback"}) {
      measures_.push_back(MeasureOf(dataset, Aggregate::kCount));
      measures_.push_back(MeasureOf(dataset, Aggregate::kMax, "unix_seconds(occurred_at)", "",
                                    At("2024-02-01"), At("2024-04-01")));
    }
  }

  std::vector<ResolvedMeasure> measures_;
};

TEST_F(MeasureTogetherTest, EachIsAsIfAskedAlone) {
  const MeasureTable together = Table(measures_, Managers());
  ASSERT_EQ(together.subject_ids, (std::vector<std::string>{"anna", "ben"}));
  for (size_t i = 0; i < measures_.size(); ++i) {
    const bool has_facts = measures_[i].dataset != "feedback";
    const auto alone = Numbers(measures_[i], Managers());
    EXPECT_EQ(alone.size(), has_facts ? 2U : 0U);
    for (size_t row = 0; row < 2; ++row) {
      const MeasureColumn& column = together.columns[i];
      const auto found = alone.find(together.subject_ids[row]);
      if (found == alone.end()) {
        EXPECT_EQ(column.fact_count[row], 0);
        continue;
      }
      EXPECT_EQ(column.numbers[row], found->second) << measures_[i].dataset;
      EXPECT_GT(column.fact_count[row], 0);
    }
  }
}

TEST_F(MeasureTogetherTest, AFailureNamesTheMeasureAtFault) {
  measures_[4] = MeasureOf("plan_review", Aggregate::kSum, "cast(fact_id as double)");
  const auto table = store_->Measure(measures_, Managers(), 0, {});
  EXPECT_EQ(table.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(table.status().message()),
              HasSubstr("measure sum(cast(fact_id as double)) of dataset 'plan_review'"));
}

TEST_F(MeasureTogetherTest, AStopEndsAllOfThem) {
  std::atomic<int> asked = 0;
  const auto table = store_->Measure(measures_, Managers(), 0, [&] { return ++asked > 1; });
  EXPECT_EQ(table.status().code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(store_->Measure(measures_, Managers(), 0, {}).ok());
}

}  // namespace
}  // namespace keyscore::store
