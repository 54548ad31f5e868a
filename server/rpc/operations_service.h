// google.longrunning.Operations: work that goes on after the call that began it.
#pragma once

#include <atomic>
#include <cstdint>

#include "google/longrunning/operations.grpc.pb.h"
#include "rpc/backend.h"

namespace keyscore::rpc {

class OperationsService final : public google::longrunning::Operations::CallbackService {
 public:
  explicit OperationsService(Backend& backend) : backend_(backend) {}

  grpc::ServerUnaryReactor* ListOperations(
      grpc::CallbackServerContext* context,
      const google::longrunning::ListOperationsRequest* request,
      google::longrunning::ListOperationsResponse* response) override;
  grpc::ServerUnaryReactor* GetOperation(grpc::CallbackServerContext* context,
                                         const google::longrunning::GetOperationRequest* request,
                                         google::longrunning::Operation* response) override;
  grpc::ServerUnaryReactor* DeleteOperation(
      grpc::CallbackServerContext* context,
      const google::longrunning::DeleteOperationRequest* request,
      google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* CancelOperation(
      grpc::CallbackServerContext* context,
      const google::longrunning::CancelOperationRequest* request,
      google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* WaitOperation(grpc::CallbackServerContext* context,
                                          const google::longrunning::WaitOperationRequest* request,
                                          google::longrunning::Operation* response) override;

 private:
  Backend& backend_;
  std::atomic<int64_t> waits_ = 0;  // calls of WaitOperation under way
};

}  // namespace keyscore::rpc
