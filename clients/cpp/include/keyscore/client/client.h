// The client of a Keyscore server: one typed call a method of the API.
//
//   auto client = keyscore::client::Connect("127.0.0.1:7443", {});
//   keyscore::v1::GetScorecardRequest request;
//   request.set_name("managers/anna-snelling/scorecards/2017-Q3");
//   absl::StatusOr<keyscore::v1::Scorecard> card = (*client)->GetScorecard(request);
//
// Every call has a deadline (ConnectOptions::timeout). Calls that only read are tried again with
// exponential back-off while the server is UNAVAILABLE; calls that write are not (a FactWriter
// retries appends, which is safe because a replay changes nothing). All functions may be called
// from any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/longrunning/operations.pb.h"
#include "keyscore/v1/audit_service.pb.h"
#include "keyscore/v1/dataset_service.pb.h"
#include "keyscore/v1/directory_service.pb.h"
#include "keyscore/v1/fact_service.pb.h"
#include "keyscore/v1/kpi_service.pb.h"
#include "keyscore/v1/plugin_service.pb.h"
#include "keyscore/v1/scorecard_service.pb.h"
#include "keyscore/v1/weighting_service.pb.h"

namespace keyscore::client {

// Messages of up to this many bytes are sent and taken.
inline constexpr int kMaxMessageBytes = 64 * 1024 * 1024;

// A library is sent in pieces of this many bytes.
inline constexpr size_t kInstallChunkBytes = 1024 * 1024;

// Files are PEM. Without root_certificates the system's are used; certificate and key are for
// servers that ask clients for one, and are given both or not at all.
struct TlsOptions {
  std::string root_certificates_file;
  std::string certificate_file;
  std::string private_key_file;
  std::string
      server_name;  // expected in the server's certificate, where it differs from the address
};

struct ConnectOptions {
  std::optional<TlsOptions> tls;  // absent = plain text
  absl::Duration timeout = absl::Seconds(30);
  // For one AppendFacts call, which waits for the disk.
  absl::Duration append_timeout = absl::Minutes(5);
  // For one change of the plugins: a library is tried before it is taken, and the server gives that
  // up to 5 minutes.
  absl::Duration plugin_timeout = absl::Minutes(6);
  // For LintWeights, which looks at the figures of everybody.
  absl::Duration analysis_timeout = absl::Minutes(5);
  // Who asks, sent as metadata `keyscore-user` with calls that change something; printable ASCII,
  // at most 150 letters. A server that asks for no certificate notes it as unverified.
  std::string user;
  int max_attempts = 4;    // of a call that only reads, 1 to 5
  std::string user_agent;  // prepended to gRPC's own
};

class Client {
 public:
  virtual ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  const std::string& address() const { return address_; }

  // Waits for a connection. UNAVAILABLE when there is none after `timeout`.
  absl::Status WaitUntilConnected(absl::Duration timeout);

  absl::StatusOr<v1::Scorecard> GetScorecard(const v1::GetScorecardRequest& request);
  absl::StatusOr<v1::BatchGetScorecardsResponse> BatchGetScorecards(
      const v1::BatchGetScorecardsRequest& request);
  absl::StatusOr<v1::ListScorecardsResponse> ListScorecards(
      const v1::ListScorecardsRequest& request);
  absl::StatusOr<v1::KpiExplanation> ExplainKpiResult(const v1::ExplainKpiResultRequest& request);

  absl::StatusOr<v1::Kpi> GetKpi(const v1::GetKpiRequest& request);
  absl::StatusOr<v1::ListKpisResponse> ListKpis(const v1::ListKpisRequest& request);

  absl::StatusOr<v1::Dataset> GetDataset(const v1::GetDatasetRequest& request);
  absl::StatusOr<v1::ListDatasetsResponse> ListDatasets(const v1::ListDatasetsRequest& request);
  absl::StatusOr<v1::Dataset> CreateDataset(const v1::CreateDatasetRequest& request);

  // One stream with these batches, in order. See FactWriter for many.
  absl::StatusOr<v1::AppendFactsResponse> AppendFacts(
      const std::vector<v1::AppendFactsRequest>& batches);
  absl::StatusOr<v1::AppendFactsResponse> AppendFacts(const v1::AppendFactsRequest& batch);
  absl::StatusOr<v1::ListFactsResponse> ListFacts(const v1::ListFactsRequest& request);

