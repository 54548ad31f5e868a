// Libraries that can't be admitted are refused with their reason, in PluginService and in the log,
// and everything else is served; libraries that fail at work touch nobody but themselves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "support/facts.h"
#include "support/server_fixture.h"

namespace keyscore::testing {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Takes what the conformance checker would keep out.
constexpr char kUnchecked[] = "plugins:\n  conformance: off\n";

class PluginFaultTest : public EmptyServerTest {
 protected:
  void SetUp() override {}

  // Puts a test library into the server's plugin directory, under another name where one is given.
  void Install(const std::string& library, const std::string& as = "") {
    const std::filesystem::path built = Environment("KEYSCORE_TEST_PLUGINS_DIR");
    std::filesystem::copy_file(built / (library + ".so"),
                               plugins_ / ((as.empty() ? library : as) + ".so"),
                               std::filesystem::copy_options::overwrite_existing);
  }

  // Starts a server whose plugin directory holds these test libraries.
  void ServeWith(const std::vector<std::string>& libraries, const std::string& config = "") {
    for (const std::string& library : libraries) Install(library);
    StartServer({.plugins = plugins_.path(), .more_config = config});
  }

  bool HasDataset(const std::string& id) {
    v1::GetDatasetRequest request;
    request.set_name("datasets/" + id);
    return client().GetDataset(request).ok();
  }

  // Why the library was refused, a line each.
  std::string ReasonsAgainst(const std::string& id) {
    const v1::Plugin plugin = Plugin(id);
    EXPECT_EQ(plugin.state(), v1::Plugin::STATE_REFUSED) << id;
    std::string reasons;
    for (const std::string& reason : plugin.refusal_reasons()) reasons += reason + "\n";
    return reasons;
  }

  v1::Plugin Plugin(const std::string& id) {
    v1::GetPluginRequest request;
    request.set_name("plugins/" + id);
    const auto plugin = client().GetPlugin(request);
    EXPECT_THAT(plugin, IsOk()) << id;
    return plugin.ok() ? *plugin : v1::Plugin();
  }

  bool HasKpi(const std::string& id) {
    v1::GetKpiRequest request;
    request.set_name("kpis/" + id);
    return client().GetKpi(request).ok();
  }

  void ExpectBuiltInsServed() {
    for (const char* plugin : {"relationships", "revenue", "retention", "learning"}) {
      const v1::Plugin builtin = Plugin(plugin);
      EXPECT_EQ(builtin.state(), v1::Plugin::STATE_ACTIVE) << plugin;
      EXPECT_TRUE(builtin.builtin());
      EXPECT_EQ(builtin.sha256().size(), 64u);
      EXPECT_GT(builtin.kpis_size(), 0);
    }
    ASSERT_THAT(SendSmallWorld(client()), IsOk());
    EXPECT_DOUBLE_EQ(
        Result("managers/anna/scorecards/2024-Q1", "opportunity_conversion_rate").value(), 75);
  }

