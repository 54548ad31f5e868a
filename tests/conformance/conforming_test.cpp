// Libraries that conform pass every rule that applies to them, and the report says which don't.
#include "conformance/checking.h"

namespace keyscore::kpis::conformance {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

std::vector<std::string> SkippedRules(const Report& report) {
  std::vector<std::string> skipped;
  for (const RuleResult& rule : report.rules) {
    if (rule.outcome == Outcome::kSkipped) skipped.push_back(rule.rule);
  }
  return skipped;
}

class BuiltInTest : public ::testing::TestWithParam<const char*> {};

TEST_P(BuiltInTest, Conforms) {
  const Report report =
      CheckLibrary(testing::Environment("KEYSCORE_PLUGINS_DIR") + "/" + GetParam() + ".so", {});
  EXPECT_TRUE(report.passed()) << ToText(report, false);
}

INSTANTIATE_TEST_SUITE_P(Catalogue, BuiltInTest,
                         ::testing::Values("relationships", "revenue", "retention", "learning"),
                         [](const auto& info) { return std::string(info.param); });

TEST(ConformingTest, LibraryOfAbi10PassesEveryRuleButThatForModels) {
  const Report report = CheckLibrary(TestPlugin("conforming"), {});
  EXPECT_TRUE(report.passed()) << ToText(report, false);
  EXPECT_THAT(SkippedRules(report), ::testing::ElementsAre("fit", "golden"));
}

TEST(ConformingTest, LibraryWithAModelPassesThatToo) {
  const Report report = CheckLibrary(TestPlugin("conforming_model"), {});
  EXPECT_TRUE(report.passed()) << ToText(report, false);
  EXPECT_THAT(SkippedRules(report), ::testing::ElementsAre("golden"));
}

TEST(ReportTest, TextHasALineForEachRuleAndASum) {
  const Report report = CheckLibrary(TestPlugin("one_too_many"), {});
  const std::string text = ToText(report, /*colour=*/false);
  EXPECT_THAT(text, HasSubstr("ok    exports             exactly one exported symbol\n"));
  EXPECT_THAT(text, HasSubstr("FAIL  guards "));
  EXPECT_THAT(text, HasSubstr("\n        one_too_many.calls: "));
  EXPECT_THAT(text, HasSubstr("\n        fix: "));
  EXPECT_THAT(text, HasSubstr("\ndoes not conform: "));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("\x1b")));
  EXPECT_THAT(ToText(report, /*colour=*/true), HasSubstr("\x1b[1;31mFAIL"));
}

TEST(ReportTest, JsonSaysTheSame) {
  const nlohmann::ordered_json json = ToJson(CheckLibrary(TestPlugin("one_too_many"), {}));
  EXPECT_EQ(json["passed"], false);
  for (const auto& rule : json["rules"]) {
    EXPECT_EQ(rule["outcome"] == "failed", rule["rule"] == "guards") << rule;
    EXPECT_EQ(rule["failures"].empty(), rule["rule"] != "guards");
  }
}

TEST(ReportTest, IsTheSameEveryTime) {
  EXPECT_EQ(ToText(CheckLibrary(TestPlugin("running_sum"), {}), false),
            ToText(CheckLibrary(TestPlugin("running_sum"), {}), false));
}

}  // namespace
}  // namespace keyscore::kpis::conformance
