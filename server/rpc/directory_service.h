// keyscore.v1.DirectoryService.
#pragma once

#include "absl/status/status.h"
#include "keyscore/v1/directory_service.grpc.pb.h"
#include "rpc/backend.h"

namespace keyscore::rpc {

class DirectoryService final : public v1::DirectoryService::CallbackService {
 public:
  explicit DirectoryService(Backend& backend) : backend_(backend) {}

  grpc::ServerUnaryReactor* GetOrganization(grpc::CallbackServerContext* context,
                                            const v1::GetOrganizationRequest* request,
                                            v1::Organization* response) override;

  grpc::ServerUnaryReactor* GetManager(grpc::CallbackServerContext* context,
                                       const v1::GetManagerRequest* request,
                                       v1::Manager* response) override;
  grpc::ServerUnaryReactor* ListManagers(grpc::CallbackServerContext* context,
                                         const v1::ListManagersRequest* request,
                                         v1::ListManagersResponse* response) override;
  grpc::ServerUnaryReactor* BatchUpsertManagers(grpc::CallbackServerContext* context,
                                                const v1::BatchUpsertManagersRequest* request,
                                                v1::BatchUpsertManagersResponse* response) override;

  grpc::ServerUnaryReactor* GetAccount(grpc::CallbackServerContext* context,
                                       const v1::GetAccountRequest* request,
                                       v1::Account* response) override;
  grpc::ServerUnaryReactor* ListAccounts(grpc::CallbackServerContext* context,
                                         const v1::ListAccountsRequest* request,
                                         v1::ListAccountsResponse* response) override;
  grpc::ServerUnaryReactor* BatchUpsertAccounts(grpc::CallbackServerContext* context,
                                                const v1::BatchUpsertAccountsRequest* request,
                                                v1::BatchUpsertAccountsResponse* response) override;

  grpc::ServerUnaryReactor* GetTeam(grpc::CallbackServerContext* context,
                                    const v1::GetTeamRequest* request, v1::Team* response) override;
  grpc::ServerUnaryReactor* ListTeams(grpc::CallbackServerContext* context,
                                      const v1::ListTeamsRequest* request,
                                      v1::ListTeamsResponse* response) override;
  grpc::ServerUnaryReactor* BatchUpsertTeams(grpc::CallbackServerContext* context,
                                             const v1::BatchUpsertTeamsRequest* request,
                                             v1::BatchUpsertTeamsResponse* response) override;

  grpc::ServerUnaryReactor* GetContact(grpc::CallbackServerContext* context,
                                       const v1::GetContactRequest* request,
                                       v1::Contact* response) override;
  grpc::ServerUnaryReactor* ListContacts(grpc::CallbackServerContext* context,
                                         const v1::ListContactsRequest* request,
                                         v1::ListContactsResponse* response) override;
  grpc::ServerUnaryReactor* BatchUpsertContacts(grpc::CallbackServerContext* context,
                                                const v1::BatchUpsertContactsRequest* request,
                                                v1::BatchUpsertContactsResponse* response) override;

  grpc::ServerUnaryReactor* GetOwnership(grpc::CallbackServerContext* context,
                                         const v1::GetOwnershipRequest* request,
                                         v1::Ownership* response) override;
  grpc::ServerUnaryReactor* ListOwnerships(grpc::CallbackServerContext* context,
                                           const v1::ListOwnershipsRequest* request,
                                           v1::ListOwnershipsResponse* response) override;
  grpc::ServerUnaryReactor* BatchUpsertOwnerships(
      grpc::CallbackServerContext* context, const v1::BatchUpsertOwnershipsRequest* request,
      v1::BatchUpsertOwnershipsResponse* response) override;

 private:
  absl::Status Organization(const v1::GetOrganizationRequest& request, v1::Organization& response,
                            const Call& call);

  Backend& backend_;
};

}  // namespace keyscore::rpc
