// keyscore.v1.DatasetService.
#pragma once

#include "absl/status/status.h"
#include "keyscore/v1/dataset_service.grpc.pb.h"
#include "rpc/backend.h"

namespace keyscore::rpc {

class DatasetService final : public v1::DatasetService::CallbackService {
 public:
  explicit DatasetService(Backend& backend) : backend_(backend) {}

  grpc::ServerUnaryReactor* GetDataset(grpc::CallbackServerContext* context,
                                       const v1::GetDatasetRequest* request,
                                       v1::Dataset* response) override;
  grpc::ServerUnaryReactor* ListDatasets(grpc::CallbackServerContext* context,
                                         const v1::ListDatasetsRequest* request,
                                         v1::ListDatasetsResponse* response) override;
  grpc::ServerUnaryReactor* CreateDataset(grpc::CallbackServerContext* context,
                                          const v1::CreateDatasetRequest* request,
                                          v1::Dataset* response) override;

 private:
  absl::Status Get(const v1::GetDatasetRequest& request, v1::Dataset& response);
  absl::Status List(const v1::ListDatasetsRequest& request, v1::ListDatasetsResponse& response);
  absl::Status Create(const v1::CreateDatasetRequest& request, v1::Dataset& response);

  Backend& backend_;
};

}  // namespace keyscore::rpc
