// keyscore weights: the group, and the words that its commands share.
#include "cli/commands/weights.h"

#include <array>

#include <fmt/format.h>

#include "absl/time/civil_time.h"
#include "cli/commands/commands.h"
#include "cli/exit_code.h"
#include "cli/names.h"
#include "cli/text/format.h"
#include "cli/text/nearest.h"

namespace keyscore::cli {

std::shared_ptr<WeightsChange> AddWeightsChangeOptions(CLI::App& command) {
  auto change = std::make_shared<WeightsChange>();
  command.add_option("--reason", change->reason, "Why, for the revision and the audit log")
      ->type_name("TEXT");
  command
      .add_option("--etag", change->etag, "Only if nothing has changed since this etag was shown")
      ->type_name("ETAG");
  return change;
}

absl::StatusOr<std::string> ParseWeightsSubject(const std::string& text) {
  const bool bare = !text.empty() && text.find('/') == std::string::npos;
  if (!bare || !Nearest(text, {"organization"}).empty()) return ParseSubject(text);
  return "managers/" + text;
}

absl::Status CheckDay(const std::string& text, const char* option, bool today) {
  absl::CivilDay day;
  if (text.empty() || (today && text == "today") ||
      (text.size() == 10 && absl::ParseCivilTime(text, &day))) {
    return absl::OkStatus();
  }
  return UsageError(fmt::format("{} takes a day, such as 2026-07-01{}; '{}' is none", option,
                                today ? ", or today" : "", text));
}

std::string SelectorWords(const v1::WeightSelector& selector) {
  switch (selector.selector_case()) {
    case v1::WeightSelector::kAccount:
      return "account " + IdOf(selector.account());
    case v1::WeightSelector::kManager:
      return "manager " + IdOf(selector.manager());
    case v1::WeightSelector::kTeam:
      return "team " + IdOf(selector.team());
    case v1::WeightSelector::kSegment:
      return "segment " + selector.segment();
    default:
      return "everyone";
  }
}

std::string LongDay(const std::string& date) {
  static constexpr std::array<const char*, 12> kMonths = {
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  absl::CivilDay day;
  if (!absl::ParseCivilTime(date, &day)) return date;
  return fmt::format("{} {} {}", day.day(), kMonths[static_cast<size_t>(day.month()) - 1],
                     day.year());
}

std::string JoinIds(const google::protobuf::RepeatedPtrField<std::string>& names) {
  std::vector<std::string> ids;
  for (const std::string& name : names) ids.push_back(IdOf(name));
  return fmt::format("{}", fmt::join(ids, ", "));
}

void AddWeightsCommand(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("weights", "What counts how much, for whom, and why");
  command->require_subcommand(1);
  AddWeightsShowCommands(*command, context);
  AddWeightsListCommands(*command, context);
  AddWeightsFileCommands(*command, context);
  AddWeightsChangeCommands(*command, context);
  AddWeightsPreviewCommand(*command, context);
  AddWeightsLintCommand(*command, context);
  AddWeightsTargetsCommands(*command, context);
  AddWeightsOverridesCommands(*command, context);
  command->footer(
      "A change, from start to end: export -f FILE, edit, preview -f FILE, apply -f FILE.\n"
      "Where four eyes are asked for, apply drafts; then somebody else: approve ID, publish ID.");
}

}  // namespace keyscore::cli
