// ListScorecards: every subject of a kind, filtered, ordered and ranked.
//
// A page is cut from the whole ranking, which is made anew for every page, as of the first page's
// watermark and instant, which also says which weightings were known: so pages agree with each
// other, and the server keeps nothing between them.
#include <fmt/format.h>

#include <set>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "rpc/convert.h"
#include "rpc/fault.h"
#include "rpc/page_token.h"
#include "rpc/replay.h"
#include "rpc/resource_name.h"
#include "rpc/scorecard_fields.h"
#include "rpc/scorecard_service.h"

namespace keyscore::rpc {
namespace {

// gRPC clients refuse messages of more than 4 MiB by default; a page may be shorter than asked for.
constexpr size_t kMaxPageBytes = 3 << 20;

absl::StatusOr<View> ViewForPage(const Backend& backend, const v1::ListScorecardsRequest& request,
                                 const PagePosition& position, const Call& call) {
  if (!request.page_token().empty()) {
    return ViewAt(backend, position.watermark, position.time, call);
  }
  return ViewKnownAt(backend, request.has_known_time() ? &request.known_time() : nullptr, call);
}

// Adds the KPIs that filter and order need. Where none were asked for by id, those that may carry
// weight are, as cards without a selection list these.
void Widen(const std::vector<const kpis::LoadedKpi*>& needed, const View& view,
           scoring::KpiSelection& selection) {
  if (selection.all || needed.empty()) return;
  if (selection.kpi_ids.empty()) {
    std::set<std::string> weighted;
    for (const weighting::Version& version : view.pinned.rules->versions) {
      for (const weighting::KpiWeight& kpi : version.profile.content.kpis) {
        weighted.insert(kpi.kpi_id);
      }
    }
    for (const kpis::LoadedKpi* kpi : view.pinned.registry->kpis()) {
      if (kpi->definition.default_weight > 0 || weighted.contains(kpi->definition.id)) {
        selection.kpi_ids.push_back(kpi->definition.id);
      }
    }
  }
  for (const kpis::LoadedKpi* kpi : needed) selection.kpi_ids.push_back(kpi->definition.id);
}

}  // namespace

absl::Status ListScorecards(Backend& backend, const v1::ListScorecardsRequest& request,
                            v1::ListScorecardsResponse& response, const Call& call) {
  const auto kind = ParseSubjectCollection("parent", request.parent());
  if (!kind.ok()) return kind.status();
  const absl::StatusOr<PagePosition> position = ReadPageToken(request, request.page_token());
  if (!position.ok()) return position.status();
  const absl::StatusOr<int> page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const absl::StatusOr<View> view = ViewForPage(backend, request, *position, call);
  if (!view.ok()) return view.status();
  const kpis::RegistrySnapshot& registry = *view->pinned.registry;
  const auto period = ParsePeriod("period", request.period(), *view);
  if (!period.ok()) return period.status();
  const auto filter = ScorecardFilter::Parse(request.filter(), registry);
  if (!filter.ok()) return filter.status();
  const auto order = ScorecardOrder::Parse(request.order_by(), registry);
  if (!order.ok()) return order.status();
  const auto weights_of = WeightsOfFromProto("weights_of", request.weights_of());
  if (!weights_of.ok()) return weights_of.status();
  const auto asked = SelectKpis(request.kpis(), request.all_kpis(), registry);
  if (!asked.ok()) return asked.status();

  scoring::CardRequest cards_request;
  cards_request.kind = *kind;
  cards_request.subjects = view->directory->List(*kind, *period, backend.calendar);
  const int64_t limit = backend.config.limits.max_listed_subjects;
  if (cards_request.subjects.size() > static_cast<size_t>(limit)) {
    return WithReason(absl::ResourceExhaustedError(fmt::format(
                          "{} {} to rank, limits.max_listed_subjects allows {}",
                          cards_request.subjects.size(), std::string(CollectionOf(*kind)), limit)),
                      "TOO_MANY_SUBJECTS");
  }
  cards_request.period = *period;
  cards_request.selection = *asked;
  cards_request.weights_of = *weights_of;
  cards_request.watermark = view->watermark;
  cards_request.stop = call.stop();
  std::vector<const kpis::LoadedKpi*> needed = filter->kpis();
  for (const kpis::LoadedKpi* kpi : order->kpis()) needed.push_back(kpi);
  Widen(needed, *view, cards_request.selection);
  const auto cards = scoring::MakeScorecards(cards_request, view->pinned, backend.store);
  if (!cards.ok()) return cards.status();

  std::vector<const scoring::Scorecard*> ranking;
  for (const scoring::Scorecard& card : *cards) {
    if (filter->Matches(card)) ranking.push_back(&card);
  }
  ranking = order->Sorted(std::move(ranking));

  const std::set<std::string> shown(asked->kpi_ids.begin(), asked->kpi_ids.end());
  const auto listed = [&](const scoring::KpiLine& line) {
    if (asked->all) return true;
    return shown.empty() ? line.nominal_weight > 0
                         : shown.contains(line.outcome.kpi->definition.id);
  };
  size_t next = static_cast<size_t>(position->offset);
  size_t bytes = 0;
  while (next < ranking.size() && response.scorecards_size() < *page_size) {
    v1::Scorecard card = ToProto(*ranking[next], backend.calendar, listed);
    card.set_rank(static_cast<uint32_t>(next + 1));
    bytes += card.ByteSizeLong();
    if (bytes > kMaxPageBytes && response.scorecards_size() > 0) break;
    *response.add_scorecards() = std::move(card);
    ++next;
  }
  response.set_total_size(static_cast<int32_t>(ranking.size()));
  if (next < ranking.size()) {
    response.set_next_page_token(MakePageToken(request, {.watermark = view->watermark,
                                                         .offset = static_cast<int64_t>(next),

                                                         .time = view->time}));
  }
  return absl::OkStatus();
}

}  // namespace keyscore::rpc
