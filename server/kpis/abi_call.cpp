// Codes to statuses, and checks of what goes in and comes out.
#include "kpis/abi_call.h"

#include <cmath>

#include "absl/strings/match.h"
#include "kpis/failure.h"

namespace keyscore::kpis {

absl::Status StatusOf(const std::string& kpi_id, std::string_view call,
                      const CallOutcome& outcome) {
  if (outcome.code == 0) return absl::OkStatus();
  // Most libraries name the KPI themselves.
  const std::string prefix = absl::StartsWith(outcome.message, kpi_id + ":") ? "" : kpi_id + ": ";
  const std::string message =
      outcome.message.empty() ? fmt::format("{} failed without a message", call) : outcome.message;
  constexpr auto kLastCode = static_cast<int32_t>(absl::StatusCode::kUnauthenticated);
  if (outcome.code < 0 || outcome.code > kLastCode) {
    return absl::InternalError(fmt::format("{}{} ({} returned {}, which is no google.rpc.Code)",
                                           prefix, message, call, outcome.code));
  }
  return absl::Status(static_cast<absl::StatusCode>(outcome.code), prefix + message);
}

absl::Status Named(const std::string& kpi_id, const absl::Status& status) {
  absl::Status named(status.code(), fmt::format("{}: {}", kpi_id, std::string(status.message())));
  status.ForEachPayload([&named](absl::string_view url, const absl::Cord& payload) {
    named.SetPayload(url, payload);
  });
  return named;
}

uint32_t AbiSubjectKind(store::SubjectKind kind) {
  switch (kind) {
    case store::SubjectKind::kManager:
      return KS_SUBJECT_MANAGER;
    case store::SubjectKind::kAccount:
      return KS_SUBJECT_ACCOUNT;
    case store::SubjectKind::kTeam:
      return KS_SUBJECT_TEAM;
    case store::SubjectKind::kOrganization:
      return KS_SUBJECT_ORGANIZATION;
  }
  return 0;
}

absl::Status CheckQuestion(const KpiDefinition& definition, const EvaluationContext& context,
                           const EvaluationBatch& batch) {
  const size_t inputs = definition.inputs.size();
  if (batch.columns.size() != inputs || batch.aggregates.size() != inputs) {
    return absl::InternalError(fmt::format("{}: {} input columns given, {} declared", definition.id,
                                           batch.columns.size(), inputs));
  }
  if (context.parameters.size() != definition.parameters.size()) {
    return absl::InternalError(fmt::format("{}: {} parameters given, {} declared", definition.id,
                                           context.parameters.size(),
                                           definition.parameters.size()));
  }
  return absl::OkStatus();
}

absl::Status CheckParameters(const KpiDefinition& definition,
                             const std::vector<double>& parameters) {
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (!std::isfinite(parameters[i])) {
      return absl::InternalError(fmt::format("{}: fit: parameter '{}' is not finite", definition.id,
                                             definition.parameters[i].name));
    }
  }
  return absl::OkStatus();
}

}  // namespace keyscore::kpis
