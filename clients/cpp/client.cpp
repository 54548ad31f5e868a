// The typed calls: each names its stub and its method; those that stream send their parts.
#include "keyscore/client/client.h"

#include <openssl/evp.h>

#include <array>
#include <utility>

#include "absl/strings/escaping.h"
#include "transport.h"

namespace keyscore::client {
namespace {

// Hex; empty where OpenSSL has no SHA-256, and the server then compares nothing.
std::string Sha256Hex(std::string_view content) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  if (EVP_Digest(content.data(), content.size(), digest.data(), &size, EVP_sha256(), nullptr) !=
      1) {
    return "";
  }
  return absl::BytesToHexString({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace

Client::Client(std::string address, std::unique_ptr<Transport> transport)
    : address_(std::move(address)), transport_(std::move(transport)) {}

Client::~Client() = default;

// A unary method that reads: KEYSCORE_READ(stub, Service, Method, Request, Response).
#define KEYSCORE_READ(stub, Service, Method, Request, Response)                           \
  absl::StatusOr<v1::Response> Client::Method(const v1::Request& request) {               \
    return transport_->Read(transport_->stub.get(), &v1::Service::Stub::Method, request); \
  }

// One that changes something, with the option that is its time limit.
#define KEYSCORE_CHANGE(stub, Service, Method, Request, Response, limit)                   \
  absl::StatusOr<v1::Response> Client::Method(const v1::Request& request) {                \
    return transport_->Change(transport_->stub.get(), &v1::Service::Stub::Method, request, \
                              transport_->options.limit);                                  \
  }

KEYSCORE_READ(scorecards, ScorecardService, GetScorecard, GetScorecardRequest, Scorecard)
KEYSCORE_READ(scorecards, ScorecardService, BatchGetScorecards, BatchGetScorecardsRequest,
              BatchGetScorecardsResponse)
KEYSCORE_READ(scorecards, ScorecardService, ListScorecards, ListScorecardsRequest,
              ListScorecardsResponse)
KEYSCORE_READ(scorecards, ScorecardService, ExplainKpiResult, ExplainKpiResultRequest,
              KpiExplanation)

KEYSCORE_READ(kpis, KpiService, GetKpi, GetKpiRequest, Kpi)
KEYSCORE_READ(kpis, KpiService, ListKpis, ListKpisRequest, ListKpisResponse)

KEYSCORE_READ(datasets, DatasetService, GetDataset, GetDatasetRequest, Dataset)
KEYSCORE_READ(datasets, DatasetService, ListDatasets, ListDatasetsRequest, ListDatasetsResponse)
KEYSCORE_CHANGE(datasets, DatasetService, CreateDataset, CreateDatasetRequest, Dataset, timeout)

KEYSCORE_READ(facts, FactService, ListFacts, ListFactsRequest, ListFactsResponse)

KEYSCORE_READ(plugins, PluginService, GetPlugin, GetPluginRequest, Plugin)
KEYSCORE_READ(plugins, PluginService, ListPlugins, ListPluginsRequest, ListPluginsResponse)
KEYSCORE_READ(plugins, PluginService, GetShadowReport, GetShadowReportRequest, ShadowReport)
KEYSCORE_READ(plugins, PluginService, ListPluginRevisions, ListPluginRevisionsRequest,
              ListPluginRevisionsResponse)
KEYSCORE_CHANGE(plugins, PluginService, EnablePlugin, EnablePluginRequest, Plugin, plugin_timeout)
KEYSCORE_CHANGE(plugins, PluginService, DisablePlugin, DisablePluginRequest, Plugin, plugin_timeout)
KEYSCORE_CHANGE(plugins, PluginService, UninstallPlugin, UninstallPluginRequest, Plugin,
                plugin_timeout)
KEYSCORE_CHANGE(plugins, PluginService, ReloadPlugin, ReloadPluginRequest, Plugin, plugin_timeout)
KEYSCORE_CHANGE(plugins, PluginService, RollbackPlugin, RollbackPluginRequest, Plugin,
                plugin_timeout)
KEYSCORE_CHANGE(plugins, PluginService, PromotePlugin, PromotePluginRequest, Plugin, plugin_timeout)
KEYSCORE_CHANGE(plugins, PluginService, DiscardShadow, DiscardShadowRequest, Plugin, plugin_timeout)

KEYSCORE_READ(audit, AuditService, ListAuditEntries, ListAuditEntriesRequest,
              ListAuditEntriesResponse)
KEYSCORE_READ(audit, AuditService, VerifyAuditLog, VerifyAuditLogRequest, VerifyAuditLogResponse)

KEYSCORE_READ(weighting, WeightingService, GetWeightProfile, GetWeightProfileRequest, WeightProfile)
KEYSCORE_READ(weighting, WeightingService, ListWeightProfiles, ListWeightProfilesRequest,
              ListWeightProfilesResponse)
KEYSCORE_READ(weighting, WeightingService, ListWeightProfileRevisions,
              ListWeightProfileRevisionsRequest, ListWeightProfileRevisionsResponse)
KEYSCORE_READ(weighting, WeightingService, CompareWeightProfileRevisions,
              CompareWeightProfileRevisionsRequest, CompareWeightProfileRevisionsResponse)
KEYSCORE_READ(weighting, WeightingService, GetTargetSeries, GetTargetSeriesRequest, TargetSeries)
KEYSCORE_READ(weighting, WeightingService, ListTargetSeries, ListTargetSeriesRequest,
              ListTargetSeriesResponse)
KEYSCORE_READ(weighting, WeightingService, ListTargetSeriesRevisions,
              ListTargetSeriesRevisionsRequest, ListTargetSeriesRevisionsResponse)
KEYSCORE_READ(weighting, WeightingService, CompareTargetSeriesRevisions,
              CompareTargetSeriesRevisionsRequest, CompareTargetSeriesRevisionsResponse)
KEYSCORE_READ(weighting, WeightingService, GetScoreOverride, GetScoreOverrideRequest, ScoreOverride)
KEYSCORE_READ(weighting, WeightingService, ListScoreOverrides, ListScoreOverridesRequest,
              ListScoreOverridesResponse)
KEYSCORE_READ(weighting, WeightingService, ResolveWeights, ResolveWeightsRequest, WeightResolution)
KEYSCORE_READ(weighting, WeightingService, ExplainResolution, ExplainResolutionRequest,
              ResolutionExplanation)
KEYSCORE_READ(weighting, WeightingService, ValidateWeights, ValidateWeightsRequest,
              ValidateWeightsResponse)
KEYSCORE_READ(weighting, WeightingService, ExportWeights, ExportWeightsRequest, WeightSet)
KEYSCORE_CHANGE(weighting, WeightingService, LintWeights, LintWeightsRequest, LintWeightsResponse,
                analysis_timeout)
KEYSCORE_CHANGE(weighting, WeightingService, CreateWeightProfile, CreateWeightProfileRequest,
                WeightProfile, timeout)
KEYSCORE_CHANGE(weighting, WeightingService, UpdateWeightProfile, UpdateWeightProfileRequest,
                WeightProfile, timeout)
KEYSCORE_CHANGE(weighting, WeightingService, DeleteWeightProfile, DeleteWeightProfileRequest,
                WeightProfile, timeout)
KEYSCORE_CHANGE(weighting, WeightingService, ApproveWeightProfile, ApproveWeightProfileRequest,
                WeightProfile, timeout)
KEYSCORE_CHANGE(weighting, WeightingService, PublishWeightProfile, PublishWeightProfileRequest,
                WeightProfile, timeout)
KEYSCORE_CHANGE(weighting, WeightingService, RollbackWeightProfile, RollbackWeightProfileRequest,
                WeightProfile, timeout)
KEYSCORE_CHANGE(weighting, WeightingService, DiscardWeightDraft, DiscardWeightDraftRequest,
                WeightProfile, timeout)
KEYSCORE_CHANGE(weighting, WeightingService, ReviewWeightProfile, ReviewWeightProfileRequest,
                WeightProfile, timeout)
KEYSCORE_CHANGE(weighting, WeightingService, CreateTargetSeries, CreateTargetSeriesRequest,
                TargetSeries, timeout)
KEYSCORE_CHANGE(weighting, WeightingService, UpdateTargetSeries, UpdateTargetSeriesRequest,
                TargetSeries, timeout)
KEYSCORE_CHANGE(weighting, WeightingService, DeleteTargetSeries, DeleteTargetSeriesRequest,
                TargetSeries, timeout)
KEYSCORE_CHANGE(weighting, WeightingService, ApproveTargetSeries, ApproveTargetSeriesRequest,
                TargetSeries, timeout)
KEYSCORE_CHANGE(weighting, WeightingService, CreateScoreOverride, CreateScoreOverrideRequest,
                ScoreOverride, timeout)
KEYSCORE_CHANGE(weighting, WeightingService, ApproveScoreOverride, ApproveScoreOverrideRequest,
                ScoreOverride, timeout)
KEYSCORE_CHANGE(weighting, WeightingService, RevokeScoreOverride, RevokeScoreOverrideRequest,
                ScoreOverride, timeout)
KEYSCORE_CHANGE(weighting, WeightingService, ApplyWeights, ApplyWeightsRequest,
                ApplyWeightsResponse, timeout)

KEYSCORE_READ(directory, DirectoryService, GetOrganization, GetOrganizationRequest, Organization)
KEYSCORE_READ(directory, DirectoryService, GetManager, GetManagerRequest, Manager)
KEYSCORE_READ(directory, DirectoryService, ListManagers, ListManagersRequest, ListManagersResponse)
KEYSCORE_CHANGE(directory, DirectoryService, BatchUpsertManagers, BatchUpsertManagersRequest,
                BatchUpsertManagersResponse, timeout)
KEYSCORE_READ(directory, DirectoryService, GetAccount, GetAccountRequest, Account)
KEYSCORE_READ(directory, DirectoryService, ListAccounts, ListAccountsRequest, ListAccountsResponse)
KEYSCORE_CHANGE(directory, DirectoryService, BatchUpsertAccounts, BatchUpsertAccountsRequest,
                BatchUpsertAccountsResponse, timeout)
KEYSCORE_READ(directory, DirectoryService, GetTeam, GetTeamRequest, Team)
KEYSCORE_READ(directory, DirectoryService, ListTeams, ListTeamsRequest, ListTeamsResponse)
KEYSCORE_CHANGE(directory, DirectoryService, BatchUpsertTeams, BatchUpsertTeamsRequest,
                BatchUpsertTeamsResponse, timeout)
KEYSCORE_READ(directory, DirectoryService, GetContact, GetContactRequest, Contact)
KEYSCORE_READ(directory, DirectoryService, ListContacts, ListContactsRequest, ListContactsResponse)
KEYSCORE_CHANGE(directory, DirectoryService, BatchUpsertContacts, BatchUpsertContactsRequest,
                BatchUpsertContactsResponse, timeout)
KEYSCORE_READ(directory, DirectoryService, GetOwnership, GetOwnershipRequest, Ownership)
KEYSCORE_READ(directory, DirectoryService, ListOwnerships, ListOwnershipsRequest,
              ListOwnershipsResponse)
KEYSCORE_CHANGE(directory, DirectoryService, BatchUpsertOwnerships, BatchUpsertOwnershipsRequest,
                BatchUpsertOwnershipsResponse, timeout)

absl::StatusOr<google::longrunning::Operation> Client::PreviewWeights(
    const v1::PreviewWeightsRequest& request) {
  return transport_->Change(transport_->weighting.get(),
                            &v1::WeightingService::Stub::PreviewWeights, request,
                            transport_->options.timeout);
}

absl::StatusOr<google::longrunning::Operation> Client::GetOperation(const std::string& name) {
  google::longrunning::GetOperationRequest request;
  request.set_name(name);
  return transport_->Read(transport_->operations.get(),
                          &google::longrunning::Operations::Stub::GetOperation, request);
}

absl::Status Client::CancelOperation(const std::string& name) {
  google::longrunning::CancelOperationRequest request;
  request.set_name(name);
  return transport_
      ->Change(transport_->operations.get(),
               &google::longrunning::Operations::Stub::CancelOperation, request,
               transport_->options.timeout)
      .status();
}

absl::Status Client::DeleteOperation(const std::string& name) {
  google::longrunning::DeleteOperationRequest request;
  request.set_name(name);
  return transport_
      ->Change(transport_->operations.get(),
               &google::longrunning::Operations::Stub::DeleteOperation, request,
               transport_->options.timeout)
      .status();
}

absl::StatusOr<google::longrunning::Operation> Client::WaitOperation(const std::string& name,
                                                                     absl::Duration wait) {
  google::longrunning::WaitOperationRequest request;
  request.set_name(name);
  const int64_t millis = absl::ToInt64Milliseconds(wait);
  request.mutable_timeout()->set_seconds(millis / 1000);
  request.mutable_timeout()->set_nanos(static_cast<int32_t>(millis % 1000 * 1'000'000));
  // Its answer may take as long as it was asked to wait.
  return transport_->Change(transport_->operations.get(),
                            &google::longrunning::Operations::Stub::WaitOperation, request,
                            wait + transport_->options.timeout);
}

#undef KEYSCORE_CHANGE
#undef KEYSCORE_READ

absl::StatusOr<v1::AppendFactsResponse> Client::AppendFacts(
    const std::vector<v1::AppendFactsRequest>& batches) {
  grpc::ClientContext context;
  transport_->PrepareChange(context, transport_->options.append_timeout);
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
  transport_->PrepareChange(context, transport_->options.append_timeout);
  v1::AppendFactsResponse response;
  auto stream = transport_->facts->AppendFacts(&context, &response);
  stream->WriteLast(batch, grpc::WriteOptions());  // Finish() says why where it fails
  if (const grpc::Status status = stream->Finish(); !status.ok()) {
    return transport_->Translate(status, transport_->options.append_timeout);
  }
  return response;
}

absl::StatusOr<v1::InstallPluginResponse> Client::InstallPlugin(
    const v1::InstallPluginRequest::Header& header, std::string_view content) {
  grpc::ClientContext context;
  transport_->PrepareChange(context, transport_->options.plugin_timeout);
  v1::InstallPluginResponse response;
  auto stream = transport_->plugins->InstallPlugin(&context, &response);
  v1::InstallPluginRequest part;
  *part.mutable_header() = header;
  if (header.sha256().empty() && !header.from_directory()) {
    // So that an upload that breaks off is never taken for a whole file.
    part.mutable_header()->set_sha256(Sha256Hex(content));
  }
  bool taken = stream->Write(part);  // where it fails, Finish() says why
  while (taken && !content.empty()) {
    const std::string_view chunk = content.substr(0, kInstallChunkBytes);
    part.set_content(std::string(chunk));
    taken = stream->Write(part);
    content.remove_prefix(chunk.size());
  }
  stream->WritesDone();
  if (const grpc::Status status = stream->Finish(); !status.ok()) {
    return transport_->Translate(status, transport_->options.plugin_timeout);
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
