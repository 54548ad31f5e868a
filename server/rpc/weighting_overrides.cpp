// Exceptions for one subject and one KPI.
#include <optional>
#include <utility>
#include <vector>

#include "rpc/fault.h"
#include "rpc/page_token.h"
#include "rpc/resource_name.h"
#include "rpc/weighting_fault.h"
#include "rpc/weighting_methods.h"
#include "weighting/profile_proto.h"

namespace keyscore::rpc {
namespace {

constexpr char kCollection[] = "scoreOverrides";
constexpr char kMessage[] = "score_override";

absl::Status Finish(const Backend& backend, const std::string& id,
                    const absl::StatusOr<weighting::ScoreOverride>& exception,
                    v1::ScoreOverride& response, std::string_view prefix = "") {
  if (!exception.ok()) {
    return LedgerFault(backend.weights, kScoreOverrides, id, exception.status(), prefix);
  }
  response = weighting::ToProto(*exception);
  return absl::OkStatus();
}

// NOT_FOUND (SUBJECT_NOT_FOUND) for somebody whom the directory has never heard of.
absl::Status CheckSubject(const Backend& backend, const weighting::ScoreOverride& exception,
                          const store::StopFn& stop) {
  const absl::StatusOr<int64_t> watermark = backend.store.Watermark();
  if (!watermark.ok()) return watermark.status();
  const auto directory = backend.directory.At(*watermark, stop);
  if (!directory.ok()) return directory.status();
  const absl::CivilDay day = exception.start_date;
  const measures::Period period{.expression = "",
                                .from_day = day,
                                .to_day = day + 1,
                                .from = backend.calendar.StartOf(day),
                                .to = backend.calendar.StartOf(day + 1)};
  return (*directory)
      ->Find({exception.subject_kind, exception.subject_id}, period, backend.calendar,
             backend.config.organization_display_name)
      .status();
}

}  // namespace

absl::Status Answer(const Backend& backend, const v1::GetScoreOverrideRequest& request,
                    v1::ScoreOverride& response) {
  const auto id = ParseName("name", kCollection, request.name());
  if (!id.ok()) return id.status();
  return Finish(backend, *id, backend.weights.GetOverride(*id), response);
}

absl::Status Answer(const Backend& backend, const v1::ListScoreOverridesRequest& request,
                    v1::ListScoreOverridesResponse& response) {
  std::optional<SubjectName> subject;
  if (!request.subject().empty()) {
    auto parsed = ParseSubject("subject", request.subject());
    if (!parsed.ok()) return parsed.status();
    subject = *std::move(parsed);
  }
  std::vector<weighting::ScoreOverride> listed = backend.weights.ListOverrides();
  std::erase_if(listed, [&](const weighting::ScoreOverride& exception) {
    return subject.has_value() &&
           *subject != SubjectName{exception.subject_kind, exception.subject_id};
  });
  auto page = PageOf(request, request.page_size(), request.page_token(), listed.size());
  if (!page.ok()) return page.status();
  for (size_t i = page->begin; i < page->end; ++i) {
    *response.add_score_overrides() = weighting::ToProto(listed[i]);
  }
  response.set_next_page_token(std::move(page->next_page_token));
  return absl::OkStatus();
}

absl::Status Perform(const Backend& backend, const v1::CreateScoreOverrideRequest& request,
                     const Change& change, v1::ScoreOverride& response, const store::StopFn& stop) {
  const std::string& id = request.score_override_id();
  if (!id.empty()) {
    const auto named = ParseName("score_override_id", kCollection, MakeName(kCollection, id));
    if (!named.ok()) return named.status();
  }
  Change reasoned = change;
  reasoned.reason = request.score_override().reason();
  if (absl::Status status = CheckReason("score_override.reason", reasoned.reason); !status.ok()) {
    return status;
  }
  weighting::Faults unread;
  weighting::ScoreOverride exception =
      weighting::ContentFromProto(request.score_override(), Today(backend), unread);
  exception.id = id;
  if (!unread.empty()) {
    weighting::Faults checked = weighting::CheckScoreOverride(exception);
    if (id.empty()) {  // which is for the ledger to choose
      std::erase_if(checked, [](const weighting::Fault& fault) { return fault.field == "name"; });
    }
    return InvalidWeights(Together(std::move(unread), checked), kMessage);
  }
  if (absl::Status status = CheckSubject(backend, exception, stop); !status.ok()) return status;
  return Finish(
      backend, id,
      backend.weights.CreateOverride(exception, reasoned, *backend.plugins.registry().Snapshot()),
      response, kMessage);
}

absl::Status Perform(const Backend& backend, const v1::ApproveScoreOverrideRequest& request,
                     const Change& change, v1::ScoreOverride& response) {
  const auto id = ParseName("name", kCollection, request.name());
  if (!id.ok()) return id.status();
  return Finish(backend, *id, backend.weights.ApproveOverride(*id, change), response);
}

absl::Status Perform(const Backend& backend, const v1::RevokeScoreOverrideRequest& request,
                     const Change& change, v1::ScoreOverride& response) {
  const auto id = ParseName("name", kCollection, request.name());
  if (!id.ok()) return id.status();
  const auto date = ParseOptionalDay(backend, "revoke_date", request.revoke_date());
  if (!date.ok()) return date.status();
  return Finish(backend, *id, backend.weights.RevokeOverride(*id, *date, change), response);
}

}  // namespace keyscore::rpc
