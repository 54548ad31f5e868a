// keyscore.v1.AuditService.
#pragma once

#include "keyscore/v1/audit_service.grpc.pb.h"
#include "rpc/backend.h"
#include "store/audit_log.h"

namespace keyscore::rpc {

class AuditService final : public v1::AuditService::CallbackService {
 public:
  explicit AuditService(Backend& backend) : backend_(backend) {}

  grpc::ServerUnaryReactor* ListAuditEntries(grpc::CallbackServerContext* context,
                                             const v1::ListAuditEntriesRequest* request,
                                             v1::ListAuditEntriesResponse* response) override;
  grpc::ServerUnaryReactor* VerifyAuditLog(grpc::CallbackServerContext* context,
                                           const v1::VerifyAuditLogRequest* request,
                                           v1::VerifyAuditLogResponse* response) override;

 private:
  Backend& backend_;
};

// A page of `entries` (oldest first), newest first. It goes on below the last number shown, so
// entries written meanwhile don't shift it.
absl::Status PageOfAudit(std::vector<store::AuditEntry> entries,
                         const v1::ListAuditEntriesRequest& request,
                         v1::ListAuditEntriesResponse& response);

}  // namespace keyscore::rpc
