// Weight profiles, and which of them counts for whom.
#include "rpc/weighting_service.h"

#include <fmt/format.h>

#include <vector>

#include "config/nearest.h"
#include "rpc/convert.h"
#include "rpc/convert_time.h"
#include "rpc/fault.h"
#include "rpc/page_token.h"
#include "rpc/resource_name.h"
#include "weighting/profile_proto.h"
#include "weighting/resolve.h"

namespace keyscore::rpc {
namespace {

absl::Status Get(const Backend& backend, const v1::GetWeightProfileRequest& request,
                 v1::WeightProfile& response) {
  const auto id = ParseName("name", "weightProfiles", request.name());
  if (!id.ok()) return id.status();
  std::vector<std::string> ids;
  for (const weighting::WeightProfile& profile : *backend.profiles) {
    ids.push_back(profile.id);
    if (profile.id != *id) continue;
    response = weighting::ToProto(profile);
    return absl::OkStatus();
  }
  return NotFound("WEIGHT_PROFILE_NOT_FOUND",
                  fmt::format("there is no {}.{}", request.name(), config::DidYouMean(*id, ids)));
}

absl::Status List(const Backend& backend, const v1::ListWeightProfilesRequest& request,
                  v1::ListWeightProfilesResponse& response) {
  const auto& profiles = *backend.profiles;
  auto page = PageOf(request, request.page_size(), request.page_token(), profiles.size());
  if (!page.ok()) return page.status();
  for (size_t i = page->begin; i < page->end; ++i) {
    *response.add_weight_profiles() = weighting::ToProto(profiles[i]);
  }
  response.set_next_page_token(std::move(page->next_page_token));
  return absl::OkStatus();
}

}  // namespace

absl::Status WeightingService::Resolve(const v1::ResolveWeightsRequest& request,
                                       v1::WeightResolution& response, const Call& call) {
  const auto subject = ParseSubject("subject", request.subject());
  if (!subject.ok()) return subject.status();
  const absl::StatusOr<View> view = ViewNow(backend_, call);
  if (!view.ok()) return view.status();
  const measures::Calendar& calendar = view->pinned.calendar;
  absl::CivilDay date = calendar.DayOf(view->pinned.now);
  if (!request.date().empty()) {
    const auto parsed = ParseDay("date", request.date());
    if (!parsed.ok()) return parsed.status();
    date = *parsed;
  }
  // The subject as it stands on that day.
  const measures::Period day{.expression = FormatDay(date),
                             .from_day = date,
                             .to_day = date + 1,
                             .from = calendar.StartOf(date),
                             .to = calendar.StartOf(date + 1)};
  auto info =
      view->directory->Find(*subject, day, calendar, backend_.config.organization_display_name);
  if (!info.ok()) return info.status();
  info->facts.display_name = info->display_name;
  const auto weights = weighting::Resolve(*view->pinned.profiles, info->facts, date,
                                          *view->pinned.registry, calendar.time_zone);
  if (!weights.ok()) return weights.status();
  response = ToProto(info->facts, date, *weights);
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* WeightingService::GetWeightProfile(
    grpc::CallbackServerContext* context, const v1::GetWeightProfileRequest* request,
    v1::WeightProfile* response) {
  return backend_.calls.Unary(context, "GetWeightProfile", [=, this](const Call&) {
    return Get(backend_, *request, *response);
  });
}

grpc::ServerUnaryReactor* WeightingService::ListWeightProfiles(
    grpc::CallbackServerContext* context, const v1::ListWeightProfilesRequest* request,
    v1::ListWeightProfilesResponse* response) {
  return backend_.calls.Unary(context, "ListWeightProfiles", [=, this](const Call&) {
    return List(backend_, *request, *response);
  });
}

grpc::ServerUnaryReactor* WeightingService::ResolveWeights(grpc::CallbackServerContext* context,
                                                           const v1::ResolveWeightsRequest* request,
                                                           v1::WeightResolution* response) {
  return backend_.calls.Unary(context, "ResolveWeights", [=, this](const Call& call) {
    return Resolve(*request, *response, call);
  });
}

}  // namespace keyscore::rpc
