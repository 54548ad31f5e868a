// Prints reports for people and for programs.
#include "kpis/conformance/report.h"

#include <algorithm>
#include <map>
#include <vector>

#include "fmt/format.h"
#include "fmt/ranges.h"

namespace keyscore::kpis::conformance {
namespace {

std::string_view Word(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPassed:
      return "ok";
    case Outcome::kFailed:
      return "FAIL";
    case Outcome::kSkipped:
      return "skip";
  }
  return "";
}

std::string_view Colour(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPassed:
      return "\x1b[32m";
    case Outcome::kFailed:
      return "\x1b[1;31m";
    case Outcome::kSkipped:
      return "\x1b[2m";
  }
  return "";
}

// A rule that could not be tried because of another one's failure, which its note names.
bool IsBlocked(const RuleResult& rule) {
  return rule.outcome == Outcome::kSkipped && rule.note.starts_with("see ");
}

std::string Marked(Outcome outcome, bool colour) {
  // Padded before it is painted, for the escapes have no width.
  const std::string word = fmt::format("{:<4}", Word(outcome));
  return colour ? fmt::format("{}{}\x1b[0m", Colour(outcome), word) : word;
}

size_t Count(const Report& report, Outcome outcome) {
  return static_cast<size_t>(
      std::count_if(report.rules.begin(), report.rules.end(),
                    [outcome](const RuleResult& rule) { return rule.outcome == outcome; }));
}

}  // namespace

bool Report::passed() const {
  return std::none_of(rules.begin(), rules.end(),
                      [](const RuleResult& rule) { return rule.outcome == Outcome::kFailed; });
}

const RuleResult* Report::Find(std::string_view rule) const {
  const auto found = std::find_if(rules.begin(), rules.end(),
                                  [rule](const RuleResult& one) { return one.rule == rule; });
  return found == rules.end() ? nullptr : &*found;
}

std::string ToText(const Report& report, bool colour) {
  std::string text = report.path + "\n";
  std::map<std::string, std::vector<std::string>>
      blocked;  // by what blocks them: one line, not many
  for (const RuleResult& rule : report.rules) {
    if (IsBlocked(rule)) {
      blocked[rule.note].push_back(rule.rule);
      continue;
    }
    text += fmt::format("  {}  {:<19} {}{}\n", Marked(rule.outcome, colour), rule.rule, rule.tried,
                        rule.note.empty() ? "" : fmt::format(" ({})", rule.note));
    for (const Failure& failure : rule.failures) {
      text += fmt::format("        {}{}\n", failure.kpi.empty() ? "" : failure.kpi + ": ",
                          failure.happened);
      text += fmt::format("        fix: {}\n", failure.fix);
    }
  }
  for (const auto& [note, rules] : blocked) {
    text += fmt::format("  {}  {}: {}\n", Marked(Outcome::kSkipped, colour), note,
                        fmt::join(rules, ", "));
  }
  text += fmt::format("{}: {} passed, {} failed, {} skipped\n",
                      report.passed() ? "conforms" : "does not conform",
                      Count(report, Outcome::kPassed), Count(report, Outcome::kFailed),
                      Count(report, Outcome::kSkipped));
  return text;
}

nlohmann::ordered_json ToJson(const Report& report) {
  nlohmann::ordered_json rules = nlohmann::ordered_json::array();
  for (const RuleResult& rule : report.rules) {
    nlohmann::ordered_json failures = nlohmann::ordered_json::array();
    for (const Failure& failure : rule.failures) {
      failures.push_back(
          {{"kpi", failure.kpi}, {"happened", failure.happened}, {"fix", failure.fix}});
    }
    constexpr const char* kNames[] = {"passed", "failed", "skipped"};
    rules.push_back({{"rule", rule.rule},
                     {"outcome", kNames[static_cast<size_t>(rule.outcome)]},
                     {"tried", rule.tried},
                     {"note", rule.note},
                     {"failures", failures}});
  }
  return {{"library", report.path}, {"passed", report.passed()}, {"rules", rules}};
}

}  // namespace keyscore::kpis::conformance
