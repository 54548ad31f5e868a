// ExplainKpiResult: one figure of a card, step by step.
#include <string>

#include "rpc/convert.h"
#include "rpc/explain.h"
#include "rpc/replay.h"
#include "rpc/scorecard_methods.h"

namespace keyscore::rpc {
namespace {

constexpr size_t kWorstAccounts = 10;
constexpr double kPoorScore = 50;  // under it, the KPI's suggested actions are shown

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

v1::KpiExplanation Explanation(const scoring::Scorecard& card, const Asked& asked,
                               const Directory& directory, const Backend& backend) {
  const scoring::KpiLine& line = card.lines.front();
  const kpis::KpiDefinition& definition = line.outcome.kpi->definition;
  v1::KpiExplanation message;
  message.set_subject(MakeSubject(asked.subject));
  message.set_subject_display_name(card.display_name);
  *message.mutable_period() = ToProto(card.period, backend.calendar);
  *message.mutable_kpi() = ToProto(definition);
  *message.mutable_result() = ToProto(line);
  for (const kpis::CurvePoint& point : line.curve) *message.add_curve() = ToProto(point);
  message.set_curve_step(CurveStep(line));
  message.set_weight_step(WeightStep(line, card));
  for (const kpis::AccountPart& part : line.outcome.worst) {
    *message.add_worst_accounts() = PartOf(part, definition, directory);
  }
  for (size_t i = 0; i < line.outcome.details.size(); ++i) {
    *message.add_details() = ToProto(definition.details[i], line.outcome.details[i]);
  }
  for (size_t i = 0; i < line.outcome.parameters.size(); ++i) {
    *message.add_parameters() = ToProto(definition.parameters[i], line.outcome.parameters[i]);
  }
  *message.mutable_weights() = ToProto(card.subject, card.weights.date, card.weights);
  *message.mutable_receipt() = ReceiptOf(card, backend.calendar);
  message.mutable_receipt()->clear_fact_watermark();
  if (line.score.has_value() && *line.score < kPoorScore) {
    for (const std::string& action : definition.actions) message.add_actions(action);
  }
  return message;
}

}  // namespace

MadeAnswer AnswerTo(Backend& backend, const v1::ExplainKpiResultRequest& request,
                    const Asking& asking) {
  const auto weights_of = WeightsOfFromProto("weights_of", request.weights_of());
  if (!weights_of.ok()) return weights_of.status();
  auto made_view = ViewFor(backend, request, asking);
  if (!made_view.ok()) return made_view.status();
  const Seen seen{*std::move(made_view), *weights_of};
  const View& view = seen.view;
  const absl::StatusOr<Asked> asked = Resolve("name", request.name(), view, backend);
  if (!asked.ok()) return asked.status();
  const auto kpi = FindKpi("kpi", request.kpi(), *view.pinned.registry);
  if (!kpi.ok()) return kpi.status();
  scoring::CardRequest card_request = CardRequestFor(*asked, seen, asking.call);
  card_request.selection.kpi_ids = {(*kpi)->definition.id};
  card_request.worst_accounts = kWorstAccounts;
  card_request.explained = *kpi;
  const auto cards = scoring::MakeScorecards(card_request, view.pinned, *view.source);
  if (!cards.ok()) return cards.status();
  const scoring::Scorecard& card = cards->front();
  auto answer = MakeAnswer(Explanation(card, *asked, *view.directory, backend),
                           v1::KpiExplanation::kReceiptFieldNumber, card.watermark);
  if (!answer.ok() || asking.newest == nullptr) return answer;
  auto footing = FootingOf(card, asked->info, *view.source);
  (*answer)->may_be_kept = footing.ok() && MayBeKept(*cards);
  if (footing.ok()) (*answer)->footing = *std::move(footing);
  (*answer)->footing.subject.reset();  // it names accounts too
  return answer;
}

}  // namespace keyscore::rpc
