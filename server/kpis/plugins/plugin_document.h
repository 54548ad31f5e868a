// What the store's configuration keeps of a plugin: one document of kind "plugin" for each that was
// ever changed, a revision for each change.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kpis/library.h"
#include "kpis/plugins/plugin_host.h"
#include "store/store.h"

namespace keyscore::kpis {

inline constexpr char kPluginKind[] = "plugin";

// One version of a library, with what is shown of it while it is not loaded.
struct VersionRecord {
  std::string sha256;
  std::string version;
  std::string vendor;
  std::string description;
  std::string abi_version;
  std::vector<std::string> kpi_ids;
  std::vector<std::string> dataset_ids;
};

struct ShadowRecord {
  VersionRecord version;
  absl::Time start_time;  // whole microseconds
};

struct PluginDocument {
  std::string action;  // that made this revision
  std::string reason;
  PluginState state = PluginState::kActive;  // never kRefused
  PluginSource source = PluginSource::kInstalled;
  std::string file_name;
  VersionRecord active;  // in force, or would be if it were enabled
  std::optional<ShadowRecord> shadow;
  std::string previous_sha256;  // in force before; empty = none
  // Digests that passed the whole admission, oldest first; the newest kMaxAdmitted.
  std::vector<std::string> admitted;

  bool HasAdmitted(const std::string& sha256) const;
  void Admit(const std::string& sha256);
};
inline constexpr size_t kMaxAdmitted = 64;

VersionRecord RecordOf(const LoadedLibrary& library);

std::string ToPayload(const PluginDocument& document);

// DATA_LOSS for what no server has written, FAILED_PRECONDITION for what a newer one has; both name
// the document.
absl::StatusOr<PluginDocument> ParsePluginDocument(const store::ConfigRevision& revision);

}  // namespace keyscore::kpis
