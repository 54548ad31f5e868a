// GetScorecard and BatchGetScorecards: names in, cards out.
#include <fmt/format.h>
#include <google/protobuf/arena.h>

#include <map>
#include <utility>
#include <vector>

#include "rpc/convert.h"
#include "rpc/fault.h"
#include "rpc/replay.h"
#include "rpc/scorecard_methods.h"

namespace keyscore::rpc {
namespace {

bool ListAll(const scoring::KpiLine&) { return true; }

// The state that a request is about, which may bring a receipt.
template <typename Request>
absl::StatusOr<Seen> SeeOrReplay(const Backend& backend, const Request& request,
                                 const Asking& asking) {
  const bool replays = request.has_replay();
  for (const auto& [field, given] :
       {std::pair("known_time", request.has_known_time()),
        std::pair("weights_of", request.weights_of() != v1::WEIGHTS_OF_UNSPECIFIED)}) {
    if (replays && given) {
      return InvalidField(field, "is the receipt's to say; leave it out with replay");
    }
  }
  const auto weights_of =
      replays ? WeightsOfFromProto("replay.weights_of", request.replay().weights_of())
              : WeightsOfFromProto("weights_of", request.weights_of());
  if (!weights_of.ok()) return weights_of.status();
  auto view = replays ? ViewOfReceipt(backend, request.replay(), asking.call)
                      : ViewFor(backend, request, asking);
  if (!view.ok()) return view.status();
  return Seen{*std::move(view), *weights_of};
}

}  // namespace

MadeAnswer AnswerTo(Backend& backend, const v1::GetScorecardRequest& request,
                    const Asking& asking) {
  const absl::StatusOr<Seen> seen = SeeOrReplay(backend, request, asking);
  if (!seen.ok()) return seen.status();
  const View& view = seen->view;
  const absl::StatusOr<Asked> asked = Resolve("name", request.name(), view, backend);
  if (!asked.ok()) return asked.status();
  if (asking.kept != nullptr && SameSubject(*asking.kept->footing.subject, asked->info)) {
    return asking.kept;
  }
  auto selection = SelectKpis(request.kpis(), request.all_kpis(), *view.pinned.registry);
  if (!selection.ok()) return selection.status();
  scoring::CardRequest cards_request = CardRequestFor(*asked, *seen, asking.call);
  cards_request.selection = *std::move(selection);
  const auto cards = scoring::MakeScorecards(cards_request, view.pinned, *view.source);
  if (!cards.ok()) return cards.status();
  google::protobuf::Arena arena;
  auto& card = *google::protobuf::Arena::CreateMessage<v1::Scorecard>(&arena);
  Fill(cards->front(), backend.calendar, ListAll, card);
  if (request.has_replay()) {
    const absl::Status same = CheckReproduced(request.replay(), card.receipt());
    if (!same.ok()) return same;
  }
  card.mutable_receipt()->clear_fact_watermark();
  auto answer = MakeAnswer(card, v1::Scorecard::kReceiptFieldNumber, cards->front().watermark);
  if (!answer.ok() || asking.newest == nullptr) return answer;
  auto footing = FootingOf(cards->front(), asked->info, *view.source);
  (*answer)->may_be_kept = footing.ok() && MayBeKept(*cards);
  if (footing.ok()) (*answer)->footing = *std::move(footing);
  return answer;
}

MadeAnswer AnswerTo(Backend& backend, const v1::BatchGetScorecardsRequest& request,
                    const Asking& asking) {
  const int64_t limit = backend.config.limits.max_subjects_per_batch;
  if (request.names_size() > limit) {
    return InvalidField(
        "names", fmt::format("{} names, at most {} are allowed", request.names_size(), limit),
        "TOO_MANY_NAMES");
  }
  const absl::StatusOr<Seen> seen = SeeOrReplay(backend, request, asking);
  if (!seen.ok()) return seen.status();
  const View& view = seen->view;
  const auto selection = SelectKpis(request.kpis(), request.all_kpis(), *view.pinned.registry);
  if (!selection.ok()) return selection.status();

  // Cards of one kind and period are made together, so every KPI is evaluated once for all of them.
  struct Group {
    scoring::CardRequest request;
    std::vector<int> positions;
  };
  std::map<std::pair<store::SubjectKind, std::string>, Group> groups;
  google::protobuf::Arena arena;
  auto& response = *google::protobuf::Arena::CreateMessage<v1::BatchGetScorecardsResponse>(&arena);
  for (int i = 0; i < request.names_size(); ++i) {
    const auto asked = Resolve(fmt::format("names[{}]", i), request.names(i), view, backend);
    if (!asked.ok()) return asked.status();
    auto [group, fresh] =
        groups.try_emplace(std::pair(asked->subject.kind, asked->period.expression));
    if (fresh) {
      group->second.request = CardRequestFor(*asked, *seen, asking.call);
      group->second.request.selection = *selection;
    } else {
      group->second.request.subjects.push_back(asked->info);
    }
    group->second.positions.push_back(i);
    response.add_scorecards();
  }
  bool may_be_kept = true;
  for (const auto& entry : groups) {
    const Group& group = entry.second;
    const auto cards = scoring::MakeScorecards(group.request, view.pinned, *view.source);
    if (!cards.ok()) return cards.status();
    may_be_kept = may_be_kept && MayBeKept(*cards);
    for (size_t i = 0; i < cards->size(); ++i) {
      v1::Scorecard& card = *response.mutable_scorecards(group.positions[i]);
      Fill((*cards)[i], backend.calendar, ListAll, card);
      if (!request.has_replay()) continue;
      const absl::Status same = CheckReproduced(request.replay(), card.receipt());
      if (!same.ok()) return Prefixed(card.name() + ": ", same);
    }
  }
  auto answer = MakeAnswer(response, /*receipt_field=*/0, view.watermark);
  if (!answer.ok()) return answer;
  (*answer)->footing.one_batch = true;
  (*answer)->may_be_kept = may_be_kept;
  return answer;
}

}  // namespace keyscore::rpc
