// The typed calls: each names its stub and its method, nothing more.
#include "keyscore/client/client.h"

#include <utility>

#include "transport.h"

namespace keyscore::client {

Client::Client(std::string address, std::unique_ptr<Transport> transport)
    : address_(std::move(address)), transport_(std::move(transport)) {}

Client::~Client() = default;

// A unary method: KEYSCORE_CALL(stub, Service, Method, Request, Response).
#define KEYSCORE_CALL(stub, Service, Method, Request, Response)                           \
  absl::StatusOr<v1::Response> Client::Method(const v1::Request& request) {               \
    return transport_->Call(transport_->stub.get(), &v1::Service::Stub::Method, request); \
  }

KEYSCORE_CALL(scorecards, ScorecardService, GetScorecard, GetScorecardRequest, Scorecard)
KEYSCORE_CALL(scorecards, ScorecardService, BatchGetScorecards, BatchGetScorecardsRequest,
              BatchGetScorecardsResponse)
KEYSCORE_CALL(scorecards, ScorecardService, ListScorecards, ListScorecardsRequest,
              ListScorecardsResponse)
KEYSCORE_CALL(scorecards, ScorecardService, ExplainKpiResult, ExplainKpiResultRequest,
              KpiExplanation)

KEYSCORE_CALL(kpis, KpiService, GetKpi, GetKpiRequest, Kpi)
KEYSCORE_CALL(kpis, KpiService, ListKpis, ListKpisRequest, ListKpisResponse)

KEYSCORE_CALL(datasets, DatasetService, GetDataset, GetDatasetRequest, Dataset)
KEYSCORE_CALL(datasets, DatasetService, ListDatasets, ListDatasetsRequest, ListDatasetsResponse)
KEYSCORE_CALL(datasets, DatasetService, CreateDataset, CreateDatasetRequest, Dataset)

KEYSCORE_CALL(facts, FactService, ListFacts, ListFactsRequest, ListFactsResponse)

KEYSCORE_CALL(plugins, PluginService, GetPlugin, GetPluginRequest, Plugin)
KEYSCORE_CALL(plugins, PluginService, ListPlugins, ListPluginsRequest, ListPluginsResponse)

KEYSCORE_CALL(weighting, WeightingService, GetWeightProfile, GetWeightProfileRequest, WeightProfile)
KEYSCORE_CALL(weighting, WeightingService, ListWeightProfiles, ListWeightProfilesRequest,
              ListWeightProfilesResponse)
KEYSCORE_CALL(weighting, WeightingService, ResolveWeights, ResolveWeightsRequest, WeightResolution)

KEYSCORE_CALL(directory, DirectoryService, GetOrganization, GetOrganizationRequest, Organization)
KEYSCORE_CALL(directory, DirectoryService, GetManager, GetManagerRequest, Manager)
KEYSCORE_CALL(directory, DirectoryService, ListManagers, ListManagersRequest, ListManagersResponse)
KEYSCORE_CALL(directory, DirectoryService, BatchUpsertManagers, BatchUpsertManagersRequest,
              BatchUpsertManagersResponse)
KEYSCORE_CALL(directory, DirectoryService, GetAccount, GetAccountRequest, Account)
KEYSCORE_CALL(directory, DirectoryService, ListAccounts, ListAccountsRequest, ListAccountsResponse)
KEYSCORE_CALL(directory, DirectoryService, BatchUpsertAccounts, BatchUpsertAccountsRequest,
              BatchUpsertAccountsResponse)
KEYSCORE_CALL(directory, DirectoryService, GetTeam, GetTeamRequest, Team)
KEYSCORE_CALL(directory, DirectoryService, ListTeams, ListTeamsRequest, ListTeamsResponse)
KEYSCORE_CALL(directory, DirectoryService, BatchUpsertTeams, BatchUpsertTeamsRequest,
              BatchUpsertTeamsResponse)
KEYSCORE_CALL(directory, DirectoryService, GetContact, GetContactRequest, Contact)
KEYSCORE_CALL(directory, DirectoryService, ListContacts, ListContactsRequest, ListContactsResponse)
KEYSCORE_CALL(directory, DirectoryService, BatchUpsertContacts, BatchUpsertContactsRequest,
              BatchUpsertContactsResponse)
KEYSCORE_CALL(directory, DirectoryService, GetOwnership, GetOwnershipRequest, Ownership)
KEYSCORE_CALL(directory, DirectoryService, ListOwnerships, ListOwnershipsRequest,
              ListOwnershipsResponse)
KEYSCORE_CALL(directory, DirectoryService, BatchUpsertOwnerships, BatchUpsertOwnershipsRequest,
              BatchUpsertOwnershipsResponse)

#undef KEYSCORE_CALL

absl::StatusOr<v1::AppendFactsResponse> Client::AppendFacts(
    const std::vector<v1::AppendFactsRequest>& batches) {
  grpc::ClientContext context;
  Transport::SetDeadline(context, transport_->options.append_timeout);
  v1::AppendFactsResponse response;
  auto stream = transport_->facts->AppendFacts(&context, &response);
  for (const v1::AppendFactsRequest& batch : batches) {
    if (!stream->Write(batch)) break;  // Finish() says why
  }
  stream->WritesDone();
  if (const grpc::Status status = stream->Finish(); !status.ok()) {
    return transport_->Translate(status, transport_->options.append_timeout);
  }
  return response;
}

absl::StatusOr<v1::AppendFactsResponse> Client::AppendFacts(const v1::AppendFactsRequest& batch) {
  grpc::ClientContext context;
  Transport::SetDeadline(context, transport_->options.append_timeout);
  v1::AppendFactsResponse response;
  auto stream = transport_->facts->AppendFacts(&context, &response);
  stream->WriteLast(batch, grpc::WriteOptions());  // Finish() says why where it fails
  if (const grpc::Status status = stream->Finish(); !status.ok()) {
    return transport_->Translate(status, transport_->options.append_timeout);
  }
  return response;
}

absl::Status Client::WaitUntilConnected(absl::Duration timeout) {
  const auto deadline = std::chrono::system_clock::now() + absl::ToChronoMilliseconds(timeout);
  if (transport_->channel->WaitForConnected(deadline)) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("no connection to ", address_, " within ", absl::FormatDuration(timeout)));
}

}  // namespace keyscore::client
