// Golden vectors: reproduced, missed, and malformed.
#include "conformance/checking.h"

namespace keyscore::kpis::conformance {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class GoldenTest : public ::testing::Test {
 protected:
  Report CheckWith(const std::string& yaml, const std::string& library = "conforming") {
    const std::string path = (folder_ / "vectors.golden.yaml").string();
    testing::WriteFile(path, yaml);
    return CheckLibrary(TestPlugin(library), {.golden_file = path});
  }
  std::string FaultOf(const std::string& yaml, const std::string& library = "conforming") {
    const Report report = CheckWith(yaml, library);
    EXPECT_THAT(FailedRules(report), ElementsAre("golden")) << yaml;
    return Findings(report, "golden");
  }

 private:
  const testing::TempDir folder_;  // tests run side by side
};

TEST_F(GoldenTest, AreReproduced) {
  // scale 1: 1 * 4 + max(10, 30) + 2 = 36; scale 2: 2 * 4 + 30 + 2 = 40.
  const Report report = CheckWith(R"(
- kpi: conforming.calls
  inputs: {calls: 2, quality: 4, minutes: [10, 30]}
  expect: {state: VALUE, value: 36, sample_size: 2, weight: 1, low: null, high: null}
- kpi: conforming.calls
  settings: {scale: 2}
  period: 2024-Q1
  subject: account
  inputs: {calls: 2, quality: 4, minutes: [10, 30]}
  expect: {state: value, value: 40}
- kpi: conforming.calls
  inputs: {calls: 2, quality: null}
  expect: {state: NO_DATA}
)");
  EXPECT_TRUE(report.passed()) << ToText(report, false);
  EXPECT_EQ(report.Find("golden")->outcome, Outcome::kPassed);
}

TEST_F(GoldenTest, OfAModelNameItsParameters) {
  EXPECT_TRUE(CheckWith(R"(
- kpi: conforming_model.calls
  parameters: {mean_calls: 3}
  inputs: {calls: 1, quality: 5}
  expect: {state: VALUE, value: 6}
)",
                        "conforming_model")
                  .passed());
  EXPECT_THAT(
      FaultOf("- {kpi: conforming_model.calls, expect: {state: NO_DATA}}", "conforming_model"),
      AllOf(HasSubstr("needs all of its parameters"), HasSubstr("mean_calls")));
}

TEST_F(GoldenTest, ThatAreMissedSayWhatCame) {
  EXPECT_THAT(FaultOf(R"(- kpi: conforming.calls
  inputs: {calls: 2, quality: 4, minutes: [10, 30]}
  expect: {state: VALUE, value: 36.0001, sample_size: 3}
)"),
              AllOf(HasSubstr("line 1: value: expected 36.0001, got 36"),
                    HasSubstr("sample_size: expected 3, got 2")));
  EXPECT_THAT(FaultOf(R"(- kpi: conforming.calls
  expect: {state: VALUE, value: 0}
)"),
              HasSubstr("expected VALUE, got NO_DATA"));
}

TEST_F(GoldenTest, ToleranceIsRelative) {
  const std::string vector = R"(- kpi: conforming.calls
  inputs: {calls: 2, quality: 4, minutes: [10, 30]}
  expect: {state: VALUE, value: 36.0001}
  tolerance: )";
  EXPECT_TRUE(CheckWith(vector + "1e-5").passed());
  EXPECT_FALSE(CheckWith(vector + "1e-6").passed());
}

TEST_F(GoldenTest, MistakesAreNamedWithLineAndField) {
  EXPECT_THAT(FaultOf("- kpi: conforming.calls\n  expects: {state: NO_DATA}\n"),
              AllOf(HasSubstr("line 2"), HasSubstr("no field 'expects'")));
  EXPECT_THAT(FaultOf("- kpi: conforming.calls\n  expect:\n    state: NO_DATA\n    vlaue: 3\n"),
              AllOf(HasSubstr("line 4"), HasSubstr("no field 'vlaue'")));
  EXPECT_THAT(FaultOf("- kpi: conforming.calls\n  expect: {state: MAYBE}\n"),
              AllOf(HasSubstr("line 2"), HasSubstr("'MAYBE' is none of NO_DATA, VALUE")));
  EXPECT_THAT(FaultOf("\n- kpi: conforming.cals\n  expect: {state: NO_DATA}\n"),
              AllOf(HasSubstr("line 2"), HasSubstr("kpi 'conforming.cals' is not in the library"),
                    HasSubstr("it has conforming.calls")));
  EXPECT_THAT(
      FaultOf("- kpi: conforming.calls\n  inputs: {callls: 2}\n  expect: {state: NO_DATA}\n"),
      AllOf(HasSubstr("line 1: inputs.callls"), HasSubstr("calls, quality, minutes")));
  EXPECT_THAT(
      FaultOf("- kpi: conforming.calls\n  inputs: {minutes: 2}\n  expect: {state: NO_DATA}\n"),
      HasSubstr("inputs.minutes is not a list"));
  EXPECT_THAT(
      FaultOf("- kpi: conforming.calls\n  inputs: {calls: many}\n  expect: {state: NO_DATA}\n"),
      AllOf(HasSubstr("line 2"), HasSubstr("inputs.calls must be a number")));
  EXPECT_THAT(
      FaultOf("- kpi: conforming.calls\n  settings: {scale: 9}\n  expect: {state: NO_DATA}\n"),
      HasSubstr("scale must lie between"));
  EXPECT_THAT(FaultOf("- kpi: conforming.calls\n  period: 2024-Q9\n  expect: {state: NO_DATA}\n"),
              AllOf(HasSubstr("line 2"), HasSubstr("period")));
  EXPECT_THAT(FaultOf("kpi: conforming.calls\n"), HasSubstr("must be a list"));
  EXPECT_THAT(FaultOf("- {kpi: [\n"), HasSubstr("line "));
  const Report missing =
      CheckLibrary(TestPlugin("conforming"), {.golden_file = "/nowhere/vectors.yaml"});
  EXPECT_THAT(Findings(missing, "golden"), HasSubstr("/nowhere/vectors.yaml: can't be read"));
}

}  // namespace
}  // namespace keyscore::kpis::conformance
