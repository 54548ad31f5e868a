// The audit log, backwards.
#include "rpc/audit_service.h"

#include <algorithm>
#include <string>
#include <utility>

#include "rpc/convert_time.h"
#include "rpc/page_token.h"
#include "rpc/resource_name.h"

namespace keyscore::rpc {
namespace {

// It reads everything that was ever configured.
constexpr absl::Duration kVerifyLimit = absl::Minutes(5);

v1::AuditEntry ToProto(const store::AuditEntry& entry) {
  v1::AuditEntry message;
  message.set_name(MakeName("auditEntries", std::to_string(entry.number)));
  message.set_number(entry.number);
  *message.mutable_time() = rpc::ToProto(entry.time);
  message.set_author(entry.author);
  message.set_action(entry.action);
  message.set_resource(entry.resource);
  message.set_reason(entry.reason);
  for (const auto& [name, value] : entry.details) (*message.mutable_details())[name] = value;
  message.set_previous_hash(entry.previous_hash);
  message.set_hash(entry.hash);
  return message;
}

}  // namespace

absl::Status PageOfAudit(std::vector<store::AuditEntry> entries,
                         const v1::ListAuditEntriesRequest& request,
                         v1::ListAuditEntriesResponse& response) {
  const auto size = PageSize(request.page_size());
  if (!size.ok()) return size.status();
  auto position = ReadPageToken(request, request.page_token());
  if (!position.ok()) return position.status();
  std::reverse(entries.begin(), entries.end());
  for (const store::AuditEntry& entry : entries) {
    if (position->offset != 0 && entry.number >= position->offset) continue;
    if (response.audit_entries_size() == *size) {
      position->offset = response.audit_entries(*size - 1).number();
      response.set_next_page_token(MakePageToken(request, *position));
      break;
    }
    *response.add_audit_entries() = ToProto(entry);
  }
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* AuditService::ListAuditEntries(grpc::CallbackServerContext* context,
                                                         const v1::ListAuditEntriesRequest* request,
                                                         v1::ListAuditEntriesResponse* response) {
  return backend_.calls.Unary(context, "ListAuditEntries", [=, this](const Call&) -> absl::Status {
    auto entries = store::ListAudit(backend_.store, request->resource());
    if (!entries.ok()) return entries.status();
    return PageOfAudit(*std::move(entries), *request, *response);
  });
}

grpc::ServerUnaryReactor* AuditService::VerifyAuditLog(grpc::CallbackServerContext* context,
                                                       const v1::VerifyAuditLogRequest* /*request*/,
                                                       v1::VerifyAuditLogResponse* response) {
  return backend_.calls.UnaryWithin(kVerifyLimit, context, "VerifyAuditLog",
                                    [=, this](const Call&) -> absl::Status {
                                      auto found = store::VerifyStore(backend_.store);
                                      if (!found.ok()) return found.status();
                                      response->set_sound(found->findings.empty());
                                      response->set_entries(found->entries);
                                      response->set_documents(found->documents);
                                      for (std::string& finding : found->findings)
                                        response->add_findings(std::move(finding));
                                      response->set_head_hash(found->head_hash);
                                      return absl::OkStatus();
                                    });
}

}  // namespace keyscore::rpc
