// What lies under a Client: the channel, the stubs, and the one way in which a call is made.
// Private to the library; includes gRPC so that its users needn't.
#pragma once

#include <chrono>
#include <memory>

#include <grpcpp/grpcpp.h>

#include "keyscore/client/client.h"
#include "keyscore/client/error.h"
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

  // Calls one unary method of a stub, with the deadline.
  template <typename Service, typename Request, typename Response>
  absl::StatusOr<Response> Call(Service* stub,
                                grpc::Status (Service::*method)(grpc::ClientContext*,
                                                                const Request&, Response*),
                                const Request& request) {
    grpc::ClientContext context;
    SetDeadline(context, options.timeout);
    Response response;
    const grpc::Status status = (stub->*method)(&context, request, &response);
    if (!status.ok()) return Translate(status, options.timeout);
    return response;
  }

  static void SetDeadline(grpc::ClientContext& context, absl::Duration timeout);

  // In the words of this library; a deadline that passed before there was a connection becomes
  // UNAVAILABLE, since that is what the caller has to do something about.
  absl::Status Translate(const grpc::Status& status, absl::Duration timeout) const;

  const ConnectOptions options;
  const std::shared_ptr<grpc::Channel> channel;
  const std::unique_ptr<v1::ScorecardService::Stub> scorecards;
  const std::unique_ptr<v1::KpiService::Stub> kpis;
  const std::unique_ptr<v1::DatasetService::Stub> datasets;
  const std::unique_ptr<v1::FactService::Stub> facts;
  const std::unique_ptr<v1::PluginService::Stub> plugins;
  const std::unique_ptr<v1::WeightingService::Stub> weighting;
  const std::unique_ptr<v1::DirectoryService::Stub> directory;
};

}  // namespace keyscore::client
