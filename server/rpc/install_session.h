// One stream of InstallPlugin: the header, then the file, then the change itself.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "keyscore/v1/plugin_service.pb.h"
#include "kpis/plugins/plugin_host.h"
#include "rpc/plugin_changes.h"

namespace keyscore::rpc {

// Not for use from several threads at once. Independent of gRPC, so that tests can drive it.
class InstallSession {
 public:
  InstallSession(kpis::PluginHost& plugins, PluginChanges& changes, Caller caller,
                 int64_t max_library_bytes)
      : plugins_(plugins),
        changes_(changes),
        caller_(std::move(caller)),
        max_library_bytes_(max_library_bytes) {}

  // Takes one message. An error ends the stream; nothing is changed then.
  absl::Status Take(v1::InstallPluginRequest& message);

  // Admits what was sent and puts it in force. Takes as long as the checker does.
  absl::StatusOr<v1::InstallPluginResponse> Finish(const store::StopFn& stop);

 private:
  absl::Status TakeHeader(v1::InstallPluginRequest::Header& header);
  absl::Status TakeContent(const std::string& content);

  kpis::PluginHost& plugins_;
  PluginChanges& changes_;
  const Caller caller_;
  const int64_t max_library_bytes_;
  std::optional<kpis::InstallRequest> request_;  // once the header is there
};

}  // namespace keyscore::rpc
