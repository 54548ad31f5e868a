// keyscore.v1.PluginService.
#pragma once

#include "keyscore/v1/plugin_service.grpc.pb.h"
#include "rpc/backend.h"

namespace keyscore::rpc {

class PluginService final : public v1::PluginService::CallbackService {
 public:
  explicit PluginService(Backend& backend) : backend_(backend) {}

  grpc::ServerUnaryReactor* GetPlugin(grpc::CallbackServerContext* context,
                                      const v1::GetPluginRequest* request,
                                      v1::Plugin* response) override;
  grpc::ServerUnaryReactor* ListPlugins(grpc::CallbackServerContext* context,
                                        const v1::ListPluginsRequest* request,
                                        v1::ListPluginsResponse* response) override;

 private:
  Backend& backend_;
};

}  // namespace keyscore::rpc
