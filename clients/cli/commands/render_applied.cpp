// Resource by resource, field by field: before and after.
#include "cli/commands/render_applied.h"

#include <vector>

#include <fmt/format.h>

#include "absl/strings/match.h"
#include "cli/commands/render_weights.h"
#include "cli/text/csv.h"
#include "cli/text/format.h"
#include "cli/text/style.h"
#include "cli/text/width.h"

namespace keyscore::cli {
namespace {

std::string ResourceWords(const v1::WeightChange& change) {
  std::string words = absl::StartsWith(change.resource(), "targetSeries/") ? "target " : "";
  words += IdOf(change.resource());
  if (!change.effective_date().empty()) words += " from " + change.effective_date();
  return Printable(words);
}

}  // namespace

void PrintWeightChanges(const v1::ApplyWeightsResponse& reply, bool would,
                        const Terminal& terminal) {
  std::ostream& out = *terminal.out;
  std::vector<std::string> same;
  std::vector<std::string> unnamed;
  for (const v1::WeightChange& change : reply.changes()) {
    if (change.action() == v1::WeightChange::ACTION_UNCHANGED) {
      same.push_back(ResourceWords(change));
      continue;
    }
    if (change.action() == v1::WeightChange::ACTION_UNNAMED) {
      unnamed.push_back(ResourceWords(change));
      continue;
    }
    const bool create = change.action() == v1::WeightChange::ACTION_CREATE;
    std::string state =
        create ? (would ? "would be new" : "new") : (would ? "would change" : "changed");
    if (change.draft()) state += would ? ", as a draft" : ", drafted";
    if (change.revision() > 0) state += fmt::format(", revision {}", change.revision());
    out << Paint(ResourceWords(change), Style::kStrong, terminal.colour) << ": " << state << '\n';
    if (!create) PrintFieldChanges(change.fields(), terminal, 2);
  }
  const auto rest = [&](const char* what, const std::vector<std::string>& names) {
    if (names.empty()) return;
    out << Paint(fmt::format("{}: {}\n", what, fmt::join(names, ", ")), Style::kDim,
                 terminal.colour);
  };
  rest("the same", same);
  rest("on the server only, stays", unnamed);
}

void PrintWeightChangesCsv(const v1::ApplyWeightsResponse& reply, std::ostream& out) {
  WriteCsvRecord(out, {"resource", "effective_date", "action", "revision", "draft", "field",
                       "before", "after"});
  for (const v1::WeightChange& change : reply.changes()) {
    const auto record = [&](const v1::FieldChange& field) {
      WriteCsvRecord(
          out, {change.resource(), change.effective_date(),
                EnumWords(v1::WeightChange::Action_Name(change.action()), "ACTION_"),
                change.revision() > 0 ? std::to_string(change.revision()) : "",
                change.draft() ? "true" : "false", field.field(), field.before(), field.after()});
    };
    for (const v1::FieldChange& field : change.fields()) record(field);
    if (change.fields_size() == 0) record({});
  }
}

int64_t CountDifferences(const v1::ApplyWeightsResponse& reply) {
  int64_t count = 0;
  for (const v1::WeightChange& change : reply.changes()) {
    count += change.action() == v1::WeightChange::ACTION_CREATE ||
             change.action() == v1::WeightChange::ACTION_UPDATE;
  }
  return count;
}

void PrintApplied(const v1::ApplyWeightsResponse& reply, bool dry_run, const Terminal& terminal) {
  PrintWeightChanges(reply, dry_run, terminal);
  std::ostream& out = *terminal.out;
  if (CountDifferences(reply) == 0) {
    out << "Nothing to change.\n";
  } else if (dry_run) {
    out << "Nothing was changed, as --dry-run asks.\n";
  }
  for (const v1::WeightChange& change : reply.changes()) {
    if (!change.draft() || dry_run) continue;
    const std::string id = Printable(IdOf(change.resource()));
    if (absl::StartsWith(change.resource(), "targetSeries/")) {
      out << fmt::format("Next, by somebody else: keyscore weights targets approve {}\n", id);
      continue;
    }
    out << fmt::format(
        "Next, by somebody else: keyscore weights approve {0}, then keyscore weights publish {0}\n",
        id);
  }
}

}  // namespace keyscore::cli
