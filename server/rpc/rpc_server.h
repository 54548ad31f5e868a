// The gRPC server: listeners, services, health.
#pragma once

#include <grpcpp/server.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "rpc/backend.h"
#include "rpc/plugin_health.h"

namespace keyscore::rpc {

class RpcServer {
 public:
  // Listens on every address of the configuration. Errors say which listener failed and why.
  static absl::StatusOr<std::unique_ptr<RpcServer>> Start(Backend& backend);
  ~RpcServer();

  // As configured, with the ports that were picked.
  const std::vector<std::string>& addresses() const { return addresses_; }

  // Health turns NOT_SERVING, no new call is taken, running ones may go on for `patience` and are
  // cancelled then. Returns when the last one is done.
  void Drain(absl::Duration patience);

 private:
  class Services;

  explicit RpcServer(Backend& backend);
  void SetServing(bool serving);

  Backend& backend_;
  std::unique_ptr<Services> services_;
  // Shared with the plugin host, which tells it of changes and may outlive this.
  std::shared_ptr<PluginHealth> plugin_health_;
  std::unique_ptr<grpc::Server> server_;
  std::vector<std::string> addresses_;
};

}  // namespace keyscore::rpc
