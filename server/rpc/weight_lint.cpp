// Cards of everybody that the profiles count for, looked at profile by profile.
#include "rpc/weight_lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "rpc/convert.h"
#include "rpc/fault.h"
#include "rpc/resource_name.h"
#include "rpc/weight_drafts.h"
#include "scoring/lint.h"
#include "scoring/preview.h"

namespace keyscore::rpc {
namespace {

using store::SubjectKind;

// Whose figures tell about a profile: managers', unless it is for accounts alone.
SubjectKind KindFor(const weighting::WeightProfile& profile) {
  const weighting::SelectorKind kind = profile.content.selector.kind;
  return kind == weighting::SelectorKind::kAccount || kind == weighting::SelectorKind::kSegment
             ? SubjectKind::kAccount
             : SubjectKind::kManager;
}

absl::StatusOr<std::vector<weighting::WeightProfile>> ProfilesOf(
    const Backend& backend, const v1::LintWeightsRequest& request, const View& view) {
  if (!request.name().empty() && request.has_profile()) {
    return InvalidField("profile", "can't be combined with name; give one of the two");
  }
  DraftReader drafts(backend, *view.pinned.registry);
  if (!request.name().empty()) {
    const absl::Status added = drafts.AddStored("name", request.name());
    if (!added.ok()) return added;
    return drafts.TakeUnchecked();
  }
  if (request.has_profile()) {
    drafts.AddGiven("profile", request.profile());
    return drafts.Take();
  }
  const absl::CivilDay today = view.pinned.calendar.DayOf(view.pinned.now);
  std::vector<weighting::WeightProfile> profiles;
  for (const weighting::Version& version : view.pinned.rules->versions) {
    if (version.Holds(today)) profiles.push_back(version.profile);
  }
  return profiles;
}

// The cards of all subjects of a kind that one of the profiles may count for.
absl::StatusOr<std::vector<scoring::Scorecard>> CardsOf(
    const Backend& backend, SubjectKind kind, const measures::Period& period, const View& view,
    const scoring::Pinned& pinned, const std::vector<weighting::WeightProfile>& profiles,
    const Call& call) {
  scoring::CardRequest request;
  request.kind = kind;
  for (scoring::SubjectInfo& info : view.directory->List(kind, period, backend.calendar)) {
    const bool any = std::any_of(profiles.begin(), profiles.end(), [&](const auto& profile) {
      return KindFor(profile) == kind && weighting::IsFor(profile.content.selector, info.facts);
    });
    if (any) request.subjects.push_back(std::move(info));
  }
  if (request.subjects.empty()) return std::vector<scoring::Scorecard>();
  const auto limit = static_cast<size_t>(backend.config.limits.max_listed_subjects);
  if (request.subjects.size() > limit) {
    return WithReason(absl::ResourceExhaustedError(fmt::format(
                          "{} {} to look at, limits.max_listed_subjects allows {}",
                          request.subjects.size(), std::string(CollectionOf(kind)), limit)),
                      "TOO_MANY_SUBJECTS");
  }
  request.period = period;
  request.watermark = view.watermark;
  request.stop = call.stop();
  return scoring::MakeScorecards(request, pinned, *view.source);
}

}  // namespace

absl::Status LintWeights(Backend& backend, const v1::LintWeightsRequest& request,
                         v1::LintWeightsResponse& response, const Call& call) {
  const absl::StatusOr<View> view = ViewNow(backend, call);
  if (!view.ok()) return view.status();
  const absl::CivilDay today = view->pinned.calendar.DayOf(view->pinned.now);
  measures::Period period = QuartersBefore(today, 1, view->pinned.calendar).front();
  if (!request.period().empty()) {
    auto parsed = ParsePeriod("period", request.period(), *view);
    if (!parsed.ok()) return parsed.status();
    period = *std::move(parsed);
  }
  const auto profiles = ProfilesOf(backend, request, *view);
  if (!profiles.ok()) return profiles.status();

  // As if they had always counted: what they ask is held against the figures that there are.
  scoring::Pinned pinned = view->pinned;
  pinned.rules = scoring::WithDrafts(*view->pinned.rules, *profiles);
  std::vector<scoring::Scorecard> cards;
  for (const SubjectKind kind : {SubjectKind::kManager, SubjectKind::kAccount}) {
    auto of_kind = CardsOf(backend, kind, period, *view, pinned, *profiles, call);
    if (!of_kind.ok()) return of_kind.status();
    cards.insert(cards.end(), std::make_move_iterator(of_kind->begin()),
                 std::make_move_iterator(of_kind->end()));
  }

  std::set<const scoring::Scorecard*> looked_at;
  for (const weighting::WeightProfile& profile : *profiles) {
    std::vector<const scoring::Scorecard*> own;
    for (const scoring::Scorecard& card : cards) {
      if (card.subject.kind == KindFor(profile) && card.weights.profile->id == profile.id) {
        own.push_back(&card);
        looked_at.insert(&card);
      }
    }
    for (const scoring::LintFinding& finding :
         scoring::Lint(profile, own, *pinned.registry, pinned.now)) {
      v1::LintFinding& message = *response.add_findings();
      message.set_rule(finding.rule);
      message.set_profile(MakeName("weightProfiles", finding.profile));
      for (const std::string& kpi : finding.kpis) message.add_kpis(MakeName("kpis", kpi));
      message.set_evidence(finding.evidence);
      message.set_remedy(finding.remedy);
    }
  }
  *response.mutable_period() = ToProto(period, backend.calendar);
  response.set_subjects(static_cast<int32_t>(looked_at.size()));
  return absl::OkStatus();
}

}  // namespace keyscore::rpc
