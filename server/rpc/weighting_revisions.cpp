// The histories of profiles and target series: their revisions, and what differs between two.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "rpc/convert.h"
#include "rpc/fault.h"
#include "rpc/resource_name.h"
#include "rpc/revision_page.h"
#include "rpc/weighting_fault.h"
#include "rpc/weighting_methods.h"
#include "weighting/compare.h"
#include "weighting/profile_proto.h"

namespace keyscore::rpc {
namespace {

// Of the resource `name`, oldest first; its id is left in `id`.
template <typename Revision>
absl::StatusOr<std::vector<Revision>> HistoryOf(
    const Backend& backend, const WeightResource& resource, const std::string& field,
    const std::string& name,
    absl::StatusOr<std::vector<Revision>> (weighting::Ledger::*history)(const std::string&) const,
    std::string& id) {
  const auto parsed = ParseName(field, resource.collection, name);
  if (!parsed.ok()) return parsed.status();
  id = *parsed;
  auto revisions = (backend.weights.*history)(id);
  if (!revisions.ok()) return LedgerFault(backend.weights, resource, id, revisions.status());
  return revisions;
}

template <typename Revision>
absl::StatusOr<const Revision*> Find(const std::vector<Revision>& history, const std::string& field,
                                     const std::string& name, int64_t revision) {
  if (revision < 0) return InvalidField(field, "must not be negative");
  for (const Revision& candidate : history) {
    if (candidate.revision == revision) return &candidate;
  }
  return NotFound("REVISION_NOT_FOUND",
                  fmt::format("{}: {} has no revision {}; the newest is {}", field, name, revision,
                              history.back().revision));
}

template <typename Revision, typename Response>
absl::Status CompareTwo(const std::vector<Revision>& history, const std::string& name,
                        int64_t first, int64_t second, Response& response) {
  const auto before = Find(history, "revision", name, first);
  if (!before.ok()) return before.status();
  const auto after = Find(history, "with_revision", name, second);
  if (!after.ok()) return after.status();
  response.set_revision(first);
  response.set_with_revision(second);
  for (const weighting::FieldChange& change :
       weighting::Compare((*before)->content, (*after)->content)) {
    *response.add_changes() = ToProto(change);
  }
  return absl::OkStatus();
}

v1::TargetSeries ServedTarget(const weighting::TargetSeries& series) {
  v1::TargetSeries message = weighting::ToProto(series);
  message.set_name(fmt::format("{}/revisions/{}", message.name(), series.revision));
  return message;
}

}  // namespace

absl::Status Answer(const Backend& backend, const v1::ListWeightProfileRevisionsRequest& request,
                    v1::ListWeightProfileRevisionsResponse& response) {
  std::string id;
  auto history = HistoryOf(backend, kWeightProfiles, "parent", request.parent(),
                           &weighting::Ledger::ProfileHistory, id);
  if (!history.ok()) return history.status();
  std::reverse(history->begin(), history->end());
  return FillRevisionPage(
      *history, request, response,
      [&](const weighting::WeightProfile& profile) { return ServedRevision(backend, profile); });
}

absl::Status Answer(const Backend& backend, const v1::CompareWeightProfileRevisionsRequest& request,
                    v1::CompareWeightProfileRevisionsResponse& response) {
  std::string id;
  const auto history = HistoryOf(backend, kWeightProfiles, "name", request.name(),
                                 &weighting::Ledger::ProfileHistory, id);
  if (!history.ok()) return history.status();
  int64_t first = request.revision();
  if (first == 0) first = backend.weights.RevisionOn(id, Today(backend));
  if (first == 0) {
    return WithReason(
        absl::FailedPreconditionError(fmt::format(
            "no revision of {} counts today; say which one to compare with", request.name())),
        "NOTHING_PUBLISHED");
  }
  const int64_t second =
      request.with_revision() == 0 ? history->back().revision : request.with_revision();
  return CompareTwo(*history, request.name(), first, second, response);
}

absl::Status Answer(const Backend& backend, const v1::ListTargetSeriesRevisionsRequest& request,
                    v1::ListTargetSeriesRevisionsResponse& response) {
  std::string id;
  auto history = HistoryOf(backend, kTargetSeries, "parent", request.parent(),
                           &weighting::Ledger::TargetHistory, id);
  if (!history.ok()) return history.status();
  std::reverse(history->begin(), history->end());
  return FillRevisionPage(*history, request, response, ServedTarget);
}

absl::Status Answer(const Backend& backend, const v1::CompareTargetSeriesRevisionsRequest& request,
                    v1::CompareTargetSeriesRevisionsResponse& response) {
  std::string id;
  const auto history = HistoryOf(backend, kTargetSeries, "name", request.name(),
                                 &weighting::Ledger::TargetHistory, id);
  if (!history.ok()) return history.status();
  const int64_t newest = history->back().revision;
  const int64_t second = request.with_revision() == 0 ? newest : request.with_revision();
  const int64_t first = request.revision() == 0 ? newest - 1 : request.revision();
  if (first == 0) {
    return WithReason(
        absl::FailedPreconditionError(fmt::format(
            "{} has one revision only, so there is nothing to compare it with", request.name())),
        "NOTHING_TO_COMPARE");
  }
  return CompareTwo(*history, request.name(), first, second, response);
}

}  // namespace keyscore::rpc
