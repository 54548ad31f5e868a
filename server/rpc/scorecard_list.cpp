// ListScorecards: every subject of a kind, filtered, ordered and ranked.
//
// The first page needs the cards of all subjects. Its order is kept; pages after it make just the
// cards that they show, as of the first page's watermark and instant, which also says which
// weightings were known: so pages agree with each other. Where the order is not kept (for want of
// room, or as cards hang on each other), it is made anew and comes out the same.
#include <fmt/format.h>
#include <google/protobuf/arena.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "rpc/convert.h"
#include "rpc/fault.h"
#include "rpc/page_token.h"
#include "rpc/replay.h"
#include "rpc/scorecard_fields.h"
#include "rpc/scorecard_methods.h"

namespace keyscore::rpc {
namespace {

using scoring::Scorecard;

// gRPC clients refuse messages of more than 4 MiB by default; a page may be shorter than asked for.
constexpr size_t kMaxPageBytes = 3 << 20;
// Of a page that comes from a kept order, as many cards are made at a time: a page of large cards
// ends long before the number that it may have.
constexpr size_t kCardsAtATime = 100;

// A request that holds, and what it is answered from.
struct Listing {
  const v1::ListScorecardsRequest& request;
  View view;
  store::SubjectKind kind = store::SubjectKind::kManager;
  PagePosition position;
  int page_size = 0;
  measures::Period period;
  ScorecardFilter filter;
  ScorecardOrder order;
  scoring::WeightsOf weights_of = scoring::WeightsOf::kPeriod;
  scoring::KpiSelection asked;
  scoring::KpiSelection evaluated;  // the same, and what filter and order need
};

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

absl::StatusOr<Listing> Read(const Backend& backend, const v1::ListScorecardsRequest& request,
                             const Asking& asking) {
  const auto kind = ParseSubjectCollection("parent", request.parent());
  if (!kind.ok()) return kind.status();
  const absl::StatusOr<PagePosition> position = ReadPageToken(request, request.page_token());
  if (!position.ok()) return position.status();
  const absl::StatusOr<int> page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  auto view = request.page_token().empty()
                  ? ViewFor(backend, request, asking)
                  : ViewAt(backend, position->watermark, position->time, asking.call);
  if (!view.ok()) return view.status();
  const kpis::RegistrySnapshot& registry = *view->pinned.registry;
  auto period = ParsePeriod("period", request.period(), *view);
  if (!period.ok()) return period.status();
  auto filter = ScorecardFilter::Parse(request.filter(), registry);
  if (!filter.ok()) return filter.status();
  auto order = ScorecardOrder::Parse(request.order_by(), registry);
  if (!order.ok()) return order.status();
  const auto weights_of = WeightsOfFromProto("weights_of", request.weights_of());
  if (!weights_of.ok()) return weights_of.status();
  auto asked = SelectKpis(request.kpis(), request.all_kpis(), registry);
  if (!asked.ok()) return asked.status();

  scoring::KpiSelection evaluated = *asked;
  std::vector<const kpis::LoadedKpi*> needed = filter->kpis();
  for (const kpis::LoadedKpi* kpi : order->kpis()) needed.push_back(kpi);
  Widen(needed, *view, evaluated);
  return Listing{.request = request,
                 .view = *std::move(view),
                 .kind = *kind,
                 .position = *std::move(position),
                 .page_size = *page_size,
                 .period = *std::move(period),
                 .filter = *std::move(filter),
                 .order = *std::move(order),
                 .weights_of = *weights_of,
                 .asked = *std::move(asked),
                 .evaluated = std::move(evaluated)};
}

absl::StatusOr<std::vector<Scorecard>> MakeCards(const Listing& listing,
                                                 std::vector<scoring::SubjectInfo> subjects,
                                                 const Call& call) {
  scoring::CardRequest request;
  request.kind = listing.kind;
  request.subjects = std::move(subjects);
  request.period = listing.period;
  request.selection = listing.evaluated;
  request.weights_of = listing.weights_of;
  request.watermark = listing.view.watermark;
  request.stop = call.stop();
  return scoring::MakeScorecards(request, listing.view.pinned, *listing.view.source);
}

// A page as it grows, card by card.
class Page {
 public:
  Page(const Listing& listing, const Backend& backend)
      : listing_(listing),
        backend_(backend),
        shown_(listing.asked.kpi_ids.begin(), listing.asked.kpi_ids.end()),
        next_(static_cast<size_t>(listing.position.offset)) {}

  // The place in the ranking of the next card.
  size_t next() const { return next_; }
  size_t room() const {
    return full_ ? 0 : static_cast<size_t>(listing_.page_size - response_.scorecards_size());
  }

  void Add(const Scorecard& card) {
    v1::Scorecard& message = *response_.add_scorecards();
    Fill(
        card, backend_.calendar, [this](const auto& line) { return Lists(line); }, message);
    message.set_rank(static_cast<uint32_t>(next_ + 1));
    bytes_ += message.ByteSizeLong();
    full_ = bytes_ > kMaxPageBytes && response_.scorecards_size() > 1;
    if (full_) {
      response_.mutable_scorecards()->RemoveLast();
    } else {
      ++next_;
    }
  }

