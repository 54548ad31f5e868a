// Puts the services behind the listeners.
#include "rpc/rpc_server.h"

#include <fmt/format.h>
#include <grpc/support/log.h>
#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/server_builder.h>

#include <utility>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "rpc/audit_service.h"
#include "rpc/dataset_service.h"
#include "rpc/directory_service.h"
#include "rpc/fact_service.h"
#include "rpc/fault.h"
#include "rpc/kpi_service.h"
#include "rpc/listen_fault.h"
#include "rpc/operations_service.h"
#include "rpc/plugin_service.h"
#include "rpc/scorecard_service.h"
#include "rpc/weighting_service.h"
#include "security/listener_credentials.h"
#include "telemetry/log.h"

namespace keyscore::rpc {
namespace {

void LogOfGrpc(gpr_log_func_args* args) {
  const telemetry::Level level = args->severity == GPR_LOG_SEVERITY_ERROR
                                     ? telemetry::Level::kWarning
                                     : telemetry::Level::kDebug;
  telemetry::Log(level, fmt::format("grpc: {}", args->message));
}

// While the server starts, what goes wrong is said once, by us.
void LogOfGrpcStarting(gpr_log_func_args* args) {
  telemetry::LogDebug(fmt::format("grpc: {}", args->message));
}

// Linking the reflection library is enough to be served by it, so switching it off takes it out
// again.
class WithoutReflection : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    std::erase_if(*plugins, [](const auto& plugin) {
      return dynamic_cast<grpc::reflection::ProtoServerReflectionPlugin*>(plugin.get()) != nullptr;
    });
  }
};

std::string WithPort(const std::string& address, int port) {
  if (address.starts_with("unix:")) return address;
  return fmt::format("{}:{}", address.substr(0, address.rfind(':')), port);
}

}  // namespace

class RpcServer::Services {
 public:
  explicit Services(Backend& backend)
      : scorecards(backend),
        kpis(backend),
        datasets(backend),
        facts(backend),
        directory(backend),
        plugins(backend),
        audit(backend),
        weighting(backend),
        operations(backend) {}

  std::vector<grpc::Service*> All() {
    return {&scorecards, &kpis,  &datasets,  &facts,     &directory,
            &plugins,    &audit, &weighting, &operations};
  }

 private:
  ScorecardService scorecards;
  KpiService kpis;
  DatasetService datasets;
  FactService facts;
  DirectoryService directory;
  PluginService plugins;
  AuditService audit;
  WeightingService weighting;
  OperationsService operations;
};

RpcServer::RpcServer(Backend& backend)
    : backend_(backend),
      services_(std::make_unique<Services>(backend)),
      plugin_health_(std::make_shared<PluginHealth>(backend.plugins)) {}

RpcServer::~RpcServer() { Drain(absl::ZeroDuration()); }

absl::StatusOr<std::unique_ptr<RpcServer>> RpcServer::Start(Backend& backend) {
  const config::Config& config = backend.config;
  // Abseil as Debian builds it looks for cycles among all locks at every lock, gRPC's own included.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  gpr_set_log_function(LogOfGrpcStarting);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  if (config.channelz) grpc::channelz::experimental::InitChannelzService();

  std::unique_ptr<RpcServer> made(new RpcServer(backend));
  backend.plugins.SetObserver([health = made->plugin_health_, changed = backend.registry_changed] {
    health->Update();
    if (changed) changed();
  });
  grpc::ServerBuilder builder;
  if (!config.reflection) builder.SetOption(std::make_unique<WithoutReflection>());
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, config.channelz ? 1 : 0);
  // Else a second server could listen on the same port, and each would get half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.SetMaxReceiveMessageSize(static_cast<int>(config.limits.max_message_bytes));
  std::vector<int> ports(config.listeners.size());
  for (size_t i = 0; i < config.listeners.size(); ++i) {
    auto credentials = security::ListenerCredentials(config.listeners[i]);
    if (!credentials.ok()) return credentials.status();
    builder.AddListeningPort(config.listeners[i].address, *std::move(credentials), &ports[i]);
  }
  for (grpc::Service* service : made->services_->All()) builder.RegisterService(service);
  made->server_ = builder.BuildAndStart();
  for (size_t i = 0; i < ports.size(); ++i) {
    const std::string& address = config.listeners[i].address;
    if (made->server_ == nullptr || ports[i] == 0) {
      absl::Status fault = ListenFault(config.listeners[i]);
      if (!fault.ok()) return fault;
      continue;
    }
    made->addresses_.push_back(WithPort(address, ports[i]));
  }
  if (made->server_ == nullptr || made->addresses_.size() != ports.size()) {
    return absl::UnavailableError("can't listen on the configured addresses");
  }
  gpr_set_log_function(LogOfGrpc);
  made->SetServing(true);
  if (auto* const health = made->server_->GetHealthCheckService()) {
    made->plugin_health_->Start(health);
  }
  return made;
}

void RpcServer::SetServing(bool serving) {
  grpc::HealthCheckServiceInterface* const health = server_->GetHealthCheckService();
  if (health == nullptr) return;
  health->SetServingStatus(serving);  // the server as a whole, and all that follow when it ends
  for (const char* service :
       {v1::ScorecardService::service_full_name(), v1::KpiService::service_full_name(),
        v1::DatasetService::service_full_name(), v1::FactService::service_full_name(),
        v1::DirectoryService::service_full_name(), v1::PluginService::service_full_name(),
        v1::AuditService::service_full_name(), v1::WeightingService::service_full_name(),
        google::longrunning::Operations::service_full_name()}) {
    health->SetServingStatus(service, serving);
  }
}

void RpcServer::Drain(absl::Duration patience) {
  if (server_ == nullptr) return;
  SetServing(false);
  plugin_health_->Stop();
  server_->Shutdown(absl::ToChronoTime(absl::Now() + patience));
  server_->Wait();
  server_.reset();
}

}  // namespace keyscore::rpc
