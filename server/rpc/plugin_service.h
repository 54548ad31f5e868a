// keyscore.v1.PluginService.
#pragma once

#include "absl/functional/any_invocable.h"
#include "keyscore/v1/plugin_service.grpc.pb.h"
#include "rpc/backend.h"
#include "rpc/plugin_changes.h"

namespace keyscore::rpc {

namespace plugin_methods {

using Base = v1::PluginService::Service;
using Reads = v1::PluginService::WithCallbackMethod_GetPlugin<
    v1::PluginService::WithCallbackMethod_ListPlugins<
        v1::PluginService::WithCallbackMethod_GetShadowReport<
            v1::PluginService::WithCallbackMethod_ListPluginRevisions<Base>>>>;
using Changes = v1::PluginService::WithCallbackMethod_EnablePlugin<
    v1::PluginService::WithCallbackMethod_DisablePlugin<
        v1::PluginService::WithCallbackMethod_UninstallPlugin<
            v1::PluginService::WithCallbackMethod_ReloadPlugin<
                v1::PluginService::WithCallbackMethod_RollbackPlugin<
                    v1::PluginService::WithCallbackMethod_PromotePlugin<
                        v1::PluginService::WithCallbackMethod_DiscardShadow<Reads>>>>>>>;
// InstallPlugin takes its messages unparsed: install_reactor.h says why.
using All = v1::PluginService::WithRawCallbackMethod_InstallPlugin<Changes>;

}  // namespace plugin_methods

class PluginService final : public plugin_methods::All {
 public:
  explicit PluginService(Backend& backend)
      : backend_(backend),
        changes_(backend.plugins, backend.datasets, backend.config.plugins.admins) {}

  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* GetPlugin(Context* context, const v1::GetPluginRequest* request,
                     v1::Plugin* response) override;
  Reactor* ListPlugins(Context* context, const v1::ListPluginsRequest* request,
                       v1::ListPluginsResponse* response) override;
  Reactor* GetShadowReport(Context* context, const v1::GetShadowReportRequest* request,
                           v1::ShadowReport* response) override;
  Reactor* ListPluginRevisions(Context* context, const v1::ListPluginRevisionsRequest* request,
                               v1::ListPluginRevisionsResponse* response) override;

  grpc::ServerReadReactor<grpc::ByteBuffer>* InstallPlugin(Context* context,
                                                           grpc::ByteBuffer* response) override;
  Reactor* EnablePlugin(Context* context, const v1::EnablePluginRequest* request,
                        v1::Plugin* response) override;
  Reactor* DisablePlugin(Context* context, const v1::DisablePluginRequest* request,
                         v1::Plugin* response) override;
  Reactor* UninstallPlugin(Context* context, const v1::UninstallPluginRequest* request,
                           v1::Plugin* response) override;
  Reactor* ReloadPlugin(Context* context, const v1::ReloadPluginRequest* request,
                        v1::Plugin* response) override;
  Reactor* RollbackPlugin(Context* context, const v1::RollbackPluginRequest* request,
                          v1::Plugin* response) override;
  Reactor* PromotePlugin(Context* context, const v1::PromotePluginRequest* request,
                         v1::Plugin* response) override;
  Reactor* DiscardShadow(Context* context, const v1::DiscardShadowRequest* request,
                         v1::Plugin* response) override;

 private:
  using Apply = absl::AnyInvocable<absl::StatusOr<kpis::PluginView>(
      const std::string& id, const kpis::Change& change, const store::StopFn& stop)>;

  // All changes of one plugin by its name.
  template <typename Request>
  Reactor* Change(Context* context, const char* method, PluginReasons reasons,
                  const Request* request, v1::Plugin* response, Apply apply);

  Backend& backend_;
  PluginChanges changes_;
};

}  // namespace keyscore::rpc
