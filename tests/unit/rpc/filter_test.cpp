// Filters and orders: what is understood, and how what isn't is named.
#include "rpc/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "facts/builtin_datasets.h"
#include "rpc/order_by.h"

namespace keyscore::rpc {
namespace {

using testing::HasSubstr;

std::string Fault(const std::string& filter) {
  const auto parsed = ParseFilter(filter);
  EXPECT_TRUE(absl::IsInvalidArgument(parsed.status())) << filter;
  return std::string(parsed.status().message());
}

const facts::DatasetSchema& Opportunity() {
  for (const facts::DatasetSchema& schema : facts::BuiltinDatasets()) {
    if (schema.id == "opportunity") return schema;
  }
  ADD_FAILURE();
  return facts::BuiltinDatasets().front();
}

absl::StatusOr<std::vector<store::Condition>> Rows(const std::string& filter) {
  return RowConditions(*ParseFilter(filter), Opportunity());
}

TEST(FilterTest, ReadsComparisonsJoinedByAnd) {
  const auto parsed =
      ParseFilter(R"(team = "teams/n\"x" AND total>=-6.5 and kpis.churn_rate.value<5)");
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  ASSERT_EQ(parsed->size(), 3u);
  EXPECT_EQ(std::get<std::string>((*parsed)[0].literal), "teams/n\"x");
  EXPECT_EQ((*parsed)[1].op, CompareOp::kGe);
  EXPECT_EQ(std::get<double>((*parsed)[1].literal), -6.5);
  EXPECT_EQ((*parsed)[2].field, "kpis.churn_rate.value");
}

TEST(FilterTest, EmptyFilterHasNoComparisons) { EXPECT_TRUE(ParseFilter("  ")->empty()); }

TEST(FilterTest, NamesTheWordThatWasNotUnderstood) {
  EXPECT_THAT(Fault("total > 5 OR total < 1"), HasSubstr("at 11: expected AND, found 'OR'"));
  EXPECT_THAT(Fault("total ~ 5"), HasSubstr("at 7: expected one of"));
  EXPECT_THAT(Fault("total > "), HasSubstr("found the end"));
  EXPECT_THAT(Fault("team = north"), HasSubstr("found 'north'"));
  EXPECT_THAT(Fault("team = \"north"), HasSubstr("not closed"));
  EXPECT_THAT(Fault("total > nan"), HasSubstr("found 'nan'"));
  EXPECT_THAT(Fault("total < null"), HasSubstr("null is compared by = or != only"));
}

TEST(FilterTest, RefusesWhatIsTooLong) {
  Fault(std::string(kMaxFilterBytes + 1, ' '));
  std::string many = "a = 1";
  for (size_t i = 0; i < kMaxComparisons; ++i) many += " AND a = 1";
  EXPECT_THAT(Fault(many), HasSubstr("more than 50"));
}

TEST(RowConditionsTest, GivesLiteralsTheColumnsType) {
  const auto conditions = Rows(
      R"(outcome = "won" AND amount > 1000 AND occurred_at >= "2017-07-01" AND closed_at != null)");
  ASSERT_TRUE(conditions.ok()) << conditions.status();
  EXPECT_EQ(std::get<std::string>((*conditions)[0].operands[0]), "won");
  EXPECT_EQ(std::get<double>((*conditions)[1].operands[0]), 1000.0);
  EXPECT_EQ(std::get<absl::Time>((*conditions)[2].operands[0]),
            absl::FromUnixSeconds(1'498'867'200));
  EXPECT_EQ((*conditions)[3].op, store::Condition::Op::kIsNotNull);
}

TEST(RowConditionsTest, NamesTheNearestColumnAndWrongTypes) {
  EXPECT_THAT(std::string(Rows("amoun > 1").status().message()),
              HasSubstr("Did you mean 'amount'?"));
  EXPECT_THAT(std::string(Rows("amount = \"x\"").status().message()), HasSubstr("is a number"));
  EXPECT_THAT(std::string(Rows("outcome = 1").status().message()), HasSubstr("is text"));
}

TEST(OrderByTest, ReadsFieldsAndDirections) {
  EXPECT_EQ(*ParseOrderBy("total desc, subject"),
            (std::vector<OrderTerm>{{"total", true}, {"subject", false}}));
  EXPECT_TRUE(ParseOrderBy(" ")->empty());
  for (const char* bad : {"total down", ",", "total desc desc", "5"}) {
    EXPECT_FALSE(ParseOrderBy(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace keyscore::rpc