  // All that was added; lives as long as the page.
  const v1::ListScorecardsResponse& Finish(size_t total) {
    response_.set_total_size(static_cast<int32_t>(total));
    if (next_ < total) {
      response_.set_next_page_token(
          MakePageToken(listing_.request, {.watermark = listing_.view.watermark,
                                           .offset = static_cast<int64_t>(next_),
                                           .time = listing_.view.time}));
    }
    return response_;
  }

 private:
  bool Lists(const scoring::KpiLine& line) const {
    if (listing_.asked.all) return true;
    return shown_.empty() ? line.nominal_weight > 0
                          : shown_.contains(line.outcome.kpi->definition.id);
  }

  const Listing& listing_;
  const Backend& backend_;
  const std::set<std::string> shown_;
  google::protobuf::Arena arena_;
  v1::ListScorecardsResponse& response_ =
      *google::protobuf::Arena::CreateMessage<v1::ListScorecardsResponse>(&arena_);
  size_t next_;
  size_t bytes_ = 0;
  bool full_ = false;
};

// What the order of a ranking is kept under: the request but for the page, and the state that every
// page is made from. The plugins are those in force, as they are for every page.
std::string RankingRequest(const Listing& listing) {
  v1::ListScorecardsRequest request = listing.request;
  request.clear_page_size();
  request.clear_page_token();
  return fmt::format("{}/{}/{}", listing.view.watermark, absl::ToUnixMicros(listing.view.time),
                     StableBytes(request));
}

AnswerKey RankingKey(const Listing& listing, const Asking& asking, std::string_view request) {
  return {.scope = asking.scope,
          .kind = AnswerKind::kRanking,
          .request = request,
          .registry_generation = listing.view.pinned.registry->generation()};
}

bool KeepsRankings(const Backend& backend, const Listing& listing) {
  return backend.answers.enabled() && listing.view.pinned.registry->observer() == nullptr;
}

// From cards alone that are shown.
MadeAnswer PageOf(const std::vector<std::string>& ranking, const Listing& listing,
                  const Backend& backend, const Call& call) {
  Page page(listing, backend);
  while (page.next() < ranking.size() && page.room() > 0) {
    const size_t count = std::min({page.room(), kCardsAtATime, ranking.size() - page.next()});
    std::vector<scoring::SubjectInfo> subjects;
    for (size_t i = 0; i < count; ++i) {
      auto subject = listing.view.directory->Find({listing.kind, ranking[page.next() + i]},
                                                  listing.period, backend.calendar, "");
      if (!subject.ok()) return subject.status();
      subjects.push_back(*std::move(subject));
    }
    const auto cards = MakeCards(listing, std::move(subjects), call);
    if (!cards.ok()) return cards.status();
    for (const Scorecard& card : *cards) {
      if (page.room() > 0) page.Add(card);
    }
  }
  return MakeAnswer(page.Finish(ranking.size()), /*receipt_field=*/0, listing.view.watermark);
}

}  // namespace

MadeAnswer AnswerTo(Backend& backend, const v1::ListScorecardsRequest& request,
                    const Asking& asking) {
  const absl::StatusOr<Listing> listing = Read(backend, request, asking);
  if (!listing.ok()) return listing.status();
  const bool keeps = KeepsRankings(backend, *listing);
  const std::string ranking_request = RankingRequest(*listing);
  const AnswerKey ranking_key = RankingKey(*listing, asking, ranking_request);
  if (keeps && !request.page_token().empty()) {
    if (const auto kept = backend.answers.Find(ranking_key)) {
      return PageOf(kept->ranking, *listing, backend, asking.call);
    }
  }

  auto subjects = listing->view.directory->List(listing->kind, listing->period, backend.calendar);
  const int64_t limit = backend.config.limits.max_listed_subjects;
  if (subjects.size() > static_cast<size_t>(limit)) {
    return WithReason(absl::ResourceExhaustedError(fmt::format(
                          "{} {} to rank, limits.max_listed_subjects allows {}", subjects.size(),
                          std::string(CollectionOf(listing->kind)), limit)),
                      "TOO_MANY_SUBJECTS");
  }
  const auto cards = MakeCards(*listing, std::move(subjects), asking.call);
  if (!cards.ok()) return cards.status();
  std::vector<const Scorecard*> ranking;
  for (const Scorecard& card : *cards) {
    if (listing->filter.Matches(card)) ranking.push_back(&card);
  }
  ranking = listing->order.Sorted(std::move(ranking));
  Page page(*listing, backend);
  while (page.next() < ranking.size() && page.room() > 0) page.Add(*ranking[page.next()]);

  const bool same_again = MayBeKept(*cards);
  if (keeps && same_again && page.next() < ranking.size() && AreIndependent(*cards)) {
    auto order = std::make_shared<Answer>();
    for (const Scorecard* card : ranking) order->ranking.push_back(card->subject.id);
    backend.answers.Keep(ranking_key, std::move(order));
  }
  auto answer =
      MakeAnswer(page.Finish(ranking.size()), /*receipt_field=*/0, listing->view.watermark);
  if (!answer.ok()) return answer;
  (*answer)->footing.one_batch = true;
  (*answer)->may_be_kept = same_again;
  return answer;
}

}  // namespace keyscore::rpc
