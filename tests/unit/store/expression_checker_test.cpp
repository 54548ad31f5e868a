// What may stand in a measure, and what may not whatever it is dressed up as.
#include "store/expression/expression_checker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace keyscore::store {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class ExpressionCheckerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto checker = ExpressionChecker::Create(MeasureAllowList());
    ASSERT_TRUE(checker.ok()) << checker.status();
    checker_ = *std::move(checker);
  }

  std::string Refusal(const std::string& text) {
    auto checked = checker_->Check(text);
    EXPECT_FALSE(checked.ok()) << text;
    EXPECT_EQ(checked.status().code(), absl::StatusCode::kInvalidArgument) << checked.status();
    return std::string(checked.status().message());
  }

  std::unique_ptr<ExpressionChecker> checker_;
};

TEST_F(ExpressionCheckerTest, AllowsTheMeasuresList) {
  for (const char* text : {"amount",
                           "coalesce(quality, 3) / 5",
                           "amount - cost",
                           "nullif(a, 0)",
                           "abs(-1)",
                           "round(x, 2)",
                           "floor(x)",
                           "ceil(x)",
                           "greatest(a, b)",
                           "least(a, b)",
                           "lower(topic)",
                           "upper(topic)",
                           "trim(topic)",
                           "length(topic)",
                           "a || '/' || b",
                           "topic like 'edu%'",
                           "topic not like 'edu%'",
                           "kind in ('a', 'b')",
                           "kind not in ('a')",
                           "a between 1 and 5",
                           "case when a then 1 else 0 end",
                           "case kind when 'a' then 1 end",
                           "a is null",
                           "a is not null",
                           "not a",
                           "a and b or c",
                           "cast(a as double)",
                           "a::bigint",
                           "cast(a as varchar)",
                           "cast(a as boolean)",
                           "timestamp '2024-01-01'",
                           "days_between(occurred_at, closed_at) <= 7",
                           "hours_between(a, b)",
                           "unix_seconds(a)",
                           "closed_at >= period_from and closed_at < period_to",
                           "check_in is true",
                           "a % 2 = 1",
                           "a is not distinct from b",
                           "lower(a) || '--; drop'",
                           "x -- why\n + 1",
                           "/* c */ x"}) {
    auto checked = checker_->Check(text);
    EXPECT_TRUE(checked.ok()) << text << ": " << checked.status();
  }
}

TEST_F(ExpressionCheckerTest, ReturnsTheColumnsRead) {
  auto checked = checker_->Check("contact.seniority in ('vp') and minutes > 5 and minutes < 9");
  ASSERT_TRUE(checked.ok());
  EXPECT_THAT((*checked)->columns,
              UnorderedElementsAre(std::vector<std::string>{"contact", "seniority"},
                                   std::vector<std::string>{"minutes"}));
  EXPECT_EQ((*checked)->sql, "(contact.seniority in ('vp') and minutes > 5 and minutes < 9)");
}

TEST_F(ExpressionCheckerTest, RefusesFunctionsThatAreNotListed) {
  EXPECT_THAT(Refusal("read_csv('/etc/passwd')"), HasSubstr("'read_csv' is not allowed"));
  EXPECT_THAT(Refusal("read_text('/etc/passwd')"), HasSubstr("read_text"));
  EXPECT_THAT(Refusal("getenv('HOME')"), HasSubstr("'getenv' is not allowed"));
  EXPECT_THAT(Refusal("random()"), HasSubstr("allowed are coalesce"));
  EXPECT_THAT(Refusal("now()"), HasSubstr("now"));
  EXPECT_THAT(Refusal("system.main.abs(x)"), HasSubstr("abs"));
  EXPECT_THAT(Refusal("x.lower()"), HasSubstr("not allowed"));
}

TEST_F(ExpressionCheckerTest, RefusesAggregates) {
  EXPECT_THAT(Refusal("sum(x)"), HasSubstr("'sum' is not allowed"));
  EXPECT_THAT(Refusal("count(*)"), HasSubstr("not allowed"));
  EXPECT_THAT(Refusal("max(x) - x"), HasSubstr("'max' is not allowed"));
}

TEST_F(ExpressionCheckerTest, RefusesKindsOfNodesThatAreNotListed) {
  EXPECT_THAT(Refusal("(select 1)"), HasSubstr("a sub-query"));
  EXPECT_THAT(Refusal("x in (select 1)"), HasSubstr("a sub-query"));
  EXPECT_THAT(Refusal("exists (select 1)"), HasSubstr("a sub-query"));
  EXPECT_THAT(Refusal("row_number() over ()"), HasSubstr("a window function"));
  EXPECT_THAT(Refusal("sum(x) over (order by y)"), HasSubstr("a window function"));
  EXPECT_THAT(Refusal("*"), HasSubstr("'*'"));
  EXPECT_THAT(Refusal("columns('a.*')"), HasSubstr("'*'"));
  EXPECT_THAT(Refusal("?"), HasSubstr("a parameter"));
  EXPECT_THAT(Refusal("$1"), HasSubstr("a parameter"));
  EXPECT_THAT(Refusal("$name"), HasSubstr("a parameter"));
  EXPECT_THAT(Refusal("x -> x"), HasSubstr("a lambda"));
  EXPECT_THAT(Refusal("x collate nocase"), HasSubstr("COLLATE"));
  EXPECT_THAT(Refusal("x[1]"), HasSubstr("[ ]"));
  EXPECT_THAT(Refusal("{'a': 1}"), HasSubstr("not allowed"));
  EXPECT_THAT(Refusal("[1, 2]"), HasSubstr("not allowed"));
  EXPECT_THAT(Refusal("#1"), HasSubstr("not allowed"));
  EXPECT_THAT(Refusal("default"), HasSubstr("not allowed"));
  EXPECT_THAT(Refusal("interval 1 day"), HasSubstr("not allowed"));
}

