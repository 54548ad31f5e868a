// Scorecards and their receipts.
#include "config/version.h"
#include "rpc/convert.h"
#include "rpc/convert_time.h"
#include "rpc/resource_name.h"

namespace keyscore::rpc {
namespace {

v1::Scorecard::TotalState ToProto(scoring::TotalState state) {
  switch (state) {
    case scoring::TotalState::kScored:
      return v1::Scorecard::SCORED;
    case scoring::TotalState::kNotScored:
      return v1::Scorecard::NOT_SCORED;
    case scoring::TotalState::kScoredWithErrors:
      return v1::Scorecard::SCORED_WITH_ERRORS;
  }
  return v1::Scorecard::TOTAL_STATE_UNSPECIFIED;
}

v1::PillarScore ToProto(const scoring::PillarScore& score) {
  v1::PillarScore message;
  message.set_pillar(rpc::ToProto(score.pillar));
  if (score.score.has_value()) message.set_score(*score.score);
  message.set_weight(score.weight);
  message.set_nominal_weight(score.nominal_weight);
  message.set_coverage(score.coverage);
  return message;
}

v1::WeightsSummary SummaryOf(const weighting::ResolvedWeights& weights) {
  v1::WeightsSummary summary;
  summary.set_profile(MakeName("weightProfiles", weights.profile->id));
  summary.set_profile_revision(weights.profile->revision);
  summary.set_tenure_band(weights.tenure_band);
  if (weights.tenure_months.has_value()) summary.set_tenure_months(*weights.tenure_months);
  for (const weighting::BandShare& band : weights.bands) {
    v1::BandShare& share = *summary.add_bands();
    share.set_tenure_band(band.band);
    share.set_share(band.share);
  }
  summary.set_as_of_date(FormatDay(weights.date));
  return summary;
}

}  // namespace

std::string NameOf(const weighting::SubjectFacts& subject) {
  return MakeSubject({subject.kind, subject.id});
}

v1::Receipt ReceiptOf(const scoring::Scorecard& card, const measures::Calendar& calendar) {
  v1::Receipt receipt;
  receipt.set_fact_watermark(card.watermark);
  for (const auto& library : card.registry->libraries()) {
    v1::Receipt::PluginVersion& plugin = *receipt.add_plugins();
    plugin.set_plugin(MakeName("plugins", library->id));
    plugin.set_version(library->version);
    plugin.set_sha256(library->sha256);
  }
  for (const kpis::LoadedKpi* kpi : card.registry->kpis()) {
    for (const kpis::KpiSetting& setting : kpi->definition.settings) {
      if (setting.value == setting.default_value) continue;
      v1::Receipt::SettingValue& changed = *receipt.add_settings();
      changed.set_kpi(MakeName("kpis", kpi->definition.id));
      changed.set_name(setting.name);
      changed.set_value(setting.value);
    }
  }
  receipt.set_weight_profile(MakeName("weightProfiles", card.weights.profile->id));
  receipt.set_weight_profile_revision(card.weights.profile->revision);
  *receipt.mutable_calendar() = ToProto(calendar);
  *receipt.mutable_period_start_time() = ToProto(card.period.from);
  *receipt.mutable_period_end_time() = ToProto(card.period.to);
  receipt.set_server_version(config::kVersion);
  if (card.rules->changed_at != absl::InfinitePast()) {
    *receipt.mutable_weighting_time() = ToProto(card.rules->changed_at);
  }
  receipt.set_as_of_date(FormatDay(card.as_of));
  receipt.set_weights_of(card.weights_of == scoring::WeightsOf::kToday ? v1::WEIGHTS_OF_TODAY
                                                                       : v1::WEIGHTS_OF_PERIOD);
  return receipt;
}

v1::Scorecard ToProto(const scoring::Scorecard& card, const measures::Calendar& calendar,
                      absl::FunctionRef<bool(const scoring::KpiLine&)> listed) {
  const SubjectName subject{card.subject.kind, card.subject.id};
  v1::Scorecard message;
  message.set_name(MakeScorecardName(subject, card.period.expression));
  message.set_subject(MakeSubject(subject));
  message.set_subject_display_name(card.display_name);
  *message.mutable_period() = ToProto(card.period, calendar);
  message.set_total_state(ToProto(card.total.state));
  if (card.total.total.has_value()) message.set_total(*card.total.total);
  if (card.computed_total.has_value()) message.set_computed_total(*card.computed_total);
  for (const std::string& kpi : card.blocked_by) message.add_blocked_by(MakeName("kpis", kpi));
  message.set_score_low(card.total.low);
  message.set_score_high(card.total.high);
  message.set_coverage(card.total.coverage);
  message.set_error_weight(card.total.error_weight);
  message.set_minimum_coverage(card.weights.minimum_coverage);
  for (const scoring::PillarScore& pillar : card.total.pillars) {
    *message.add_pillars() = ToProto(pillar);
  }
  for (const scoring::KpiLine& line : card.lines) {
    if (listed(line)) *message.add_kpis() = ToProto(line);
  }
  *message.mutable_weights() = SummaryOf(card.weights);
  *message.mutable_receipt() = ReceiptOf(card, calendar);
  message.set_team(MakeOptionalName("teams", card.subject.team_id));
  return message;
}

}  // namespace keyscore::rpc
