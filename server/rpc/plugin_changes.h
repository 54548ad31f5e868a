// What all changes of plugins have in common: who may make them, one at a time, errors with the
// API's reasons, and datasets that come into view.
#pragma once

#include <atomic>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kpis/plugins/plugin_host.h"
#include "rpc/caller.h"
#include "rpc/dataset_catalog.h"

namespace keyscore::rpc {

// What errors of a change mean, where that depends on the change.
struct PluginReasons {
  const char* failed_precondition;
  const char* not_found = "PLUGIN_NOT_FOUND";
  bool examines = false;  // a library, which may take minutes
};

// An error of the plugin host with the API's reason: one of these, ETAG_MISMATCH or PLUGIN_REFUSED.
absl::Status PluginFault(absl::Status status, const PluginReasons& reasons);

// May be used from any thread.
class PluginChanges {
 public:
  PluginChanges(kpis::PluginHost& plugins, DatasetCatalog& datasets,
                const std::vector<std::string>& admins)
      : plugins_(plugins), datasets_(datasets), admins_(admins) {}

  // PERMISSION_DENIED (NOT_AN_ADMIN), or INVALID_ARGUMENT for a reason that can't be kept.
  absl::StatusOr<kpis::Change> Allow(const Caller& caller, const std::string& reason,
                                     const std::string& etag) const;

  // Runs `change`. Where it examines a library and another such one runs: ABORTED
  // (PLUGIN_CHANGE_RUNNING), so that they don't take all threads.
  absl::Status Run(const PluginReasons& reasons, absl::FunctionRef<absl::Status()> change);

 private:
  kpis::PluginHost& plugins_;
  DatasetCatalog& datasets_;
  const std::vector<std::string>& admins_;
  std::atomic<bool> examining_ = false;
};

}  // namespace keyscore::rpc
