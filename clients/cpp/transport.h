// What lies under a Client: the channel, the stubs, and the two ways in which a call is made.
// Private to the library; includes gRPC so that its users needn't.
#pragma once

#include <chrono>
#include <memory>

#include <grpcpp/grpcpp.h>

#include "google/longrunning/operations.grpc.pb.h"
#include "keyscore/client/client.h"
#include "keyscore/client/error.h"
#include "keyscore/v1/audit_service.grpc.pb.h"
#include "keyscore/v1/dataset_service.grpc.pb.h"
#include "keyscore/v1/directory_service.grpc.pb.h"
#include "keyscore/v1/fact_service.grpc.pb.h"
#include "keyscore/v1/kpi_service.grpc.pb.h"
#include "keyscore/v1/plugin_service.grpc.pb.h"
#include "keyscore/v1/scorecard_service.grpc.pb.h"
#include "keyscore/v1/weighting_service.grpc.pb.h"

namespace keyscore::client {

struct Client::Transport {
  Transport(std::shared_ptr<grpc::Channel> to, const ConnectOptions& with);

  template <typename Service, typename Request, typename Response>
  using Method = grpc::Status (Service::*)(grpc::ClientContext*, const Request&, Response*);

  // Calls one unary method of a stub that only reads, with the deadline.
  template <typename Service, typename Request, typename Response>
  absl::StatusOr<Response> Read(Service* stub, Method<Service, Request, Response> method,
                                const Request& request) const {
    grpc::ClientContext context;
    SetDeadline(context, options.timeout);
    return Call(stub, method, request, context, options.timeout);
  }

  // Calls one that changes something: the server is told who asks.
  template <typename Service, typename Request, typename Response>
  absl::StatusOr<Response> Change(Service* stub, Method<Service, Request, Response> method,
                                  const Request& request, absl::Duration timeout) const {
    grpc::ClientContext context;
    PrepareChange(context, timeout);
    return Call(stub, method, request, context, timeout);
  }

  void PrepareChange(grpc::ClientContext& context, absl::Duration timeout) const;
  static void SetDeadline(grpc::ClientContext& context, absl::Duration timeout);

  // In the words of this library; a deadline that passed before there was a connection becomes
  // UNAVAILABLE, since that is what the caller has to do something about.
  absl::Status Translate(const grpc::Status& status, absl::Duration timeout) const;

  const ConnectOptions options;
  const std::shared_ptr<grpc::Channel> channel;
  const std::unique_ptr<google::longrunning::Operations::Stub> operations;
  const std::unique_ptr<v1::AuditService::Stub> audit;
  const std::unique_ptr<v1::ScorecardService::Stub> scorecards;
  const std::unique_ptr<v1::KpiService::Stub> kpis;
  const std::unique_ptr<v1::DatasetService::Stub> datasets;
  const std::unique_ptr<v1::FactService::Stub> facts;
  const std::unique_ptr<v1::PluginService::Stub> plugins;
  const std::unique_ptr<v1::WeightingService::Stub> weighting;
  const std::unique_ptr<v1::DirectoryService::Stub> directory;

 private:
  template <typename Service, typename Request, typename Response>
  absl::StatusOr<Response> Call(Service* stub, Method<Service, Request, Response> method,
                                const Request& request, grpc::ClientContext& context,
                                absl::Duration timeout) const {
    Response response;
    const grpc::Status status = (stub->*method)(&context, request, &response);
    if (!status.ok()) return Translate(status, timeout);
    return response;
  }
};

}  // namespace keyscore::client
