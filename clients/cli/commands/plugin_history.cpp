// Joins revisions and audit entries.
#include "cli/commands/plugin_history.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "cli/text/format.h"

namespace keyscore::cli {
namespace {

constexpr std::string_view kActionPrefix = "plugin.";

std::string Detail(const v1::AuditEntry& entry, const char* name) {
  const auto found = entry.details().find(name);
  return found == entry.details().end() ? "" : found->second;
}

PluginChange OfEntry(const v1::AuditEntry& entry) {
  std::string_view action = entry.action();
  if (action.starts_with(kActionPrefix)) action.remove_prefix(kActionPrefix.size());
  // A shadow begins: the entry is about the version there.
  const bool of_shadow = action == "shadow";
  return {.time = entry.time(),
          .author = entry.author(),
          .action = std::string(action),
          .plugin = entry.resource(),
          .reason = entry.reason(),
          .version = Detail(entry, of_shadow ? "shadow_version" : "version"),
          .sha256 = Detail(entry, of_shadow ? "shadow_sha256" : "sha256"),
          .entry = entry.number(),
          .hash = entry.hash()};
}

// What the revision knows better.
void Add(const v1::PluginRevision& revision, PluginChange& change) {
  const bool of_shadow = revision.action() == "shadow" && !revision.shadow_version().empty();
  const std::string& version = of_shadow ? revision.shadow_version() : revision.version();
  const std::string& sha256 = of_shadow ? revision.shadow_sha256() : revision.sha256();
  if (change.version.empty()) change.version = version;
  if (change.sha256.empty()) change.sha256 = sha256;
  change.revision = revision.revision();
  change.available = revision.available();
}

PluginChange OfRevision(const v1::PluginRevision& revision) {
  PluginChange change{.time = revision.create_time(),
                      .author = revision.author(),
                      .action = revision.action(),
                      .plugin = revision.name().substr(0, revision.name().find("/revisions/")),
                      .reason = revision.reason()};
  Add(revision, change);
  return change;
}

bool BelongTo(const v1::PluginRevision& revision, const v1::AuditEntry& entry,
              const PluginChange& change) {
  if (int64_t number = 0; absl::SimpleAtoi(Detail(entry, "revision"), &number)) {
    return number == revision.revision();
  }
  return revision.action() == change.action && revision.author() == change.author &&
         revision.reason() == change.reason;
}

}  // namespace

std::vector<PluginChange> JoinHistory(const std::vector<v1::PluginRevision>& revisions,
                                      const std::vector<v1::AuditEntry>& entries) {
  std::vector<PluginChange> changes;
  std::vector<bool> used(revisions.size(), false);
  for (const v1::AuditEntry& entry : entries) {
    PluginChange change = OfEntry(entry);
    for (size_t i = 0; i < revisions.size(); ++i) {
      if (used[i] || !BelongTo(revisions[i], entry, change)) continue;
      used[i] = true;
      Add(revisions[i], change);
      break;
    }
    changes.push_back(std::move(change));
  }
  for (size_t i = 0; i < revisions.size(); ++i) {
    if (!used[i]) changes.push_back(OfRevision(revisions[i]));
  }
  std::stable_sort(changes.begin(), changes.end(),
                   [](const auto& a, const auto& b) { return ToTime(a.time) > ToTime(b.time); });
  return changes;
}

}  // namespace keyscore::cli
