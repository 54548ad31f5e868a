// Resolved weights.
#include "rpc/convert.h"
#include "rpc/convert_time.h"
#include "rpc/resource_name.h"

namespace keyscore::rpc {

v1::WeightResolution ToProto(const weighting::SubjectFacts& subject, absl::CivilDay date,
                             const weighting::ResolvedWeights& weights) {
  v1::WeightResolution message;
  message.set_subject(NameOf(subject));
  message.set_date(FormatDay(date));
  message.set_profile(MakeName("weightProfiles", weights.profile->id));
  message.set_profile_revision(weights.profile->revision);
  if (weights.tenure_months.has_value()) message.set_tenure_months(*weights.tenure_months);
  message.set_tenure_band(weights.tenure_band);
  for (const weighting::PillarWeight& pillar : weights.pillars) {
    v1::PillarWeight& out = *message.add_pillars();
    out.set_pillar(ToProto(pillar.pillar));
    out.set_weight(pillar.weight);
  }
  for (const weighting::ResolvedKpi& kpi : weights.kpis) {
    v1::ResolvedKpiWeight& out = *message.add_kpis();
    out.set_kpi(MakeName("kpis", kpi.kpi->definition.id));
    out.set_pillar(ToProto(kpi.kpi->definition.pillar));
    out.set_weight_in_pillar(kpi.weight_in_pillar);
    out.set_weight(kpi.weight);
    for (const kpis::CurvePoint& point : kpi.curve) *out.add_curve() = ToProto(point);
    if (kpi.target.has_value()) out.set_target(*kpi.target);
  }
  message.set_minimum_coverage(weights.minimum_coverage);
  for (const std::string& reason : weights.reasons) message.add_reasons(reason);
  return message;
}

}  // namespace keyscore::rpc
