// Names in, cards out.
#include "rpc/scorecard_service.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "rpc/convert.h"
#include "rpc/explain.h"
#include "rpc/fault.h"
#include "rpc/replay.h"
#include "rpc/resource_name.h"

namespace keyscore::rpc {
namespace {

constexpr size_t kWorstAccounts = 10;
constexpr double kPoorScore = 50;  // under it, the KPI's suggested actions are shown

bool ListAll(const scoring::KpiLine&) { return true; }

template <typename Request>
const google::protobuf::Timestamp* KnownTime(const Request& request) {
  return request.has_known_time() ? &request.known_time() : nullptr;
}

// What a request is answered from, and by which weights.
struct Seen {
  View view;
  scoring::WeightsOf weights_of = scoring::WeightsOf::kPeriod;
};

template <typename Request>
absl::StatusOr<Seen> See(const Request& request, const Backend& backend, const Call& call) {
  const auto weights_of = WeightsOfFromProto("weights_of", request.weights_of());
  if (!weights_of.ok()) return weights_of.status();
  auto view = ViewKnownAt(backend, KnownTime(request), call);
  if (!view.ok()) return view.status();
  return Seen{*std::move(view), *weights_of};
}

// The same for a request that may bring a receipt.
template <typename Request>
absl::StatusOr<Seen> SeeOrReplay(const Request& request, const Backend& backend, const Call& call) {
  if (!request.has_replay()) return See(request, backend, call);
  for (const auto& [field, given] :
       {std::pair("known_time", request.has_known_time()),
        std::pair("weights_of", request.weights_of() != v1::WEIGHTS_OF_UNSPECIFIED)}) {
    if (given) return InvalidField(field, "is the receipt's to say; leave it out with replay");
  }
  const auto weights_of = WeightsOfFromProto("replay.weights_of", request.replay().weights_of());
  if (!weights_of.ok()) return weights_of.status();
  auto view = ViewOfReceipt(backend, request.replay(), call);
  if (!view.ok()) return view.status();
  return Seen{*std::move(view), *weights_of};
}

// A card that was asked for by name, ready to be made.
struct Asked {
  SubjectName subject;
  scoring::SubjectInfo info;
  measures::Period period;
};

absl::StatusOr<Asked> Resolve(const std::string& field, const std::string& name, const View& view,
                              const Backend& backend) {
  absl::StatusOr<ScorecardName> parsed = ParseScorecardName(field, name);
  if (!parsed.ok()) return parsed.status();
  absl::StatusOr<measures::Period> period = ParsePeriod(field, parsed->period, view);
  if (!period.ok()) return period.status();
  absl::StatusOr<scoring::SubjectInfo> info = view.directory->Find(
      parsed->subject, *period, view.pinned.calendar, backend.config.organization_display_name);
  if (!info.ok()) return info.status();
  return Asked{std::move(parsed->subject), *std::move(info), *std::move(period)};
}

scoring::CardRequest CardRequestFor(const Asked& asked, const Seen& seen, const Call& call) {
  scoring::CardRequest request;
  request.kind = asked.subject.kind;
  request.subjects = {asked.info};
  request.period = asked.period;
  request.weights_of = seen.weights_of;
  request.watermark = seen.view.watermark;
  request.stop = call.stop();
  return request;
}

v1::KpiExplanation::AccountPart PartOf(const kpis::AccountPart& part,
                                       const kpis::KpiDefinition& definition,
                                       const Directory& directory) {
  v1::KpiExplanation::AccountPart message;
  message.set_account(MakeName("accounts", part.account_id));
  message.set_display_name(directory.AccountName(part.account_id));
  message.set_state(ToProto(part.result.state));
  if (part.result.state == kpis::State::kValue) message.set_value(part.result.value);
  message.set_weight(part.weight_share);
  for (const kpis::InputValue& input : part.inputs) {
    *message.add_inputs() = ToProto(definition, input);
  }
  for (size_t i = 0; i < part.result.details.size(); ++i) {
    *message.add_details() = ToProto(definition.details[i], part.result.details[i]);
  }
  return message;
}

}  // namespace

absl::Status ScorecardService::Get(const v1::GetScorecardRequest& request, v1::Scorecard& response,
                                   const Call& call) {
  const absl::StatusOr<Seen> seen = SeeOrReplay(request, backend_, call);
  if (!seen.ok()) return seen.status();
  const View* const view = &seen->view;
  const absl::StatusOr<Asked> asked = Resolve("name", request.name(), *view, backend_);
  if (!asked.ok()) return asked.status();
  auto selection = SelectKpis(request.kpis(), request.all_kpis(), *view->pinned.registry);
  if (!selection.ok()) return selection.status();
  scoring::CardRequest cards_request = CardRequestFor(*asked, *seen, call);
  cards_request.selection = *std::move(selection);
  const auto cards = scoring::MakeScorecards(cards_request, view->pinned, backend_.store);
  if (!cards.ok()) return cards.status();
  response = ToProto(cards->front(), backend_.calendar, ListAll);
  return request.has_replay() ? CheckReproduced(request.replay(), response.receipt())
                              : absl::OkStatus();
}

absl::Status ScorecardService::BatchGet(const v1::BatchGetScorecardsRequest& request,
                                        v1::BatchGetScorecardsResponse& response,
                                        const Call& call) {
  const int64_t limit = backend_.config.limits.max_subjects_per_batch;
  if (request.names_size() > limit) {
    return InvalidField(
        "names", fmt::format("{} names, at most {} are allowed", request.names_size(), limit),
        "TOO_MANY_NAMES");
  }
  const absl::StatusOr<Seen> seen = SeeOrReplay(request, backend_, call);
  if (!seen.ok()) return seen.status();
  const View* const view = &seen->view;
  const auto selection = SelectKpis(request.kpis(), request.all_kpis(), *view->pinned.registry);
  if (!selection.ok()) return selection.status();

  // Cards of one kind and period are made together, so every KPI is evaluated once for all of them.
  struct Group {
    scoring::CardRequest request;
    std::vector<int> positions;
  };
  std::map<std::pair<store::SubjectKind, std::string>, Group> groups;
  for (int i = 0; i < request.names_size(); ++i) {
    const auto asked = Resolve(fmt::format("names[{}]", i), request.names(i), *view, backend_);
    if (!asked.ok()) return asked.status();
    auto [group, fresh] =
        groups.try_emplace(std::pair(asked->subject.kind, asked->period.expression));
    if (fresh) {
      group->second.request = CardRequestFor(*asked, *seen, call);
      group->second.request.selection = *selection;
    } else {
      group->second.request.subjects.push_back(asked->info);
    }
    group->second.positions.push_back(i);
    response.add_scorecards();
  }
  for (const auto& entry : groups) {
    const Group& group = entry.second;
    const auto cards = scoring::MakeScorecards(group.request, view->pinned, backend_.store);
    if (!cards.ok()) return cards.status();
    for (size_t i = 0; i < cards->size(); ++i) {
      v1::Scorecard& card = *response.mutable_scorecards(group.positions[i]);
      card = ToProto((*cards)[i], backend_.calendar, ListAll);
      if (!request.has_replay()) continue;
      const absl::Status same = CheckReproduced(request.replay(), card.receipt());
      if (!same.ok()) return Prefixed(card.name() + ": ", same);
    }
  }
  return absl::OkStatus();
}

absl::Status ScorecardService::Explain(const v1::ExplainKpiResultRequest& request,
                                       v1::KpiExplanation& response, const Call& call) {
  const absl::StatusOr<Seen> seen = See(request, backend_, call);
  if (!seen.ok()) return seen.status();
  const View* const view = &seen->view;
  const absl::StatusOr<Asked> asked = Resolve("name", request.name(), *view, backend_);
  if (!asked.ok()) return asked.status();
  const auto kpi = FindKpi("kpi", request.kpi(), *view->pinned.registry);
  if (!kpi.ok()) return kpi.status();
  const kpis::KpiDefinition& definition = (*kpi)->definition;
  scoring::CardRequest card_request = CardRequestFor(*asked, *seen, call);
  card_request.selection.kpi_ids = {definition.id};
  card_request.worst_accounts = kWorstAccounts;
  card_request.explained = *kpi;
  const auto cards = scoring::MakeScorecards(card_request, view->pinned, backend_.store);
  if (!cards.ok()) return cards.status();
  const scoring::Scorecard& card = cards->front();
  const scoring::KpiLine& line = card.lines.front();

  response.set_subject(MakeSubject(asked->subject));
  response.set_subject_display_name(card.display_name);
  *response.mutable_period() = ToProto(card.period, backend_.calendar);
  *response.mutable_kpi() = ToProto(definition);
  *response.mutable_result() = ToProto(line);
  for (const kpis::CurvePoint& point : line.curve) *response.add_curve() = ToProto(point);
  response.set_curve_step(CurveStep(line));
  response.set_weight_step(WeightStep(line, card));
  for (const kpis::AccountPart& part : line.outcome.worst) {
    *response.add_worst_accounts() = PartOf(part, definition, *view->directory);
  }
  for (size_t i = 0; i < line.outcome.details.size(); ++i) {
    *response.add_details() = ToProto(definition.details[i], line.outcome.details[i]);
  }
  for (size_t i = 0; i < line.outcome.parameters.size(); ++i) {
    *response.add_parameters() = ToProto(definition.parameters[i], line.outcome.parameters[i]);
  }
  *response.mutable_weights() = ToProto(card.subject, card.weights.date, card.weights);
  *response.mutable_receipt() = ReceiptOf(card, backend_.calendar);
  if (line.score.has_value() && *line.score < kPoorScore) {
    for (const std::string& action : definition.actions) response.add_actions(action);
  }
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* ScorecardService::GetScorecard(grpc::CallbackServerContext* context,
                                                         const v1::GetScorecardRequest* request,
                                                         v1::Scorecard* response) {
  return backend_.calls.Unary(context, "GetScorecard", [=, this](const Call& call) {
    return Get(*request, *response, call);
  });
}

grpc::ServerUnaryReactor* ScorecardService::BatchGetScorecards(
    grpc::CallbackServerContext* context, const v1::BatchGetScorecardsRequest* request,
    v1::BatchGetScorecardsResponse* response) {
  return backend_.calls.Unary(context, "BatchGetScorecards", [=, this](const Call& call) {
    return BatchGet(*request, *response, call);
  });
}

grpc::ServerUnaryReactor* ScorecardService::ListScorecards(grpc::CallbackServerContext* context,
                                                           const v1::ListScorecardsRequest* request,
                                                           v1::ListScorecardsResponse* response) {
  return backend_.calls.Unary(context, "ListScorecards", [=, this](const Call& call) {
    return rpc::ListScorecards(backend_, *request, *response, call);
  });
}

grpc::ServerUnaryReactor* ScorecardService::ExplainKpiResult(
    grpc::CallbackServerContext* context, const v1::ExplainKpiResultRequest* request,
    v1::KpiExplanation* response) {
  return backend_.calls.Unary(context, "ExplainKpiResult", [=, this](const Call& call) {
    return Explain(*request, *response, call);
  });
}

}  // namespace keyscore::rpc