  TempDir plugins_;
};

struct Refusal {
  std::string library;
  // What the reason must say, so that the author knows what to change.
  std::vector<std::string> says;
};

TEST_F(PluginFaultTest, EachUnfitLibraryIsRefusedWithItsReason) {
  const std::vector<Refusal> refusals = {
      {"bad", {}},
      {"empty", {}},
      {"no_symbol", {"keyscore_kpi_library"}},
      // Expected against got.
      {"wrong_major", {"2", "1"}},
      {"newer_minor", {"expected 1.", "got 1.", "newer server"}},
      {"unknown_column", {"happiness", "interaction"}},
      {"unknown_time_column", {"minutes"}},
      {"unknown_dataset", {"mood_of_the_day"}},
      {"file_reader", {"minutes"}},
      {"function_caller", {"getenv"}},
      {"statement_smuggler", {"minutes"}},
      {"duplicate_kpi", {"duplicate_kpi.interactions"}},
      {"no_namespace", {"churn_rate", "no_namespace."}},
      {"foreign_namespace", {"good_neighbour.interactions", "foreign_namespace."}},
      {"other_name", {"some_other_name"}},
      {"unwilling", {}},
      {"half_right", {"minutes", "half_right.visit"}},
  };
  WriteFile(plugins_ / "bad.so", "This is a text file, whatever its name says.\n");
  WriteFile(plugins_ / "empty.so", "");
  WriteFile(plugins_ / "README.txt", "No library, and nobody asked for one.\n");
  std::vector<std::string> libraries = {"good_neighbour"};
  for (const Refusal& refusal : refusals) {
    if (refusal.library != "bad" && refusal.library != "empty") {
      libraries.push_back(refusal.library);
    }
  }
  ServeWith(libraries);

  const std::string log = server_->Log();
  for (const Refusal& refusal : refusals) {
    const v1::Plugin plugin = Plugin(refusal.library);
    EXPECT_EQ(plugin.state(), v1::Plugin::STATE_REFUSED) << refusal.library;
    EXPECT_EQ(plugin.file_name(), refusal.library + ".so");
    EXPECT_EQ(plugin.kpis_size(), 0) << refusal.library;
    ASSERT_GT(plugin.refusal_reasons_size(), 0) << refusal.library;
    std::string reasons;
    for (const std::string& reason : plugin.refusal_reasons()) reasons += reason + "\n";
    for (const std::string& word : refusal.says) EXPECT_THAT(reasons, HasSubstr(word));
    EXPECT_THAT(log, HasSubstr(refusal.library + ".so"));
    EXPECT_THAT(log, HasSubstr(plugin.refusal_reasons(0).substr(0, 40))) << refusal.library;
    EXPECT_FALSE(HasKpi(refusal.library + ".interactions")) << refusal.library;
  }
  // What is no library by its name is not looked at.
  v1::GetPluginRequest readme;
  readme.set_name("plugins/README");
  EXPECT_THAT(client().GetPlugin(readme), Refused(StatusCode::kNotFound));
  // None of them got in anybody's way.
  EXPECT_EQ(Plugin("good_neighbour").state(), v1::Plugin::STATE_ACTIVE);
  EXPECT_TRUE(HasKpi("good_neighbour.interactions"));
  EXPECT_EQ(Plugin("retention").state(), v1::Plugin::STATE_ACTIVE);
  ExpectBuiltInsServed();
}

TEST_F(PluginFaultTest, RefusedOnesAreListedBesideTheOthers) {
  ServeWith({"good_neighbour", "wrong_major"});
  v1::ListPluginsRequest request;
  request.set_page_size(2);
  std::map<std::string, v1::Plugin::State> states;
  do {
    const auto page = client().ListPlugins(request);
    ASSERT_THAT(page, IsOk());
    for (const v1::Plugin& plugin : page->plugins()) states[plugin.name()] = plugin.state();
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(states.size(), 6u);
  EXPECT_EQ(states["plugins/wrong_major"], v1::Plugin::STATE_REFUSED);
  EXPECT_EQ(states["plugins/good_neighbour"], v1::Plugin::STATE_ACTIVE);
  EXPECT_EQ(states["plugins/revenue"], v1::Plugin::STATE_ACTIVE);
}

TEST_F(PluginFaultTest, LibraryOfALaterMinorWithTailFieldsIsAdmitted) {
  ServeWith({"roomy"});
  EXPECT_EQ(Plugin("roomy").state(), v1::Plugin::STATE_ACTIVE);
  EXPECT_EQ(Plugin("roomy").kpis_size(), 2);
  ASSERT_THAT(SendSmallWorld(client()), IsOk());
  // Both KPIs, so that the stride was obeyed. Every interaction of the small world is a call.
  for (const char* kpi : {"roomy.calls", "roomy.calls_again"}) {
    const v1::KpiResult result = Result("managers/anna/scorecards/2024-Q1", kpi);
    EXPECT_EQ(result.value(), 100) << kpi;
    EXPECT_EQ(result.sample_size(), 3u) << kpi;
    EXPECT_EQ(result.score(), 100) << kpi;
    ASSERT_EQ(result.inputs_size(), 2) << kpi;
    EXPECT_EQ(result.inputs(1).name(), "all_interactions");
  }
}

TEST_F(PluginFaultTest, LibraryMayBringItsOwnDataset) {
  ServeWith({"dataset_owner"});
  ASSERT_EQ(Plugin("dataset_owner").state(), v1::Plugin::STATE_ACTIVE);
  ASSERT_EQ(Plugin("dataset_owner").datasets_size(), 1);
  v1::GetDatasetRequest get;
  get.set_name(Plugin("dataset_owner").datasets(0));
  const auto dataset = client().GetDataset(get);
  ASSERT_THAT(dataset, IsOk());
  EXPECT_EQ(dataset->name(), "datasets/dataset_owner.visit");
  EXPECT_EQ(dataset->declared_by(), "plugins/dataset_owner");
  ASSERT_THAT(SendSmallWorld(client()), IsOk());
  const std::string acme = "acme";
  ASSERT_THAT(
      client().AppendFacts(
          Batch("dataset_owner.visit", {"fact_id", "account_id", "occurred_at", "hours", "purpose"},
                {{std::string("v1"), acme, At{"2024-02-01"}, 2.5, std::string("audit")},
                 {std::string("v2"), acme, At{"2024-02-02"}, 4.0, std::string("training")},
                 {std::string("v3"), acme, At{"2024-02-03"}, 1.5, std::string("audit")}})),
      IsOk());
  EXPECT_EQ(Result("managers/anna/scorecards/2024-Q1", "dataset_owner.interactions").value(), 4);
}

TEST_F(PluginFaultTest, FaultsOfEveryKindAreToldAtOnce) {
  const TempDir data;
  Install("dataset_owner");
  Install("good_neighbour");
  StartServer({.data = data.path(), .plugins = plugins_.path()});
  ASSERT_EQ(Plugin("dataset_owner").state(), v1::Plugin::STATE_ACTIVE);
  EXPECT_EQ(server_->Stop(), 0);

  Install("clashing_dataset", "dataset_owner");
  StartServer({.data = data.path(), .plugins = plugins_.path()});
  const std::string reasons = ReasonsAgainst("dataset_owner");
  EXPECT_THAT(reasons, HasSubstr("KPI 'visits' stands in the library twice"));
  EXPECT_THAT(reasons, HasSubstr("id must be dataset_owner.name"));
  EXPECT_THAT(reasons, HasSubstr("dataset 'dataset_owner.visit' is declared differently already: "
                                 "column 'hours' has another type"));
  EXPECT_THAT(reasons, HasSubstr("no column 'mood'"));
  EXPECT_FALSE(HasKpi("visits"));
  EXPECT_FALSE(HasKpi("dataset_owner.more_interactions"));
  EXPECT_TRUE(HasKpi("good_neighbour.interactions"));
  ExpectBuiltInsServed();
  EXPECT_EQ(server_->Stop(), 0);

  // What it clashed with is as it was.
  Install("dataset_owner");
  StartServer({.data = data.path(), .plugins = plugins_.path()});
  EXPECT_EQ(Plugin("dataset_owner").state(), v1::Plugin::STATE_ACTIVE);
  EXPECT_TRUE(HasDataset("dataset_owner.visit"));
}

TEST_F(PluginFaultTest, RefusedLibraryLeavesNoDatasetBehind) {
  ServeWith({"half_right"});
  EXPECT_THAT(ReasonsAgainst("half_right"),
              AllOf(HasSubstr("no column 'minutes'"), HasSubstr("hours")));
  EXPECT_FALSE(HasDataset("half_right.visit"));
  ExpectBuiltInsServed();
}

// All of tests/conformance, those that crash, exit or wait for ever as they are loaded included.
TEST_F(PluginFaultTest, LibrariesThatDoNotConformLeaveTheServerStanding) {
  const std::filesystem::path built = Environment("KEYSCORE_TEST_PLUGINS_DIR");
  size_t installed = 0;
  for (const auto& entry : std::filesystem::directory_iterator(built / "conformance")) {
    const std::string library = entry.path().stem().string();
    Install("conformance/" + library, library);
    ++installed;
  }
  ASSERT_GT(installed, 25u);
  StartServer({.plugins = plugins_.path(),
               .more_config = std::string(kUnchecked) + "  load_timeout: 2s\n"});
  for (const char* refused : {"other_major", "bad_description", "unknown_input", "bad_expression",
                              "pooled_last", "aborts_at_load", "exits_at_load", "hangs_at_load"}) {
    EXPECT_FALSE(ReasonsAgainst(refused).empty()) << refused;
  }
  EXPECT_EQ(Plugin("conforming").state(), v1::Plugin::STATE_ACTIVE);
  EXPECT_TRUE(Plugin("conforming").isolated());
  ExpectBuiltInsServed();
  // What comes out of them is judged row by row.
  const v1::KpiResult negative =
      Result("managers/anna/scorecards/2022-01-01..2024-04-01", "long_period.calls");
  EXPECT_EQ(negative.state(), v1::KpiResult::ERROR);
  EXPECT_THAT(negative.state_reason(), HasSubstr("weight"));
}

TEST_F(PluginFaultTest, LibraryThatDoesNotConformIsRefusedAtStart) {
  ServeWith({"nonsense", "good_neighbour"});
  EXPECT_THAT(ReasonsAgainst("nonsense"), HasSubstr("nonsense.interactions"));
  EXPECT_EQ(Plugin("good_neighbour").state(), v1::Plugin::STATE_ACTIVE);
  ExpectBuiltInsServed();
}

TEST_F(PluginFaultTest, KpiThatFailsIsAnErrorAndTouchesNoOther) {
  ServeWith({"failing", "nonsense", "good_neighbour"}, kUnchecked);
  ASSERT_THAT(SendSmallWorld(client()), IsOk());
  const auto card =
      Card("managers/anna/scorecards/2024-Q1",
           {"failing.interactions", "opportunity_conversion_rate", "nonsense.interactions"});
  ASSERT_THAT(card, IsOk());
  ASSERT_EQ(card->kpis_size(), 3);
  EXPECT_EQ(card->kpis(0).state(), v1::KpiResult::ERROR);
  EXPECT_THAT(card->kpis(0).state_reason(), StartsWith("PLUGIN_ERROR: "));
  EXPECT_THAT(card->kpis(0).state_reason(), HasSubstr("the moon is in the wrong quarter"));
  EXPECT_FALSE(card->kpis(0).has_value());
  EXPECT_EQ(card->kpis(1).state(), v1::KpiResult::VALUE);
  EXPECT_DOUBLE_EQ(card->kpis(1).value(), 75);
  EXPECT_EQ(card->kpis(2).state(), v1::KpiResult::ERROR);
  EXPECT_THAT(card->kpis(2).state_reason(), StartsWith("PLUGIN_INVALID_OUTPUT: "));
  EXPECT_FALSE(card->kpis(2).has_value());
  // Neither carries weight, so the total stands as it would without them.
  EXPECT_NE(card->total_state(), v1::Scorecard::SCORED_WITH_ERRORS);
}

TEST_F(PluginFaultTest, MissingPluginDirectoryIsSaidAtStart) {
  const auto server = Server::Start({.plugins = plugins_ / "not-there"});
  if (server.ok()) {
    EXPECT_THAT((*server)->Log(), HasSubstr("not-there"));
  } else {
    EXPECT_THAT(std::string(server.status().message()), HasSubstr("not-there"));
  }
}

TEST_F(PluginFaultTest, DirectoryWithoutAnyBuiltInStillStarts) {
  const TempDir empty;
  WriteFile(plugins_ / "config.yaml", "builtin_plugin_directory: " + empty.path().string() + "\n");
  const std::string out = plugins_ / "out";
  const pid_t pid =
      Spawn({Environment("KEYSCORED_BIN"), "--data", (plugins_ / "data").string(), "--listen",
             "127.0.0.1:0", "--config", (plugins_ / "config.yaml").string()},
            {}, out, plugins_ / "err");
  for (int i = 0; i < 2000 && ReadFile(out).find("ready on") == std::string::npos; ++i) {
    absl::SleepFor(absl::Milliseconds(10));
  }
  EXPECT_THAT(ReadFile(out), HasSubstr("keyscored ready on 127.0.0.1:"));
  kill(pid, SIGTERM);
  EXPECT_EQ(WaitFor(pid, absl::Seconds(20)), 0);
}

}  // namespace
}  // namespace keyscore::testing
