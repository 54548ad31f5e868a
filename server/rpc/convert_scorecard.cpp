// Scorecards and their receipts.
#include "absl/base/call_once.h"
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

void Fill(const scoring::PillarScore& score, v1::PillarScore& message) {
  message.set_pillar(rpc::ToProto(score.pillar));
  if (score.score.has_value()) message.set_score(*score.score);
  message.set_weight(score.weight);
  message.set_nominal_weight(score.nominal_weight);
  message.set_coverage(score.coverage);
}

void Fill(const weighting::ResolvedWeights& weights, v1::WeightsSummary& summary) {
  WriteName("weightProfiles", weights.profile->id, *summary.mutable_profile());
  summary.set_profile_revision(weights.profile->revision);
  summary.set_tenure_band(weights.tenure_band);
  if (weights.tenure_months.has_value()) summary.set_tenure_months(*weights.tenure_months);
  for (const weighting::BandShare& band : weights.bands) {
    v1::BandShare& share = *summary.add_bands();
    share.set_tenure_band(band.band);
    share.set_share(band.share);
  }
  summary.set_as_of_date(FormatDay(weights.date));
}

// What the receipts of one generation of the registry have in common: its plugins, and the settings
// that are not at their defaults. Kept by the generation.
class OfRegistry {
 public:
  const v1::Receipt& Get(const kpis::RegistrySnapshot& registry) {
    absl::call_once(once_, [&] {
      for (const auto& library : registry.libraries()) {
        v1::Receipt::PluginVersion& plugin = *receipt_.add_plugins();
        plugin.set_plugin(MakeName("plugins", library->id));
        plugin.set_version(library->version);
        plugin.set_sha256(library->sha256);
      }
      for (const kpis::LoadedKpi* kpi : registry.kpis()) {
        for (const kpis::KpiSetting& setting : kpi->definition.settings) {
          if (setting.value == setting.default_value) continue;
          v1::Receipt::SettingValue& changed = *receipt_.add_settings();
          changed.set_kpi(MakeName("kpis", kpi->definition.id));
          changed.set_name(setting.name);
          changed.set_value(setting.value);
        }
      }
      receipt_.set_server_version(config::kVersion);
    });
    return receipt_;
  }

 private:
  absl::once_flag once_;
  v1::Receipt receipt_;
};

void Fill(const scoring::Scorecard& card, const measures::Calendar& calendar,
          v1::Receipt& receipt) {
  receipt.CopyFrom(card.registry->derived().Get<OfRegistry>().Get(*card.registry));
  receipt.set_fact_watermark(card.watermark);
  WriteName("weightProfiles", card.weights.profile->id, *receipt.mutable_weight_profile());
  receipt.set_weight_profile_revision(card.weights.profile->revision);
  rpc::Fill(calendar, *receipt.mutable_calendar());
  rpc::Fill(card.period.from, *receipt.mutable_period_start_time());
  rpc::Fill(card.period.to, *receipt.mutable_period_end_time());
  if (card.rules->changed_at != absl::InfinitePast()) {
    rpc::Fill(card.rules->changed_at, *receipt.mutable_weighting_time());
  }
  receipt.set_as_of_date(FormatDay(card.as_of));
  receipt.set_weights_of(card.weights_of == scoring::WeightsOf::kToday ? v1::WEIGHTS_OF_TODAY
                                                                       : v1::WEIGHTS_OF_PERIOD);
}

}  // namespace

std::string NameOf(const weighting::SubjectFacts& subject) {
  return MakeSubject({subject.kind, subject.id});
}

v1::Receipt ReceiptOf(const scoring::Scorecard& card, const measures::Calendar& calendar) {
  v1::Receipt receipt;
  Fill(card, calendar, receipt);
  return receipt;
}

v1::Scorecard ToProto(const scoring::Scorecard& card, const measures::Calendar& calendar,
                      absl::FunctionRef<bool(const scoring::KpiLine&)> listed) {
  v1::Scorecard message;
  Fill(card, calendar, listed, message);
  return message;
}

void Fill(const scoring::Scorecard& card, const measures::Calendar& calendar,
          absl::FunctionRef<bool(const scoring::KpiLine&)> listed, v1::Scorecard& message) {
  const SubjectName subject{card.subject.kind, card.subject.id};
  message.set_name(MakeScorecardName(subject, card.period.expression));
  message.set_subject(MakeSubject(subject));
  message.set_subject_display_name(card.display_name);
  Fill(card.period, calendar, *message.mutable_period());
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
    Fill(pillar, *message.add_pillars());
  }
  message.mutable_kpis()->Reserve(static_cast<int>(card.lines.size()));
  for (const scoring::KpiLine& line : card.lines) {
    if (listed(line)) Fill(line, *message.add_kpis());
  }
  Fill(card.weights, *message.mutable_weights());
  Fill(card, calendar, *message.mutable_receipt());
  message.set_team(MakeOptionalName("teams", card.subject.team_id));
}

}  // namespace keyscore::rpc
