// Listing facts: order, pages, conditions, scope, and the rows behind a measure.
#include "store_fixture.h"

namespace keyscore::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Op = Condition::Op;

class RowQueryTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    Append("ownership", {{{"fact_id", std::string("w1")},
                          {"account_id", std::string("acme")},
                          {"manager_id", std::string("anna")},
                          {"occurred_at", At("2020-01-01")}}});
    Append("ticket", {Ticket("t3", "2024-03-02", 4, "2024-03-05"), Ticket("t1", "2024-03-01", 5),
                      Ticket("t2", "2024-03-02", 2, "2024-03-04")});
  }
  static Fields Ticket(const std::string& id, const char* day, double satisfaction,
                       const char* resolved = nullptr) {
    Fields fields = {{"fact_id", id},
                     {"account_id", std::string("acme")},
                     {"occurred_at", At(day)},
                     {"satisfaction", satisfaction}};
    if (resolved != nullptr) fields["resolved_at"] = At(resolved);
    return fields;
  }
  std::vector<std::string> Ids(const RowQuery& query) {
    const auto page = store_->ListRows(query, {});
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> ids;
    if (page.ok()) {
      for (const Row& row : page->rows) ids.push_back(row.fact_id);
    }
    return ids;
  }
  std::vector<std::string> Matching(const std::string& column, Op op, std::vector<Value> operands) {
    return Ids({.dataset = "ticket", .conditions = {{column, op, std::move(operands)}}});
  }
};

TEST_F(RowQueryTest, RowsStandByTimeThenFactId) {
  EXPECT_THAT(Ids({.dataset = "ticket"}), ElementsAre("t1", "t2", "t3"));
}

TEST_F(RowQueryTest, PagesFollowEachOther) {
  RowQuery query{.dataset = "ticket", .limit = 2};
  auto page = store_->ListRows(query, {});
  ASSERT_OK(page);
  EXPECT_TRUE(page->more);
  ASSERT_EQ(page->rows.size(), 2U);
  query.after = {page->rows.back().time, page->rows.back().fact_id};
  page = store_->ListRows(query, {});
  ASSERT_OK(page);
  EXPECT_FALSE(page->more);
  ASSERT_EQ(page->rows.size(), 1U);
  EXPECT_EQ(page->rows[0].fact_id, "t3");
}

TEST_F(RowQueryTest, SaysWhoseAndSinceWhen) {
  const auto page = store_->ListRows({.dataset = "ticket", .limit = 1}, {});
  ASSERT_OK(page);
  EXPECT_EQ(page->rows[0].attributed_manager_id, "anna");
  EXPECT_EQ(page->rows[0].watermark, 2);
  EXPECT_EQ(*store_->WatermarkAt(page->rows[0].recorded_at), 2);
  EXPECT_EQ(page->watermark, 2);
  EXPECT_FALSE(page->rows[0].measured.has_value());
}

TEST_F(RowQueryTest, ConditionsCompareEveryType) {
  EXPECT_THAT(Matching("satisfaction", Op::kGt, {4.0}), ElementsAre("t1"));
  EXPECT_THAT(Matching("satisfaction", Op::kGe, {int64_t{4}}), ElementsAre("t1", "t3"));
  EXPECT_THAT(Matching("satisfaction", Op::kLt, {4.0}), ElementsAre("t2"));
  EXPECT_THAT(Matching("satisfaction", Op::kLe, {2.0}), ElementsAre("t2"));
  EXPECT_THAT(Matching("satisfaction", Op::kNe, {2.0}), ElementsAre("t1", "t3"));
  EXPECT_THAT(Matching("satisfaction", Op::kIn, {2.0, 5.0}), ElementsAre("t1", "t2"));
  EXPECT_THAT(Matching("satisfaction", Op::kIn, {}), IsEmpty());
  EXPECT_THAT(Matching("fact_id", Op::kEq, {std::string("t2")}), ElementsAre("t2"));
  EXPECT_THAT(Matching("fact_id", Op::kEq, {std::string("' OR 1=1 --")}), IsEmpty());
  EXPECT_THAT(Matching("occurred_at", Op::kEq, {At("2024-03-01")}), ElementsAre("t1"));
  EXPECT_THAT(Matching("resolved_at", Op::kIsNull, {}), ElementsAre("t1"));
  EXPECT_THAT(Matching("resolved_at", Op::kIsNotNull, {}), ElementsAre("t2", "t3"));
}

TEST_F(RowQueryTest, ConditionsThatCanNotBeAreRefused) {
  const auto fault = [&](Condition condition) {
    const auto page = store_->ListRows({.dataset = "ticket", .conditions = {condition}}, {});
    EXPECT_EQ(page.status().code(), absl::StatusCode::kInvalidArgument);
    return MessageOfResult(page);
  };
  EXPECT_THAT(fault({"colour", Op::kEq, {1.0}}), HasSubstr("no column 'colour'"));
  EXPECT_THAT(fault({"satisfaction", Op::kEq, {std::string("5")}}), HasSubstr("another type"));
  EXPECT_THAT(fault({"satisfaction", Op::kEq, {}}), HasSubstr("0 operands"));
}

TEST_F(RowQueryTest, ShowsTheRowsBehindAMeasure) {
  ResolvedMeasure measure =
      MeasureOf("ticket", Aggregate::kSum, "hours_between(occurred_at, resolved_at)",
                "satisfaction >= 2", At("2024-03-04"), At("2024-03-05"));
  measure.time_column = "resolved_at";
  const auto page =
      store_->ListRows({.dataset = "ticket", .scope = Managers({"anna"}), .measure = measure}, {});
  ASSERT_OK(page);
  ASSERT_EQ(page->rows.size(), 1U);
  EXPECT_EQ(page->rows[0].fact_id, "t2");
  EXPECT_EQ(page->rows[0].time, At("2024-03-04"));
  EXPECT_EQ(page->rows[0].measured, 48);
  EXPECT_THAT(Ids({.dataset = "ticket", .scope = Managers({"ben"}), .measure = measure}),
              IsEmpty());
}

TEST_F(RowQueryTest, AValueThatIsNoNumberIsNotMeasured) {
  const auto page =
      store_->ListRows({.dataset = "ticket",
                        .measure = MeasureOf("ticket", Aggregate::kCountDistinct, "account_id")},
                       {});
  ASSERT_OK(page);
  EXPECT_FALSE(page->rows[0].measured.has_value());
}

TEST_F(RowQueryTest, ShowsTheVersionOfItsWatermark) {
  Append("ticket", {Ticket("t1", "2024-03-01", 1)});
  const auto satisfaction = [&](int64_t watermark) {
    const auto page =
        store_->ListRows({.dataset = "ticket", .watermark = watermark, .limit = 1}, {});
    return page->rows[0].values.back();
  };
  EXPECT_EQ(satisfaction(2), Value(5.0));
  EXPECT_EQ(satisfaction(3), Value(1.0));
  EXPECT_THAT(Ids({.dataset = "ticket", .watermark = 1}), IsEmpty());
}

TEST_F(RowQueryTest, LimitsAndDatasetsAreChecked) {
  EXPECT_EQ(store_->ListRows({.dataset = "ticket", .limit = 0}, {}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(store_->ListRows({.dataset = "ticket", .limit = 10'001}, {}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(store_->ListRows({.dataset = "tickets"}, {}).status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace keyscore::store