  absl::StatusOr<v1::Plugin> GetPlugin(const v1::GetPluginRequest& request);
  absl::StatusOr<v1::ListPluginsResponse> ListPlugins(const v1::ListPluginsRequest& request);
  absl::StatusOr<v1::ShadowReport> GetShadowReport(const v1::GetShadowReportRequest& request);
  absl::StatusOr<v1::ListPluginRevisionsResponse> ListPluginRevisions(
      const v1::ListPluginRevisionsRequest& request);
  // Sends the file's bytes in order after the header, with their SHA-256 where the header has none.
  // `content` is empty where the header says from_directory. A refusal is INVALID_ARGUMENT, every
  // reason on a line of its own.
  absl::StatusOr<v1::InstallPluginResponse> InstallPlugin(
      const v1::InstallPluginRequest::Header& header, std::string_view content);
  absl::StatusOr<v1::Plugin> EnablePlugin(const v1::EnablePluginRequest& request);
  absl::StatusOr<v1::Plugin> DisablePlugin(const v1::DisablePluginRequest& request);
  absl::StatusOr<v1::Plugin> UninstallPlugin(const v1::UninstallPluginRequest& request);
  absl::StatusOr<v1::Plugin> ReloadPlugin(const v1::ReloadPluginRequest& request);
  absl::StatusOr<v1::Plugin> RollbackPlugin(const v1::RollbackPluginRequest& request);
  absl::StatusOr<v1::Plugin> PromotePlugin(const v1::PromotePluginRequest& request);
  absl::StatusOr<v1::Plugin> DiscardShadow(const v1::DiscardShadowRequest& request);

  absl::StatusOr<v1::ListAuditEntriesResponse> ListAuditEntries(
      const v1::ListAuditEntriesRequest& request);
  absl::StatusOr<v1::VerifyAuditLogResponse> VerifyAuditLog(
      const v1::VerifyAuditLogRequest& request);

  absl::StatusOr<v1::WeightProfile> GetWeightProfile(const v1::GetWeightProfileRequest& request);
  absl::StatusOr<v1::ListWeightProfilesResponse> ListWeightProfiles(
      const v1::ListWeightProfilesRequest& request);
  absl::StatusOr<v1::ListWeightProfileRevisionsResponse> ListWeightProfileRevisions(
      const v1::ListWeightProfileRevisionsRequest& request);
  absl::StatusOr<v1::CompareWeightProfileRevisionsResponse> CompareWeightProfileRevisions(
      const v1::CompareWeightProfileRevisionsRequest& request);
  absl::StatusOr<v1::TargetSeries> GetTargetSeries(const v1::GetTargetSeriesRequest& request);
  absl::StatusOr<v1::ListTargetSeriesResponse> ListTargetSeries(
      const v1::ListTargetSeriesRequest& request);
  absl::StatusOr<v1::ListTargetSeriesRevisionsResponse> ListTargetSeriesRevisions(
      const v1::ListTargetSeriesRevisionsRequest& request);
  absl::StatusOr<v1::CompareTargetSeriesRevisionsResponse> CompareTargetSeriesRevisions(
      const v1::CompareTargetSeriesRevisionsRequest& request);
  absl::StatusOr<v1::ScoreOverride> GetScoreOverride(const v1::GetScoreOverrideRequest& request);
  absl::StatusOr<v1::ListScoreOverridesResponse> ListScoreOverrides(
      const v1::ListScoreOverridesRequest& request);
  absl::StatusOr<v1::WeightResolution> ResolveWeights(const v1::ResolveWeightsRequest& request);
  absl::StatusOr<v1::ResolutionExplanation> ExplainResolution(
      const v1::ExplainResolutionRequest& request);
  absl::StatusOr<v1::ValidateWeightsResponse> ValidateWeights(
      const v1::ValidateWeightsRequest& request);
  absl::StatusOr<v1::WeightSet> ExportWeights(const v1::ExportWeightsRequest& request);
  absl::StatusOr<v1::LintWeightsResponse> LintWeights(const v1::LintWeightsRequest& request);
  absl::StatusOr<v1::WeightProfile> CreateWeightProfile(
      const v1::CreateWeightProfileRequest& request);
  absl::StatusOr<v1::WeightProfile> UpdateWeightProfile(
      const v1::UpdateWeightProfileRequest& request);
  absl::StatusOr<v1::WeightProfile> DeleteWeightProfile(
      const v1::DeleteWeightProfileRequest& request);
  absl::StatusOr<v1::WeightProfile> ApproveWeightProfile(
      const v1::ApproveWeightProfileRequest& request);
  absl::StatusOr<v1::WeightProfile> PublishWeightProfile(
      const v1::PublishWeightProfileRequest& request);
  absl::StatusOr<v1::WeightProfile> RollbackWeightProfile(
      const v1::RollbackWeightProfileRequest& request);
  absl::StatusOr<v1::WeightProfile> DiscardWeightDraft(
      const v1::DiscardWeightDraftRequest& request);
  absl::StatusOr<v1::WeightProfile> ReviewWeightProfile(
      const v1::ReviewWeightProfileRequest& request);
  absl::StatusOr<v1::TargetSeries> CreateTargetSeries(const v1::CreateTargetSeriesRequest& request);
  absl::StatusOr<v1::TargetSeries> UpdateTargetSeries(const v1::UpdateTargetSeriesRequest& request);
  absl::StatusOr<v1::TargetSeries> DeleteTargetSeries(const v1::DeleteTargetSeriesRequest& request);
  absl::StatusOr<v1::TargetSeries> ApproveTargetSeries(
      const v1::ApproveTargetSeriesRequest& request);
  absl::StatusOr<v1::ScoreOverride> CreateScoreOverride(
      const v1::CreateScoreOverrideRequest& request);
  absl::StatusOr<v1::ScoreOverride> ApproveScoreOverride(
      const v1::ApproveScoreOverrideRequest& request);
  absl::StatusOr<v1::ScoreOverride> RevokeScoreOverride(
      const v1::RevokeScoreOverrideRequest& request);
  absl::StatusOr<v1::ApplyWeightsResponse> ApplyWeights(const v1::ApplyWeightsRequest& request);
  // Begins a preview; WaitOperation gives its end. Metadata is v1::PreviewProgress, the response a
  // v1::WeightPreview.
  absl::StatusOr<google::longrunning::Operation> PreviewWeights(
      const v1::PreviewWeightsRequest& request);

