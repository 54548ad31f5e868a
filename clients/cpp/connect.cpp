// Makes a client: the channel with its credentials, its limits and its retries.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "transport.h"

namespace keyscore::client {
namespace {

constexpr size_t kMaxUserBytes = 150;

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file)
    return absl::NotFoundError(
        absl::StrCat("the certificate file ", path, " can't be read; check its path and mode"));
  return content;
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> Credentials(
    const std::optional<TlsOptions>& tls) {
  if (!tls.has_value()) return grpc::InsecureChannelCredentials();
  if (tls->certificate_file.empty() != tls->private_key_file.empty()) {
    return absl::InvalidArgumentError(
        "a client certificate and its private key are given both or not at all");
  }
  grpc::SslCredentialsOptions options;
  for (const auto& [path, target] :
       {std::pair{&tls->root_certificates_file, &options.pem_root_certs},
        std::pair{&tls->certificate_file, &options.pem_cert_chain},
        std::pair{&tls->private_key_file, &options.pem_private_key}}) {
    if (path->empty()) continue;
    absl::StatusOr<std::string> content = ReadFile(*path);
    if (!content.ok()) return content.status();
    *target = *std::move(content);
  }
  return grpc::SslCredentials(options);
}

absl::Status CheckAddress(const std::string& address) {
  if (absl::StartsWith(address, "unix:") || absl::StrContains(address, "://")) {
    return absl::OkStatus();
  }
  const size_t colon = address.rfind(':');
  int port = 0;
  if (colon != std::string::npos && colon > 0 &&
      absl::SimpleAtoi(address.substr(colon + 1), &port) && port > 0 && port < 65536) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", address, "' is no server address; give host:port, such as 127.0.0.1:7443"));
}

// gRPC would fail every call with other letters, and say nothing of why.
absl::Status CheckUser(const std::string& user) {
  const bool printable = std::all_of(user.begin(), user.end(), absl::ascii_isprint);
  if (printable && user.size() <= kMaxUserBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "the user can't be sent; give printable ASCII of at most ", kMaxUserBytes, " letters"));
}

}  // namespace

std::string ServiceConfig(const ConnectOptions& options) {
  // Only calls that read: a write that got lost may have been done.
  static constexpr std::pair<const char*, const char*> kIdempotent[] = {
      {"ScorecardService", nullptr},
      {"KpiService", nullptr},
      {"PluginService", "GetPlugin"},
      {"PluginService", "ListPlugins"},
      {"PluginService", "GetShadowReport"},
      {"PluginService", "ListPluginRevisions"},
      {"AuditService", nullptr},
      {"WeightingService", "GetWeightProfile"},
      {"WeightingService", "ListWeightProfiles"},
      {"WeightingService", "ResolveWeights"},
      {"DatasetService", "GetDataset"},
      {"DatasetService", "ListDatasets"},
      {"FactService", "ListFacts"},
      {"DirectoryService", "GetOrganization"},
      {"DirectoryService", "GetManager"},
      {"DirectoryService", "ListManagers"},
      {"DirectoryService", "GetAccount"},
      {"DirectoryService", "ListAccounts"},
      {"DirectoryService", "GetTeam"},
      {"DirectoryService", "ListTeams"},
      {"DirectoryService", "GetContact"},
      {"DirectoryService", "ListContacts"},
      {"DirectoryService", "GetOwnership"},
      {"DirectoryService", "ListOwnerships"},
  };
  if (options.max_attempts < 2) return "{}";
  std::vector<std::string> names;
  for (const auto& [service, method] : kIdempotent) {
    names.push_back(
        method == nullptr
            ? absl::StrFormat(R"({"service":"keyscore.v1.%s"})", service)
            : absl::StrFormat(R"({"service":"keyscore.v1.%s","method":"%s"})", service, method));
  }
  return absl::StrFormat(
      R"({"methodConfig":[{"name":[%s],"retryPolicy":{"maxAttempts":%d,"initialBackoff":"0.1s",)"
      R"("maxBackoff":"2s","backoffMultiplier":2,"retryableStatusCodes":["UNAVAILABLE"]}}]})",
      absl::StrJoin(names, ","), options.max_attempts);
}

Client::Transport::Transport(std::shared_ptr<grpc::Channel> to, const ConnectOptions& with)
    : options(with),
      channel(std::move(to)),
      operations(google::longrunning::Operations::NewStub(channel)),
      audit(v1::AuditService::NewStub(channel)),
      scorecards(v1::ScorecardService::NewStub(channel)),
      kpis(v1::KpiService::NewStub(channel)),
      datasets(v1::DatasetService::NewStub(channel)),
      facts(v1::FactService::NewStub(channel)),
      plugins(v1::PluginService::NewStub(channel)),
      weighting(v1::WeightingService::NewStub(channel)),
      directory(v1::DirectoryService::NewStub(channel)) {}

void Client::Transport::SetDeadline(grpc::ClientContext& context, absl::Duration timeout) {
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(timeout));
}

void Client::Transport::PrepareChange(grpc::ClientContext& context, absl::Duration timeout) const {
  SetDeadline(context, timeout);
  if (!options.user.empty()) context.AddMetadata("keyscore-user", options.user);
}

absl::Status Client::Transport::Translate(const grpc::Status& status,
                                          absl::Duration timeout) const {
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    if (channel->GetState(false) != GRPC_CHANNEL_READY) {
      return absl::UnavailableError(
          absl::StrCat("no connection within ", absl::FormatDuration(timeout)));
    }
    return MakeStatus(
        status.error_code(),
        absl::StrCat("the server did not answer within ", absl::FormatDuration(timeout)),
        status.error_details());
  }
  return MakeStatus(status.error_code(), status.error_message(), status.error_details());
}

absl::StatusOr<std::unique_ptr<Client>> Connect(const std::string& address,
                                                const ConnectOptions& options) {
  if (absl::Status status = CheckAddress(address); !status.ok()) return status;
  if (absl::Status status = CheckUser(options.user); !status.ok()) return status;
  auto credentials = Credentials(options.tls);
  if (!credentials.ok()) return credentials.status();

  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetMaxSendMessageSize(kMaxMessageBytes);
  arguments.SetServiceConfigJSON(ServiceConfig(options));
  // A server that comes back is noticed within a second or so, not after gRPC's usual two minutes.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  if (!options.user_agent.empty()) arguments.SetUserAgentPrefix(options.user_agent);
  if (options.tls.has_value() && !options.tls->server_name.empty()) {
    arguments.SetSslTargetNameOverride(options.tls->server_name);
  }
  auto transport = std::make_unique<Client::Transport>(
      grpc::CreateCustomChannel(address, *credentials, arguments), options);
  return std::unique_ptr<Client>(new Client(address, std::move(transport)));
}

}  // namespace keyscore::client
