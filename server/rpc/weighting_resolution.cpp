// What counts for whom, and why.
#include <fmt/format.h>

#include <utility>

#include "rpc/convert.h"
#include "rpc/convert_time.h"
#include "rpc/fault.h"
#include "rpc/resource_name.h"
#include "rpc/weighting_methods.h"
#include "weighting/profile_proto.h"
#include "weighting/resolve.h"

namespace keyscore::rpc {
namespace {

absl::Status ResolutionFault(const absl::Status& status) {
  return absl::IsNotFound(status) ? WithReason(status, "NO_WEIGHT_PROFILE") : status;
}

// One day as a period.
measures::Period DayPeriod(const measures::Calendar& calendar, absl::CivilDay day) {
  return {.expression = FormatDay(day),
          .from_day = day,
          .to_day = day + 1,
          .from = calendar.StartOf(day),
          .to = calendar.StartOf(day + 1)};
}

absl::StatusOr<absl::CivilDay> DateOf(const View& view, const std::string& date) {
  if (date.empty()) return view.pinned.calendar.DayOf(view.pinned.now);
  return ParseDay("date", date);
}

// The subject as it stands in the period.
absl::StatusOr<weighting::SubjectFacts> FactsOf(const Backend& backend, const View& view,
                                                const std::string& name,
                                                const measures::Period& period) {
  const auto subject = ParseSubject("subject", name);
  if (!subject.ok()) return subject.status();
  auto info = view.directory->Find(*subject, period, view.pinned.calendar,
                                   backend.config.organization_display_name);
  if (!info.ok()) return info.status();
  info->facts.display_name = info->display_name;
  return info->facts;
}

v1::ResolutionExplanation::Candidate ToProto(const weighting::Candidate& candidate) {
  const weighting::WeightProfile& profile = candidate.version->profile;
  v1::ResolutionExplanation::Candidate message;
  message.set_profile(MakeName("weightProfiles", profile.id));
  message.set_revision(profile.revision);
  *message.mutable_selector() = weighting::ToProto(profile.content.selector);
  if (candidate.version->from != absl::CivilDay::min()) {
    message.set_effective_date(FormatDay(candidate.version->from));
  }
  message.set_won(candidate.won);
  message.set_why(candidate.why);
  return message;
}

}  // namespace

absl::Status Answer(const Backend& backend, const v1::ResolveWeightsRequest& request,
                    v1::WeightResolution& response, const Call& call) {
  const absl::StatusOr<View> view = ViewNow(backend, call);
  if (!view.ok()) return view.status();
  const auto date = DateOf(*view, request.date());
  if (!date.ok()) return date.status();
  const auto facts =
      FactsOf(backend, *view, request.subject(), DayPeriod(view->pinned.calendar, *date));
  if (!facts.ok()) return facts.status();
  const auto weights =
      weighting::Resolve(*view->pinned.rules, *facts, *date, *view->pinned.registry);
  if (!weights.ok()) return ResolutionFault(weights.status());
  response = rpc::ToProto(*facts, *date, *weights);
  return absl::OkStatus();
}

absl::Status Answer(const Backend& backend, const v1::ExplainResolutionRequest& request,
                    v1::ResolutionExplanation& response, const Call& call) {
  if (!request.date().empty() && !request.period().empty()) {
    return InvalidField("period", "can't be combined with date; give one of the two");
  }
  const absl::StatusOr<View> view = ViewNow(backend, call);
  if (!view.ok()) return view.status();
  absl::StatusOr<absl::CivilDay> date = DateOf(*view, request.date());
  if (!date.ok()) return date.status();
  measures::Period period = DayPeriod(view->pinned.calendar, *date);
  const bool whole_period = !request.period().empty();
  if (whole_period) {
    auto parsed = ParsePeriod("period", request.period(), *view);
    if (!parsed.ok()) return parsed.status();
    period = *std::move(parsed);
    date = period.to_day - 1;
  }
  const auto facts = FactsOf(backend, *view, request.subject(), period);
  if (!facts.ok()) return facts.status();
  const weighting::Rules& rules = *view->pinned.rules;
  const kpis::RegistrySnapshot& registry = *view->pinned.registry;
  const auto weights = whole_period
                           ? weighting::ResolveForPeriod(rules, *facts, period, *date, registry)
                           : weighting::Resolve(rules, *facts, *date, registry);
  if (!weights.ok()) return ResolutionFault(weights.status());
  *response.mutable_resolution() = rpc::ToProto(*facts, *date, *weights);
  for (const weighting::Candidate& candidate : weighting::ExplainCandidates(rules, *facts, *date)) {
    *response.add_candidates() = ToProto(candidate);
  }
  return absl::OkStatus();
}

}  // namespace keyscore::rpc
