// The checker as people and scripts meet it: `keyscore plugin check` and `describe`, and the
// program of the SDK.
#include <filesystem>
#include <fstream>

#include "conformance/checking.h"
#include "nlohmann/json.hpp"
#include "support/process.h"

namespace keyscore::kpis::conformance {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::Finished;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string Cli() { return testing::Environment("KEYSCORE_CLI_BIN"); }

std::string Checker() {
  return std::filesystem::path(Cli()).parent_path() / "keyscore-plugin-check";
}

class CheckProgramTest : public ::testing::TestWithParam<bool> {
 protected:
  static Finished Check(std::vector<std::string> arguments) {
    std::vector<std::string> command = {Checker()};
    if (GetParam()) command = {Cli(), "plugin", "check"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return testing::Run(command);
  }
};

TEST_P(CheckProgramTest, ExitCodesTellWhatHappened) {
  EXPECT_EQ(Check({TestPlugin("conforming")}).exit_code, 0);
  EXPECT_EQ(Check({TestPlugin("one_too_many")}).exit_code, 1);
  EXPECT_EQ(Check({TestPlugin("conforming"), TestPlugin("one_too_many")}).exit_code, 1);
  EXPECT_EQ(Check({"/not/there.so"}).exit_code, 1);
  EXPECT_EQ(Check({}).exit_code, 2);
  EXPECT_EQ(Check({"--format", "pdf", TestPlugin("conforming")}).exit_code, 2);
  EXPECT_EQ(Check({"--golden", "x.yaml", TestPlugin("conforming"), TestPlugin("leaks")}).exit_code,
            2);
}

TEST_P(CheckProgramTest, PrintsALineForEachRule) {
  const Finished checked = Check({TestPlugin("one_too_many")});
  EXPECT_THAT(checked.out, AllOf(HasSubstr("\n  ok    split_batch"), HasSubstr("\n  FAIL  guards"),
                                 HasSubstr("\n        fix: "), Not(HasSubstr("\x1b"))));
}

TEST_P(CheckProgramTest, PrintsJsonForPrograms) {
  const Finished checked =
      Check({"--format", "json", TestPlugin("conforming"), TestPlugin("one_too_many")});
  const auto reports = nlohmann::json::parse(checked.out, nullptr, false);
  ASSERT_TRUE(reports.is_array()) << checked.out;
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_EQ(reports[0]["passed"], true);
  EXPECT_EQ(reports[1]["passed"], false);
}

TEST_P(CheckProgramTest, TakesGoldenVectorsFromBesideTheLibraryOrFromAFile) {
  const testing::TempDir folder;
  const std::string library = folder / "conforming.so";
  std::filesystem::copy_file(TestPlugin("conforming"), library);
  const std::string wrong =
      "- {kpi: conforming.calls, inputs: {calls: 1, quality: 1}, expect: {state: VALUE, value: 3}}";
  const std::string right =
      "- {kpi: conforming.calls, inputs: {calls: 1, quality: 1}, expect: {state: VALUE, value: 2}}";
  testing::WriteFile(folder / "conforming.golden.yaml", wrong);
  testing::WriteFile(folder / "right.yaml", right);
  EXPECT_EQ(Check({library}).exit_code, 1);
  EXPECT_THAT(Check({library}).out, HasSubstr("value: expected 3, got 2"));
  EXPECT_EQ(Check({library, "--golden", folder / "right.yaml"}).exit_code, 0);
}

TEST_P(CheckProgramTest, SurvivesWhatCrashesAsItIsLoaded) {
  const Finished checked = Check({TestPlugin("aborts_at_load"), TestPlugin("exits_at_load")});
  EXPECT_EQ(checked.exit_code, 1);
  EXPECT_THAT(checked.out, AllOf(HasSubstr("crashed with SIGABRT while opening the library"),
                                 HasSubstr("exited with code 0")));
}

INSTANTIATE_TEST_SUITE_P(Programs, CheckProgramTest, ::testing::Bool(), [](const auto& info) {
  return info.param ? std::string("Command") : std::string("SdkProgram");
});

TEST(SdkProgramTest, NeedsNothingOfTheServer) {
  const Finished linked = testing::Run({"ldd", Checker()});
  if (linked.exit_code != 0) GTEST_SKIP() << "no ldd here";
  EXPECT_THAT(linked.out,
              AllOf(HasSubstr("libduckdb.so"), Not(HasSubstr("grpc")), Not(HasSubstr("protobuf")),
                    Not(HasSubstr("boost")), Not(HasSubstr("libcrypto"))));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_THAT(linked.out, AllOf(Not(HasSubstr("absl")), Not(HasSubstr("libfmt")),
                                Not(HasSubstr("yaml")), Not(HasSubstr("spdlog"))));
#endif
}

TEST(DescribeTest, PrintsCardsAsTextAndMarkdown) {
  const Finished text = testing::Run({Cli(), "plugin", "describe", TestPlugin("conforming")});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("conforming.calls  Calls\n"), HasSubstr("scale x quality"),
                              HasSubstr("higher is better"), HasSubstr("What quality is worth."),
                              HasSubstr("1 KPI, 0 datasets.\n")));
  const Finished markdown = testing::Run(
      {Cli(), "plugins", "describe", "--format", "markdown", TestPlugin("conforming_model")});
  EXPECT_EQ(markdown.exit_code, 0) << markdown.err;
  EXPECT_THAT(
      markdown.out,
      AllOf(HasSubstr("# KPIs\n"), HasSubstr("[conforming_model.calls](#conforming_modelcalls)"),
            HasSubstr("\n### conforming_model.calls\n"),
            HasSubstr("| `quality` | the best call's quality | `max of interaction: quality` "
                      "| | period |"),
            HasSubstr("Model parameters:"), HasSubstr("| `mean_calls` | mean calls | |")));
}

TEST(DescribeTest, SaysTheSameInWhateverOrderTheFilesAreNamed) {
  const std::string plugins = testing::Environment("KEYSCORE_PLUGINS_DIR");
  const Finished one = testing::Run({Cli(), "plugin", "describe", "--format", "markdown",
                                     plugins + "/revenue.so", plugins + "/learning.so"});
  const Finished other = testing::Run({Cli(), "plugin", "describe", "--format", "markdown",
                                       plugins + "/learning.so", plugins + "/revenue.so"});
  EXPECT_EQ(one.exit_code, 0) << one.err;
  EXPECT_EQ(one.out, other.out);
}

TEST(DescribeTest, ShowsTheDatasetsOfALibrary) {
  const Finished text =
      testing::Run({Cli(), "plugin", "describe",
                    testing::Environment("KEYSCORE_TEST_PLUGINS_DIR") + "/dataset_owner.so"});
  EXPECT_THAT(text.out, AllOf(HasSubstr("dataset_owner.visit  Visits"),
                              HasSubstr("when the visit ended"), HasSubstr("audit, training"),
                              HasSubstr("0 to 24"), HasSubstr("2 KPIs, 1 dataset.")));
}

TEST(DescribeTest, RefusesWhatItCannotRead) {
  const Finished failed = testing::Run(
      {Cli(), "plugin", "describe", TestPlugin("conforming"), TestPlugin("aborts_at_load")});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.out, IsEmpty());
  EXPECT_THAT(failed.err, AllOf(HasSubstr("aborts_at_load.so: crashed with SIGABRT"),
                                HasSubstr("keyscore plugin check")));
}

}  // namespace
}  // namespace keyscore::kpis::conformance