TEST_F(ExpressionCheckerTest, RefusesCastsToOtherTypes) {
  EXPECT_THAT(Refusal("x::blob"), HasSubstr("a cast to BLOB is not allowed; allowed are BIGINT"));
  EXPECT_THAT(Refusal("date '2024-01-01'"), HasSubstr("a cast to DATE"));
  EXPECT_THAT(Refusal("cast(x as no_such_type)"), HasSubstr("not allowed"));
  EXPECT_THAT(Refusal("try_cast(x as double)"), HasSubstr("try_cast"));
}

TEST_F(ExpressionCheckerTest, RefusesMoreThanOneExpression) {
  EXPECT_THAT(Refusal("a, b"), HasSubstr("not a list"));
  EXPECT_THAT(Refusal("1; drop table x; --"), HasSubstr("does not parse"));
  EXPECT_THAT(Refusal("1); drop table x; --"), HasSubstr("does not parse"));
  EXPECT_THAT(Refusal("1; select 2"), HasSubstr("no further statement"));
  EXPECT_THAT(Refusal("x;"), HasSubstr("does not parse"));
  EXPECT_THAT(Refusal("x as y"), HasSubstr("an alias"));
  EXPECT_THAT(Refusal("x y"), HasSubstr("an alias"));
}

TEST_F(ExpressionCheckerTest, RefusesClausesAfterTheExpression) {
  for (const char* text :
       {"1 from x", "x from read_csv('/etc/passwd')", "distinct x", "x order by 1", "x limit 1",
        "x where true", "x union select 1", "x group by x", "x having true", "x using sample 1"}) {
    Refusal(text);
  }
}

TEST_F(ExpressionCheckerTest, RefusesTextThatLeavesItsParentheses) {
  for (const char* text : {"1) from x --", "1) -- ", "1) /*", "x -- ", "true) or (true", ") or (",
                           "1) from x --\n", "x /* ", "'", "\"", "$$", "(", ")"}) {
    EXPECT_THAT(Refusal(text), HasSubstr("does not parse")) << text;
  }
}

TEST_F(ExpressionCheckerTest, RefusesEmptyAndUnreadableText) {
  EXPECT_THAT(Refusal(""), HasSubstr("is empty"));
  EXPECT_THAT(Refusal(" \n\t"), HasSubstr("is empty"));
  EXPECT_THAT(Refusal(std::string("1\0) from x", 10)), HasSubstr("NUL"));
  Refusal("\xFF\xFE");
  Refusal("1e400");
}

TEST_F(ExpressionCheckerTest, RefusesTextThatIsTooLong) {
  EXPECT_THAT(Refusal("'" + std::string(4096, 'x') + "'"), HasSubstr("at most 4096"));
}

TEST_F(ExpressionCheckerTest, SurvivesDeepNesting) {
  const auto repeated = [](const char* part, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += part;
    return text;
  };
  Refusal(repeated("(", 4000));
  Refusal(repeated("not ", 1000) + "x");
  Refusal(repeated("- ", 2000) + "x");
  Refusal("1" + repeated("+1", 2000));
  Refusal(repeated("abs(", 800) + "1" + repeated(")", 800));
  Refusal(repeated("case when x then ", 200) + "1" + repeated(" end", 200));
  Refusal(repeated("[", 2000) + repeated("]", 2000));
  EXPECT_THAT(Refusal(repeated("abs(", 70) + "1" + repeated(")", 70)),
              HasSubstr("nested deeper than 64"));
}

TEST_F(ExpressionCheckerTest, RefusesTooManyParts) {
  std::string text = "x in (1";
  for (int i = 0; i < 1100; ++i) text += ",1";
  EXPECT_THAT(Refusal(text + ")"), HasSubstr("more than 1000 parts"));
}

TEST_F(ExpressionCheckerTest, RefusesLongColumnPaths) {
  EXPECT_THAT(Refusal("contact.account.name"), HasSubstr("has 3 parts, at most 2"));
}

TEST(ExpressionAllowListTest, ACallerMayAllowMore) {
  ExpressionAllowList wide = MeasureAllowList();
  wide.functions.insert("regexp_replace");
  wide.aggregates = {"max"};
  wide.cast_types.insert("DATE");
  wide.try_cast = true;
  auto checker = ExpressionChecker::Create(wide);
  ASSERT_TRUE(checker.ok()) << checker.status();
  for (const char* text :
       {"regexp_replace(a, 'x', 'y')", "max(a)", "max(distinct a)", "try_cast(a as date)"}) {
    EXPECT_TRUE((*checker)->Check(text).ok()) << text;
  }
  for (const char* text : {"max(a) filter (where b)", "max(a order by b)", "min(a)", "md5(a)"}) {
    EXPECT_FALSE((*checker)->Check(text).ok()) << text;
  }
}

}  // namespace
}  // namespace keyscore::store
