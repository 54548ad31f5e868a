// Targets as dated series.
#include <set>
#include <utility>
#include <vector>

#include "rpc/field_mask.h"
#include "rpc/page_token.h"
#include "rpc/resource_name.h"
#include "rpc/weighting_fault.h"
#include "rpc/weighting_methods.h"
#include "weighting/profile_proto.h"

namespace keyscore::rpc {
namespace {

constexpr char kCollection[] = "targetSeries";
constexpr char kMessage[] = "target_series";

const std::set<std::string>& Writable() {
  static const auto* const fields =
      new std::set<std::string>{"kpi", "selector", "pacing", "points", "display_name"};
  return *fields;
}

absl::StatusOr<weighting::TargetContent> ReadContent(const std::string& id,
                                                     const v1::TargetSeries& message) {
  weighting::Faults unread;
  weighting::TargetSeries series;
  series.id = id;
  series.content = weighting::ContentFromProto(message, unread);
  if (unread.empty()) return series.content;
  return weighting::ToStatus(Together(std::move(unread), weighting::CheckTargetSeries(series)));
}

// What the ledger answered about the series `id`.
absl::Status Finish(const Backend& backend, const std::string& id,
                    const absl::StatusOr<weighting::TargetSeries>& series,
                    v1::TargetSeries& response, std::string_view prefix = "") {
  if (!series.ok()) {
    return LedgerFault(backend.weights, kTargetSeries, id, series.status(), prefix);
  }
  response = weighting::ToProto(*series);
  return absl::OkStatus();
}

}  // namespace

absl::Status Answer(const Backend& backend, const v1::GetTargetSeriesRequest& request,
                    v1::TargetSeries& response) {
  const auto id = ParseName("name", kCollection, request.name());
  if (!id.ok()) return id.status();
  return Finish(backend, *id, backend.weights.GetTarget(*id), response);
}

absl::Status Answer(const Backend& backend, const v1::ListTargetSeriesRequest& request,
                    v1::ListTargetSeriesResponse& response) {
  std::string kpi;
  if (!request.kpi().empty()) {
    auto id = ParseName("kpi", "kpis", request.kpi());
    if (!id.ok()) return id.status();
    kpi = *std::move(id);
  }
  std::vector<weighting::TargetSeries> listed = backend.weights.ListTargets();
  std::erase_if(listed, [&](const weighting::TargetSeries& series) {
    return series.state == weighting::TargetState::kDeleted ||
           (!kpi.empty() && series.content.kpi_id != kpi);
  });
  auto page = PageOf(request, request.page_size(), request.page_token(), listed.size());
  if (!page.ok()) return page.status();
  for (size_t i = page->begin; i < page->end; ++i) {
    *response.add_target_series() = weighting::ToProto(listed[i]);
  }
  response.set_next_page_token(std::move(page->next_page_token));
  return absl::OkStatus();
}

absl::Status Perform(const Backend& backend, const v1::CreateTargetSeriesRequest& request,
                     const Change& change, v1::TargetSeries& response) {
  const std::string& id = request.target_series_id();
  const auto named = ParseName("target_series_id", kCollection, MakeName(kCollection, id));
  if (!named.ok()) return named.status();
  const auto content = ReadContent(id, request.target_series());
  if (!content.ok()) return Finish(backend, id, content.status(), response, kMessage);
  return Finish(
      backend, id,
      backend.weights.CreateTarget(id, *content, change, *backend.plugins.registry().Snapshot()),
      response, kMessage);
}

absl::Status Perform(const Backend& backend, const v1::UpdateTargetSeriesRequest& request,
                     const Change& change, v1::TargetSeries& response) {
  const auto id = ParseName("target_series.name", kCollection, request.target_series().name());
  if (!id.ok()) return id.status();
  const auto paths = ResolveMask(request.update_mask(), request.target_series(), Writable());
  if (!paths.ok()) return paths.status();
  Change checked = change;
  checked.etag = request.target_series().etag();
  const auto edit = [&](const weighting::TargetContent& content) {
    weighting::TargetSeries present;
    present.content = content;
    v1::TargetSeries message = weighting::ToProto(present);
    Overwrite(request.target_series(), *paths, message);
    return ReadContent(*id, message);
  };
  return Finish(
      backend, *id,
      backend.weights.UpdateTarget(*id, edit, checked, *backend.plugins.registry().Snapshot()),
      response, kMessage);
}

absl::Status Perform(const Backend& backend, const v1::DeleteTargetSeriesRequest& request,
                     const Change& change, v1::TargetSeries& response) {
  const auto id = ParseName("name", kCollection, request.name());
  if (!id.ok()) return id.status();
  return Finish(backend, *id, backend.weights.DeleteTarget(*id, change), response);
}

absl::Status Perform(const Backend& backend, const v1::ApproveTargetSeriesRequest& request,
                     const Change& change, v1::TargetSeries& response) {
  const auto id = ParseName("name", kCollection, request.name());
  if (!id.ok()) return id.status();
  return Finish(backend, *id,
                backend.weights.ApproveTarget(*id, change, *backend.plugins.registry().Snapshot()),
                response);
}

}  // namespace keyscore::rpc
