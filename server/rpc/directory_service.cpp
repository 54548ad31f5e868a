// Five resources, three methods each, by the templates of directory_methods.h and
// directory_upsert.h.
#include "rpc/directory_service.h"

#include <fmt/format.h>

#include "rpc/convert.h"
#include "rpc/directory_methods.h"
#include "rpc/directory_upsert.h"
#include "rpc/fault.h"

namespace keyscore::rpc {

absl::Status DirectoryService::Organization(const v1::GetOrganizationRequest& request,
                                            v1::Organization& response, const Call& call) {
  if (request.name() != "organization") {
    return InvalidField("name", "there is one only: organization", "INVALID_RESOURCE_NAME");
  }
  const absl::StatusOr<View> view = ViewNow(backend_, call);
  if (!view.ok()) return view.status();
  response.set_name("organization");
  response.set_display_name(backend_.config.organization_display_name);
  *response.mutable_calendar() = ToProto(backend_.calendar);
  response.set_manager_count(static_cast<int64_t>(view->directory->manager_count()));
  response.set_account_count(static_cast<int64_t>(view->directory->account_count()));
  response.set_team_count(static_cast<int64_t>(view->directory->team_count()));
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* DirectoryService::GetOrganization(
    grpc::CallbackServerContext* context, const v1::GetOrganizationRequest* request,
    v1::Organization* response) {
  return backend_.calls.Unary(context, "GetOrganization", [=, this](const Call& call) {
    return Organization(*request, *response, call);
  });
}

grpc::ServerUnaryReactor* DirectoryService::GetManager(grpc::CallbackServerContext* context,
                                                       const v1::GetManagerRequest* request,
                                                       v1::Manager* response) {
  return backend_.calls.Unary(context, "GetManager", [=, this](const Call& call) {
    return GetResource<ManagerResource>(backend_, request->name(), *response, call);
  });
}

grpc::ServerUnaryReactor* DirectoryService::ListManagers(grpc::CallbackServerContext* context,
                                                         const v1::ListManagersRequest* request,
                                                         v1::ListManagersResponse* response) {
  return backend_.calls.Unary(context, "ListManagers", [=, this](const Call& call) {
    return ListResources<ManagerResource>(backend_, *request, *response->mutable_managers(),
                                          *response, call);
  });
}

grpc::ServerUnaryReactor* DirectoryService::BatchUpsertManagers(
    grpc::CallbackServerContext* context, const v1::BatchUpsertManagersRequest* request,
    v1::BatchUpsertManagersResponse* response) {
  return backend_.calls.Unary(context, "BatchUpsertManagers", [=, this](const Call& call) {
    return UpsertResources<ManagerResource>(backend_, request->managers(), request->validate_only(),
                                            *response->mutable_managers(), *response, call);
  });
}

grpc::ServerUnaryReactor* DirectoryService::GetAccount(grpc::CallbackServerContext* context,
                                                       const v1::GetAccountRequest* request,
                                                       v1::Account* response) {
  return backend_.calls.Unary(context, "GetAccount", [=, this](const Call& call) {
    return GetResource<AccountResource>(backend_, request->name(), *response, call);
  });
}

grpc::ServerUnaryReactor* DirectoryService::ListAccounts(grpc::CallbackServerContext* context,
                                                         const v1::ListAccountsRequest* request,
                                                         v1::ListAccountsResponse* response) {
  return backend_.calls.Unary(context, "ListAccounts", [=, this](const Call& call) {
    return ListResources<AccountResource>(backend_, *request, *response->mutable_accounts(),
                                          *response, call);
  });
}

grpc::ServerUnaryReactor* DirectoryService::BatchUpsertAccounts(
    grpc::CallbackServerContext* context, const v1::BatchUpsertAccountsRequest* request,
    v1::BatchUpsertAccountsResponse* response) {
  return backend_.calls.Unary(context, "BatchUpsertAccounts", [=, this](const Call& call) {
    return UpsertResources<AccountResource>(backend_, request->accounts(), request->validate_only(),
                                            *response->mutable_accounts(), *response, call);
  });
}

grpc::ServerUnaryReactor* DirectoryService::GetTeam(grpc::CallbackServerContext* context,
                                                    const v1::GetTeamRequest* request,
                                                    v1::Team* response) {
  return backend_.calls.Unary(context, "GetTeam", [=, this](const Call& call) {
    return GetResource<TeamResource>(backend_, request->name(), *response, call);
  });
}

grpc::ServerUnaryReactor* DirectoryService::ListTeams(grpc::CallbackServerContext* context,
                                                      const v1::ListTeamsRequest* request,
                                                      v1::ListTeamsResponse* response) {
  return backend_.calls.Unary(context, "ListTeams", [=, this](const Call& call) {
    return ListResources<TeamResource>(backend_, *request, *response->mutable_teams(), *response,
                                       call);
  });
}

grpc::ServerUnaryReactor* DirectoryService::BatchUpsertTeams(
    grpc::CallbackServerContext* context, const v1::BatchUpsertTeamsRequest* request,
    v1::BatchUpsertTeamsResponse* response) {
  return backend_.calls.Unary(context, "BatchUpsertTeams", [=, this](const Call& call) {
    return UpsertResources<TeamResource>(backend_, request->teams(), request->validate_only(),
                                         *response->mutable_teams(), *response, call);
  });
}

grpc::ServerUnaryReactor* DirectoryService::GetContact(grpc::CallbackServerContext* context,
                                                       const v1::GetContactRequest* request,
                                                       v1::Contact* response) {
  return backend_.calls.Unary(context, "GetContact", [=, this](const Call& call) {
    return GetResource<ContactResource>(backend_, request->name(), *response, call);
  });
}

grpc::ServerUnaryReactor* DirectoryService::ListContacts(grpc::CallbackServerContext* context,
                                                         const v1::ListContactsRequest* request,
                                                         v1::ListContactsResponse* response) {
  return backend_.calls.Unary(context, "ListContacts", [=, this](const Call& call) {
    return ListResources<ContactResource>(backend_, *request, *response->mutable_contacts(),
                                          *response, call);
  });
}

grpc::ServerUnaryReactor* DirectoryService::BatchUpsertContacts(
    grpc::CallbackServerContext* context, const v1::BatchUpsertContactsRequest* request,
    v1::BatchUpsertContactsResponse* response) {
  return backend_.calls.Unary(context, "BatchUpsertContacts", [=, this](const Call& call) {
    return UpsertResources<ContactResource>(backend_, request->contacts(), request->validate_only(),
                                            *response->mutable_contacts(), *response, call);
  });
}

grpc::ServerUnaryReactor* DirectoryService::GetOwnership(grpc::CallbackServerContext* context,
                                                         const v1::GetOwnershipRequest* request,
                                                         v1::Ownership* response) {
  return backend_.calls.Unary(context, "GetOwnership", [=, this](const Call& call) {
    return GetResource<OwnershipResource>(backend_, request->name(), *response, call);
  });
}

grpc::ServerUnaryReactor* DirectoryService::ListOwnerships(grpc::CallbackServerContext* context,
                                                           const v1::ListOwnershipsRequest* request,
                                                           v1::ListOwnershipsResponse* response) {
  return backend_.calls.Unary(context, "ListOwnerships", [=, this](const Call& call) {
    return ListResources<OwnershipResource>(backend_, *request, *response->mutable_ownerships(),
                                            *response, call);
  });
}

grpc::ServerUnaryReactor* DirectoryService::BatchUpsertOwnerships(
    grpc::CallbackServerContext* context, const v1::BatchUpsertOwnershipsRequest* request,
    v1::BatchUpsertOwnershipsResponse* response) {
  return backend_.calls.Unary(context, "BatchUpsertOwnerships", [=, this](const Call& call) {
    return UpsertResources<OwnershipResource>(backend_, request->ownerships(),
                                              request->validate_only(),
                                              *response->mutable_ownerships(), *response, call);
  });
}

}  // namespace keyscore::rpc
