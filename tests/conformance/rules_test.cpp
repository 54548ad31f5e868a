// Each library that is wrong about one rule fails that rule and no other, and the report says how
// to mend it.

#include "conformance/checking.h"

namespace keyscore::kpis::conformance {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Wrong {
  const char* library;
  const char* rule;
  const char* happened;  // part of what the report says about it
  const char* fix;
};

void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.library; }

class RulesTest : public ::testing::TestWithParam<Wrong> {};

TEST_P(RulesTest, IsCaughtByItsRuleAlone) {
  const Wrong& wrong = GetParam();
  const Report report = CheckLibrary(TestPlugin(wrong.library), {.time_limit = absl::Seconds(4)});
  EXPECT_THAT(FailedRules(report), ElementsAre(wrong.rule)) << ToText(report, false);
  EXPECT_THAT(Findings(report, wrong.rule), AllOf(HasSubstr(wrong.happened), HasSubstr(wrong.fix)));
  EXPECT_FALSE(report.passed());
}

INSTANTIATE_TEST_SUITE_P(
    All, RulesTest,
    ::testing::Values(
        Wrong{"exports_more", "exports", "helper_that_should_be_hidden", "-fvisibility=hidden"},
        Wrong{"gnu_unique", "no_gnu_unique", "Shared", "-fno-gnu-unique"},
        Wrong{"tls_destructor", "no_tls_destructors", "__cxa_thread_atexit", "thread_local"},
        Wrong{"aborts_at_load", "loads",
              "SIGABRT while opening the library; its last words: no "
              "licence file, giving up",
              "static constructors"},
        Wrong{"exits_at_load", "loads", "exited with code 0",
              "static constructors"},
        Wrong{"hangs_at_load", "loads", "did not return within 4s while calling", "entry point"},
        Wrong{"other_major", "abi", "expected 1.", "SDK"},
        Wrong{"bad_description", "descriptor", "version 'latest'", "kpi_abi.h"},
        Wrong{"unknown_input", "inputs", "no dataset 'interactions'", "interaction"},
        Wrong{"bad_expression", "expressions", "random", "SDK's README"},
        Wrong{"pooled_last", "rollup", "the value of one account", "roll the KPI up over accounts"},
        Wrong{"leaks", "create_destroy", "KiB on the heap", "free in destroy"},
        Wrong{"accepts_anything", "bad_settings", "'scale' at -1", "bounds of every setting"},
        Wrong{"accepts_nan", "bad_settings", "'scale' at nan", "bounds of every setting"},
        Wrong{"touches_row_zero", "rows_none", "wrote past the end of the output column 'state'",
              "0 to row_count - 1"},
        Wrong{"one_row", "rows_one", "the weight is inf", "finite"},
        Wrong{"long_period", "rows_many", "the weight is -0.0", "not below 0"},
        Wrong{"no_list", "all_null", "the value", "KS_STATE_NO_DATA"},
        Wrong{"passes_nan_on", "nan_and_infinity", "the state is VALUE and the value",
              "KS_STATE_ERROR"},
        Wrong{"fits_nan", "fit", "'mean_calls' is", "FAILED_PRECONDITION"},
        Wrong{"one_too_many", "guards", "wrote past the end of the output column 'value'",
              "0 to row_count - 1"},
        Wrong{"one_before", "guards", "read before the start of the input column 'calls'",
              "0 to row_count - 1"},
        Wrong{"writes_inputs", "inputs_unchanged",
              "wrote to the input column 'quality', which is read-only", "copy first"},
        Wrong{"ignores_stride", "other_hosts", "", "column_stride"},
        Wrong{"remembers", "repeatable", "again", "KS_CAP_DETERMINISTIC"},
        Wrong{"running_sum", "split_batch", "by themselves", "KS_CAP_ROW_INDEPENDENT"},
        Wrong{"shared_scratch", "concurrent", "while other threads call it too",
              "KS_CAP_REENTRANT"},
        Wrong{"never_stops", "stops", "although context->cancelled said stop",
              "context->cancelled"},
        Wrong{"crashes", "rows_many", "crashed with SIGSEGV while evaluating 200 rows",
              "row_count"}),
    [](const auto& info) { return std::string(info.param.library); });

TEST(DescriptorRuleTest, NamesEveryFaultAtOnce) {
  const Report report = CheckLibrary(TestPlugin("bad_description"), {});
  EXPECT_THAT(Findings(report, "descriptor"),
              AllOf(HasSubstr("title is missing"), HasSubstr("version 'latest'"),
                    HasSubstr("goes against the direction")));
  // What rests on the description is not tried.
  EXPECT_EQ(report.Find("rows_many")->outcome, Outcome::kSkipped);
  EXPECT_EQ(report.Find("rows_many")->note, "see descriptor");
}

TEST(FileRuleTest, SaysWhatIsNoLibrary) {
  const testing::TempDir folder;
  const std::string text = (folder / "no_library.so").string();
  testing::WriteFile(text, "Just text.\n");
  const Report report = CheckLibrary(text, {});
  EXPECT_THAT(FailedRules(report), ElementsAre("file"));
  EXPECT_THAT(Findings(report, "file"), HasSubstr("no ELF file"));
  EXPECT_THAT(FailedRules(CheckLibrary((folder / "not_there.so").string(), {})),
              ElementsAre("file"));
}

TEST(ExportsRuleTest, WantsTheEntryPoint) {
  const Report report =
      CheckLibrary(testing::Environment("KEYSCORE_TEST_PLUGINS_DIR") + "/no_symbol.so", {});
  EXPECT_THAT(FailedRules(report), ElementsAre("exports"));
  EXPECT_THAT(Findings(report, "exports"), AllOf(HasSubstr("does not export keyscore_kpi_library"),
                                                 HasSubstr("KEYSCORE_LIBRARY")));
}

}  // namespace
}  // namespace keyscore::kpis::conformance
