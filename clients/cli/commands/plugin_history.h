// What was done to plugins: the audit log, joined with what the revisions know of each change.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keyscore/v1/audit_service.pb.h"
#include "keyscore/v1/plugin_service.pb.h"

namespace keyscore::cli {

// One change of one plugin.
struct PluginChange {
  google::protobuf::Timestamp time;
  std::string author;
  std::string action;  // "install", "disable", …
  std::string plugin;  // plugins/{id}
  std::string reason;
  std::string version;  // of the library that the change was about
  std::string sha256;
  int64_t entry = 0;              // number in the audit log; 0 = not there
  std::string hash;               // of that entry
  int64_t revision = 0;           // 0 = none came of it, or not asked for
  std::optional<bool> available;  // whether a rollback to that revision is possible
};

// Newest first, as both lists must be. An entry's revision is the one that its details name, else
// the newest one left with the same action, author and reason; revisions without an entry stand on
// their own.
std::vector<PluginChange> JoinHistory(const std::vector<v1::PluginRevision>& revisions,
                                      const std::vector<v1::AuditEntry>& entries);

}  // namespace keyscore::cli
