// The configuration file: what is taken, what is refused, and that the example tells all.
#include "config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

#include "config/keys.h"
#include "config/version.h"

namespace keyscore::config {
namespace {

using testing::HasSubstr;

std::string ReadSource(const std::string& path) {
  const char* root = std::getenv("KEYSCORE_SOURCE_DIR");
  std::ifstream file(std::string(root == nullptr ? "." : root) + "/" + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string Fault(const std::string& yaml) {
  return std::string(ParseYaml(yaml, "k.yaml").status().message());
}

// The example with what stands behind a '#' switched on; prose has a space and a word behind it.
std::string SwitchedOn(const std::string& example) {
  std::istringstream lines(example);
  std::string line, out;
  while (std::getline(lines, line)) {
    const bool key = line.size() > 1 && line[0] == '#' && (line[1] != ' ' || line[2] == ' ');
    out += (key ? line.substr(1) : line) + "\n";
  }
  return out;
}

TEST(ConfigTest, EmptyFileGivesTheDefaults) {
  const auto config = ParseYaml("", "k.yaml");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->limits.max_batch_rows, 100'000);
  EXPECT_EQ(config->calendar.time_zone, "UTC");
  EXPECT_TRUE(config->reflection);
}

TEST(ConfigTest, ReadsValuesOfEveryKind) {
  const auto config = ParseYaml(
      "data_directory: /d\nreflection: false\n"
      "listeners:\n  - address: 127.0.0.1:0\n  - address: 10.0.0.1:1\n"
      "    tls: {certificate: c, key: k}\n"
      "calendar: {week_start: Sunday, fiscal_year_start_month: april}\n"
      "limits: {max_message_bytes: 2MiB, default_deadline: 1m30s}\n"
      "log: {level: warning, format: json}\nplugin_directories: [/a, /b]\n",
      "k.yaml");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->data_directory, "/d");
  EXPECT_FALSE(config->reflection);
  ASSERT_EQ(config->listeners.size(), 2u);
  EXPECT_FALSE(config->listeners[0].tls.has_value());
  EXPECT_EQ(config->listeners[1].tls->key, "k");
  EXPECT_EQ(config->calendar.week_start, 7);
  EXPECT_EQ(config->calendar.fiscal_year_start_month, 4);
  EXPECT_EQ(config->limits.max_message_bytes, 2'097'152);
  EXPECT_EQ(config->limits.default_deadline, absl::Seconds(90));
  EXPECT_EQ(config->log_level, LogLevel::kWarning);
  EXPECT_EQ(config->log_format, LogFormat::kJson);
  EXPECT_EQ(config->plugin_directories, (std::vector<std::string>{"/a", "/b"}));
}

TEST(ConfigTest, UnknownKeyIsRefusedWithLineAndNearestKey) {
  const std::string fault = Fault("reflection: true\nlimits:\n  max_batch_row: 5\n");
  EXPECT_THAT(fault, HasSubstr("k.yaml:3: limits.max_batch_row: unknown key"));
  EXPECT_THAT(fault, HasSubstr("Did you mean 'max_batch_rows'?"));
}

TEST(ConfigTest, KeyInTheWrongGroupIsFoundByItsName) {
  EXPECT_THAT(Fault("time_zone: UTC\n"), HasSubstr("Did you mean 'calendar.time_zone'?"));
}

TEST(ConfigTest, SettingsOfKpisAreNumbersByKpiAndName) {
  const auto config = ParseYaml("kpi_settings:\n  churn_risk: {gap: -3.5, days: 60}\n", "k.yaml");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->kpi_settings.at("churn_risk"),
            (std::map<std::string, double>{{"gap", -3.5}, {"days", 60}}));
  EXPECT_THAT(Fault("kpi_settings:\n  churn_risk:\n    gap: much\n"),
              HasSubstr("k.yaml:3: kpi_settings.churn_risk.gap: must be a number"));
  EXPECT_THAT(Fault("kpi_settings: {churn_risk: 7}\n"),
              HasSubstr("kpi_settings.churn_risk: must hold settings"));
}

TEST(ConfigTest, ReadsWhatPluginsMayDo) {
  const std::string digest(64, 'A');
  const auto config = ParseYaml(
      "plugins:\n  in_process: [acme_fast]\n  isolated: [revenue, retention]\n"
      "  conformance: advised\n  allowed_sha256: [" +
          digest +
          "]\n  trusted_keys: [/k.pem]\n  admins: [Ada, Bob B]\n  max_library: 1MiB\n"
          "  worker_program: /w\n  check_program: /c\n  load_timeout: 1s\n"
          "  call_timeout: 250ms\n  memory: 1GiB\n  max_waiting_calls: 3\n"
          "  log_lines_per_second: 5\n  breaker_failures: 2\n  breaker_cooldown: 1m\n"
          "metrics: {address: '[::1]:0'}\n",
      "k.yaml");
  ASSERT_TRUE(config.ok()) << config.status();
  const Plugins& plugins = config->plugins;
  EXPECT_EQ(plugins.in_process, (std::vector<std::string>{"acme_fast"}));
  EXPECT_EQ(plugins.isolated, (std::vector<std::string>{"revenue", "retention"}));
  EXPECT_EQ(plugins.conformance, Conformance::kAdvised);
  EXPECT_EQ(plugins.allowed_sha256, (std::vector<std::string>{std::string(64, 'a')}));
  EXPECT_EQ(plugins.trusted_keys, (std::vector<std::string>{"/k.pem"}));
  EXPECT_EQ(plugins.admins, (std::vector<std::string>{"Ada", "Bob B"}));
  EXPECT_EQ(plugins.max_library_bytes, 1 << 20);
  EXPECT_EQ(plugins.worker_program, "/w");
  EXPECT_EQ(plugins.check_program, "/c");
  EXPECT_EQ(plugins.load_timeout, absl::Seconds(1));
  EXPECT_EQ(plugins.call_timeout, absl::Milliseconds(250));
  EXPECT_EQ(plugins.memory_bytes, int64_t{1} << 30);
  EXPECT_EQ(plugins.max_waiting_calls, 3);
  EXPECT_EQ(plugins.log_lines_per_second, 5);
  EXPECT_EQ(plugins.breaker_failures, 2);
  EXPECT_EQ(plugins.breaker_cooldown, absl::Minutes(1));
  EXPECT_EQ(config->metrics_address, "[::1]:0");
}

TEST(ConfigTest, FaultsOfPluginsNameLineAndFix) {
  EXPECT_THAT(Fault("plugins:\n  conformance: strict\n"),
              HasSubstr("k.yaml:2: plugins.conformance: 'strict' is not one of required"));
  EXPECT_THAT(Fault("plugins:\n  allowed_sha256:\n    - abc\n"),
              HasSubstr("k.yaml:3: plugins.allowed_sha256: 'abc' is no SHA-256"));
  EXPECT_THAT(Fault("plugins: {admins: Ada}\n"), HasSubstr("plugins.admins: must be a list"));
  EXPECT_THAT(Fault("plugins: {memory: 1MiB}\n"), HasSubstr("out of range"));
  EXPECT_THAT(Fault("plugins: {call_timeout: 0s}\n"), HasSubstr("out of range"));
  EXPECT_THAT(Fault("plugins: {isolate: [a]}\n"), HasSubstr("Did you mean 'isolated'?"));
  EXPECT_THAT(Fault("in_process: [a]\n"), HasSubstr("Did you mean 'plugins.in_process'?"));
}

TEST(ConfigTest, ReadsWhoMayChangeWeightingsAndHow) {
  const auto config = ParseYaml("weighting: {four_eyes: true, admins: [Ada, Bob B]}\n", "k.yaml");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_TRUE(config->weighting.four_eyes);
  EXPECT_EQ(config->weighting.admins, (std::vector<std::string>{"Ada", "Bob B"}));
  EXPECT_EQ(config->plugins.admins, std::vector<std::string>());
  const auto absent = ParseYaml("", "k.yaml");
  EXPECT_FALSE(absent->weighting.four_eyes);
  EXPECT_THAT(Fault("weighting:\n  four_eyes: maybe\n"),
              HasSubstr("k.yaml:2: weighting.four_eyes: "));
  EXPECT_THAT(Fault("weighting: {admins: Ada}\n"), HasSubstr("weighting.admins: must be a list"));
  EXPECT_THAT(Fault("four_eyes: true\n"), HasSubstr("Did you mean 'weighting.four_eyes'?"));
}

TEST(ConfigTest, MetricsNeedAPort) {
  EXPECT_THAT(Fault("metrics: {address: 127.0.0.1}\n"), HasSubstr("is no address"));
  EXPECT_THAT(Fault("metrics: {address: 'unix:/m'}\n"), HasSubstr("write host:port"));
  const auto absent = ParseYaml("metrics:\n", "k.yaml");
  ASSERT_TRUE(absent.ok());
  EXPECT_EQ(absent->metrics_address, "");
}

TEST(ConfigTest, AllFaultsAreReportedAtOnce) {
  const std::string fault =
      Fault("reflection: maybe\nlimits: {queue_length: 0}\ncalendar: {time_zone: Mars/Base}\n");
  EXPECT_THAT(fault, HasSubstr("'maybe' is no truth value"));
  EXPECT_THAT(fault, HasSubstr("limits.queue_length: 0 is out of range"));
  EXPECT_THAT(fault, HasSubstr("Mars/Base"));
}

TEST(ConfigTest, SizesThatOverflowAreOutOfRange) {
  EXPECT_THAT(Fault("limits: {store_memory: 99999999999GiB}\n"), HasSubstr("out of range"));
}

TEST(ConfigTest, DuplicateKeyIsRefused) {
  EXPECT_THAT(Fault("reflection: true\nreflection: false\n"),
              HasSubstr("k.yaml:2: reflection: stands twice"));
}

TEST(ConfigTest, TlsNeedsBothFiles) {
  EXPECT_THAT(Fault("listeners:\n  - address: 1.2.3.4:1\n    tls: {key: k}\n"),
              HasSubstr("needs both certificate and key"));
}

TEST(ConfigTest, BrokenYamlNamesTheLine) {
  EXPECT_THAT(Fault("limits:\n  - [\n"), HasSubstr("is no YAML"));
}

TEST(ConfigTest, MissingFileIsNotFound) {
  EXPECT_TRUE(absl::IsNotFound(ReadFile("/nowhere/k.yaml").status()));
}

TEST(ConfigTest, FlagsBeatTheFile) {
  auto config = ParseYaml("data_directory: /file\nlisteners: [{address: 127.0.0.1:1}]\n", "k");
  ASSERT_TRUE(config.ok());
  Apply({.data_directory = "/flag", .listen = {"127.0.0.1:2"}, .plugin_directories = {}}, *config);
  EXPECT_EQ(config->data_directory, "/flag");
  ASSERT_EQ(config->listeners.size(), 1u);
  EXPECT_EQ(config->listeners[0].address, "127.0.0.1:2");
}

TEST(ConfigTest, ValidateNamesWhatIsMissing) {
  const std::string fault(Validate(Config{}).message());
  EXPECT_THAT(fault, HasSubstr("--data"));
  EXPECT_THAT(fault, HasSubstr("--listen"));
}

TEST(ConfigTest, ExampleParsesAsShipped) {
  const auto config = ParseYaml(ReadSource("server/config/keyscored.example.yaml"), "example");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_TRUE(Validate(*config).ok());
}

TEST(ConfigTest, ExampleParsesWithEverythingSwitchedOnAndNamesEveryKey) {
  const std::string text = SwitchedOn(ReadSource("server/config/keyscored.example.yaml"));
  const auto config = ParseYaml(text, "example");
  ASSERT_TRUE(config.ok()) << config.status();
  ASSERT_EQ(config->listeners.size(), 2u);
  EXPECT_FALSE(config->listeners[1].tls->client_ca.empty());
  for (const std::string& path : KeyPaths()) {
    std::string word = path.substr(path.rfind('.') == path.npos ? 0 : path.rfind('.') + 1);
    EXPECT_TRUE(std::regex_search(text, std::regex("(^|\\n)[ -]*" + word + ":"))) << path;
  }
}

TEST(ConfigTest, ExampleShowsTheDefaults) {
  const auto config = ParseYaml(ReadSource("server/config/keyscored.example.yaml"), "example");
  ASSERT_TRUE(config.ok());
  const Limits defaults;
  EXPECT_EQ(config->limits.max_message_bytes, defaults.max_message_bytes);
  EXPECT_EQ(config->limits.default_deadline, defaults.default_deadline);
  EXPECT_EQ(config->limits.store_memory_bytes, defaults.store_memory_bytes);
  EXPECT_EQ(config->limits.max_listed_subjects, defaults.max_listed_subjects);
  const Plugins plugins;
  EXPECT_EQ(config->plugins.conformance, plugins.conformance);
  EXPECT_EQ(config->plugins.max_library_bytes, plugins.max_library_bytes);
  EXPECT_EQ(config->plugins.load_timeout, plugins.load_timeout);
  EXPECT_EQ(config->plugins.call_timeout, plugins.call_timeout);
  EXPECT_EQ(config->plugins.memory_bytes, plugins.memory_bytes);
  EXPECT_EQ(config->plugins.max_waiting_calls, plugins.max_waiting_calls);
  EXPECT_EQ(config->plugins.log_lines_per_second, plugins.log_lines_per_second);
  EXPECT_EQ(config->plugins.breaker_failures, plugins.breaker_failures);
  EXPECT_EQ(config->plugins.breaker_cooldown, plugins.breaker_cooldown);
  EXPECT_TRUE(config->plugins.in_process.empty());
  EXPECT_FALSE(config->weighting.four_eyes);
  EXPECT_TRUE(config->weighting.admins.empty());
  EXPECT_EQ(config->metrics_address, "");
}

TEST(ConfigTest, VersionIsTheProjects) {
  EXPECT_THAT(ReadSource("CMakeLists.txt"),
              HasSubstr("project(Keyscore VERSION " + std::string(kVersion)));
}

}  // namespace
}  // namespace keyscore::config
