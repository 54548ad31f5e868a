// The plugins of a running server: found, installed, changed and taken out while requests go on.
//
// Behind PluginService. A change is checked whole, made durable (the store's configuration and its
// audit log), and then swapped in at once as a new generation of the registry; requests under way
// keep the generation they pinned. One change runs at a time, others wait; no lock is held
// meanwhile.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kpis/evaluate.h"
#include "kpis/isolation/worker_host.h"
#include "kpis/plugin_stats.h"
#include "kpis/plugins/conformance_run.h"
#include "kpis/plugins/shadow.h"
#include "kpis/plugins/trust.h"
#include "kpis/registry.h"
#include "measures/calendar.h"
#include "store/store.h"

namespace keyscore::kpis {

struct PluginHostOptions {
  std::vector<PluginDirectory> directories;
  std::string data_directory;  // staging/ and plugins/ are kept below it
  KpiSettings settings;
  measures::Calendar calendar;
  // With an empty program there are no workers: every library is opened in this process. For unit
  // tests alone, a server must not offer it.
  WorkerOptions workers;
  TrustOptions trust;
  ConformanceOptions conformance;
  std::set<std::string> in_process;  // own plugins that run in the server's process
  std::set<std::string> isolated;    // built-in plugins that don't
  int64_t max_library_bytes = int64_t{64} << 20;
};

enum class PluginState { kActive = 1, kRefused = 2, kDisabled = 3, kUninstalled = 4 };
enum class PluginSource { kBuiltin = 1, kDirectory = 2, kInstalled = 3 };

// A version that runs in shadow.
struct ShadowVersion {
  std::string version;
  std::string sha256;
  absl::Time start_time;
  std::vector<std::string> kpi_ids;
};

// One plugin as the API shows it.
struct PluginView {
  std::string id;
  PluginState state = PluginState::kActive;
  PluginSource source = PluginSource::kDirectory;
  std::string file_name;
  std::string sha256;
  std::string version;
  std::string vendor;
  std::string description;
  std::string abi_version;
  std::vector<std::string> kpi_ids;
  std::vector<std::string> dataset_ids;
  std::vector<std::string> refusal_reasons;
  absl::Time load_time;
  bool isolated = false;
  int64_t revision = 0;  // 0 = none of its changes is on record
  std::string etag;
  std::optional<ShadowVersion> shadow;
  std::optional<LibraryStats> stats;  // of an active one
};

struct PluginRevision {
  int64_t revision = 0;
  absl::Time time;
  std::string author;
  std::string action;
  std::string reason;
  PluginState state = PluginState::kActive;
  std::string version;
  std::string sha256;
  std::string shadow_version;
  std::string shadow_sha256;
  bool available = false;
};

// Who asks for a change, and why. `etag`: of the plugin as the caller saw it; empty = any.
struct Change {
  std::string author;
  std::string reason;
  std::string etag;
};

struct InstallRequest {
  std::string file_name;        // gives the id
  bool from_directory = false;  // take the file of that name from a plugin directory
  std::string content;          // otherwise: the file
  std::string sha256;           // expected; empty = not compared
  std::string signature;        // 64 bytes, or empty
  std::string golden_vectors;   // YAML, or empty
  bool validate_only = false;
  bool shadow = false;
  Change change;
};

struct Installed {
  PluginView plugin;
  std::vector<ConformanceResult> checks;  // empty where checking is off
};

class PluginHost {
 public:
  // Loads what is built in, what lies in the directories, and what was installed before, as the
  // store's configuration says. A library with any fault is refused whole and listed; that is no
  // error. INVALID_ARGUMENT: a missing directory, or settings that no KPI has or may take.
  // FAILED_PRECONDITION: workers can't be started at all.
  static absl::StatusOr<std::unique_ptr<PluginHost>> Start(PluginHostOptions options,
                                                           store::Store& store);
  virtual ~PluginHost() = default;

  virtual const Registry& registry() const = 0;

  // By id; of two files with one id the admitted one first.
  virtual std::vector<PluginView> List() const = 0;

  // Changes. NOT_FOUND: no such plugin. ABORTED: the etag is not the plugin's. INVALID_ARGUMENT:
  // the library is refused, every reason on a line of its own. FAILED_PRECONDITION: it makes no
  // sense for this plugin now, and what would.
  virtual absl::StatusOr<Installed> Install(const InstallRequest& request,
                                            const store::StopFn& stop) = 0;
  virtual absl::StatusOr<PluginView> Enable(const std::string& id, const Change& change) = 0;
  virtual absl::StatusOr<PluginView> Disable(const std::string& id, const Change& change) = 0;
  virtual absl::StatusOr<PluginView> Uninstall(const std::string& id, const Change& change) = 0;
  virtual absl::StatusOr<PluginView> Reload(const std::string& id, const Change& change,
                                            const store::StopFn& stop) = 0;
  // `revision` 0: the library that was in force before the present one.
  virtual absl::StatusOr<PluginView> Rollback(const std::string& id, int64_t revision,
                                              const Change& change) = 0;
  virtual absl::StatusOr<PluginView> Promote(const std::string& id, const Change& change) = 0;
  virtual absl::StatusOr<PluginView> DiscardShadow(const std::string& id, const Change& change) = 0;

  // Newest first.
  virtual absl::StatusOr<std::vector<PluginRevision>> ListRevisions(
      const std::string& id) const = 0;
  virtual absl::StatusOr<ShadowReport> GetShadowReport(const std::string& id) const = 0;

  // Of the plugins in force.
  virtual std::vector<LibraryStats> Stats() const = 0;

  // Called, from any thread and without a lock, after each change of the registry and each time a
  // breaker opens or closes. To be set once, before requests are served.
  virtual void SetObserver(std::function<void()> changed) = 0;
};

}  // namespace keyscore::kpis
