// Starts keyscore-plugin-check and reads the report that it prints as JSON. The report quotes the
// library, so nothing in it is taken on trust: not its shape, its length, nor its letters.
#include "kpis/plugins/conformance_run.h"

#include <sys/wait.h>
#include <unistd.h>

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "fmt/format.h"
#include "kpis/exit_words.h"
#include "kpis/plugins/check_process.h"
#include "kpis/text.h"
#include "nlohmann/json.hpp"

namespace keyscore::kpis {
namespace {

using nlohmann::json;

constexpr size_t kMaxRules = 200;
constexpr size_t kMaxFailures = 100;  // of a rule
constexpr size_t kMaxNameBytes = 200;
constexpr size_t kMaxTextBytes = 2000;

// The member of that name, made safe; empty where it is missing or no text.
std::string Text(const json& object, const char* name, size_t max_bytes) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return "";
  return SafeText(found->get_ref<const std::string&>(), max_bytes);
}

std::optional<CheckOutcome> ReadOutcome(const json& rule) {
  const std::string outcome = Text(rule, "outcome", kMaxNameBytes);
  if (outcome == "passed") return CheckOutcome::kPassed;
  if (outcome == "failed") return CheckOutcome::kFailed;
  if (outcome == "skipped") return CheckOutcome::kSkipped;
  return std::nullopt;
}

std::optional<ConformanceResult> ReadRule(const json& rule) {
  if (!rule.is_object()) return std::nullopt;
  const auto outcome = ReadOutcome(rule);
  ConformanceResult result{.rule = Text(rule, "rule", kMaxNameBytes),
                           .tried = Text(rule, "tried", kMaxTextBytes),
                           .outcome = outcome.value_or(CheckOutcome::kSkipped),
                           .note = Text(rule, "note", kMaxTextBytes)};
  if (!outcome || result.rule.empty()) return std::nullopt;
  const auto failures = rule.find("failures");
  if (failures == rule.end() || !failures->is_array()) return result;
  for (const json& failure : *failures) {
    if (!failure.is_object() || result.failures.size() == kMaxFailures) break;
    result.failures.push_back({.kpi_id = Text(failure, "kpi", kMaxNameBytes),
                               .happened = Text(failure, "happened", kMaxTextBytes),
                               .fix = Text(failure, "fix", kMaxTextBytes)});
  }
  return result;
}

// [{"library", "passed", "rules": [...]}], as report.h of the checker says; empty = it is not that.
std::vector<ConformanceResult> ReadReport(const std::string& text) {
  const json reports = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!reports.is_array() || reports.size() != 1 || !reports[0].is_object()) return {};
  const auto rules = reports[0].find("rules");
  if (rules == reports[0].end() || !rules->is_array() || rules->size() > kMaxRules) return {};
  std::vector<ConformanceResult> results;
  for (const json& rule : *rules) {
    std::optional<ConformanceResult> result = ReadRule(rule);
    if (!result) return {};
    results.push_back(*std::move(result));
  }
  return results;
}

}  // namespace

absl::StatusOr<std::vector<ConformanceResult>> RunConformance(const ConformanceOptions& options,
                                                              const std::string& path,
                                                              const std::string& golden_file,
                                                              const store::StopFn& stop) {
  std::vector<std::string> command = {options.program, "--parent", std::to_string(getpid()),
                                      "--format", "json"};
  if (!golden_file.empty()) command.insert(command.end(), {"--golden", golden_file});
  command.insert(command.end(), {"--", path});
  const absl::StatusOr<FinishedProcess> finished =
      RunProcess(std::move(command), options.time_limit, stop);
  if (!finished.ok()) {
    return absl::Status(
        finished.status().code(),
        fmt::format("the conformance checker: {}", std::string(finished.status().message())));
  }
  const int status = finished->status;
  constexpr int kConforms = 0;
  constexpr int kFailed = 1;
  const bool done =
      WIFEXITED(status) && (WEXITSTATUS(status) == kConforms || WEXITSTATUS(status) == kFailed);
  std::vector<ConformanceResult> results;
  if (done) results = ReadReport(finished->out);
  if (!results.empty()) return results;
  const std::string words =
      SafeText(std::string(absl::StripAsciiWhitespace(finished->last_words)), kMaxTextBytes);
  return absl::InternalError(
      fmt::format("the conformance checker {} {}{}{}", options.program,
                  done ? "printed no report that can be read: is it of this server's version?"
                       : ExitWords(status),
                  words.empty() ? "" : "; its last words: ", words));
}

}  // namespace keyscore::kpis