  absl::StatusOr<google::longrunning::Operation> GetOperation(const std::string& name);
  // The operation once it is done, or as it is after `wait`.
  absl::StatusOr<google::longrunning::Operation> WaitOperation(const std::string& name,
                                                               absl::Duration wait);
  absl::Status CancelOperation(const std::string& name);
  absl::Status DeleteOperation(const std::string& name);

  absl::StatusOr<v1::Organization> GetOrganization(const v1::GetOrganizationRequest& request);
  absl::StatusOr<v1::Manager> GetManager(const v1::GetManagerRequest& request);
  absl::StatusOr<v1::ListManagersResponse> ListManagers(const v1::ListManagersRequest& request);
  absl::StatusOr<v1::BatchUpsertManagersResponse> BatchUpsertManagers(
      const v1::BatchUpsertManagersRequest& request);
  absl::StatusOr<v1::Account> GetAccount(const v1::GetAccountRequest& request);
  absl::StatusOr<v1::ListAccountsResponse> ListAccounts(const v1::ListAccountsRequest& request);
  absl::StatusOr<v1::BatchUpsertAccountsResponse> BatchUpsertAccounts(
      const v1::BatchUpsertAccountsRequest& request);
  absl::StatusOr<v1::Team> GetTeam(const v1::GetTeamRequest& request);
  absl::StatusOr<v1::ListTeamsResponse> ListTeams(const v1::ListTeamsRequest& request);
  absl::StatusOr<v1::BatchUpsertTeamsResponse> BatchUpsertTeams(
      const v1::BatchUpsertTeamsRequest& request);
  absl::StatusOr<v1::Contact> GetContact(const v1::GetContactRequest& request);
  absl::StatusOr<v1::ListContactsResponse> ListContacts(const v1::ListContactsRequest& request);
  absl::StatusOr<v1::BatchUpsertContactsResponse> BatchUpsertContacts(
      const v1::BatchUpsertContactsRequest& request);
  absl::StatusOr<v1::Ownership> GetOwnership(const v1::GetOwnershipRequest& request);
  absl::StatusOr<v1::ListOwnershipsResponse> ListOwnerships(
      const v1::ListOwnershipsRequest& request);
  absl::StatusOr<v1::BatchUpsertOwnershipsResponse> BatchUpsertOwnerships(
      const v1::BatchUpsertOwnershipsRequest& request);

 private:
  struct Transport;  // channel and stubs
  friend absl::StatusOr<std::unique_ptr<Client>> Connect(const std::string& address,
                                                         const ConnectOptions& options);
  Client(std::string address, std::unique_ptr<Transport> transport);

  const std::string address_;
  const std::unique_ptr<Transport> transport_;
};

// Makes a client of the server at `address` ("host:port", "[::1]:7443", "unix:/run/keyscore.sock").
// Doesn't wait for a connection. INVALID_ARGUMENT for an address without a port, for options that
// contradict each other, or a user that can't be sent; NOT_FOUND when a certificate file can't be
// read.
absl::StatusOr<std::unique_ptr<Client>> Connect(const std::string& address,
                                                const ConnectOptions& options);

// gRPC's service config for these options: which calls are retried, and how. Shown for tests.
std::string ServiceConfig(const ConnectOptions& options);

}  // namespace keyscore::client
