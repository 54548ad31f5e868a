// Resolved weights and changed fields.
#include <algorithm>

#include "rpc/convert.h"
#include "rpc/convert_time.h"
#include "rpc/resource_name.h"

namespace keyscore::rpc {
namespace {

static_assert(static_cast<int>(weighting::MissingPolicy::kRedistributeInPillar) ==
                  v1::MISSING_DATA_POLICY_REDISTRIBUTE_IN_PILLAR &&
              static_cast<int>(weighting::MissingPolicy::kBlock) == v1::MISSING_DATA_POLICY_BLOCK);
static_assert(static_cast<int>(weighting::CurveBasis::kValue) == v1::CURVE_BASIS_VALUE &&
              static_cast<int>(weighting::CurveBasis::kAttainment) == v1::CURVE_BASIS_ATTAINMENT);
static_assert(static_cast<int>(weighting::Pacing::kLevel) == v1::TargetSeries::PACING_LEVEL &&
              static_cast<int>(weighting::Pacing::kSeasonal) == v1::TargetSeries::PACING_SEASONAL);

const char* Word(kpis::Direction direction) {
  switch (direction) {
    case kpis::Direction::kHigherIsBetter:
      return "higher";
    case kpis::Direction::kLowerIsBetter:
      return "lower";
    case kpis::Direction::kRangeIsBest:
      return "range";
  }
  return "";
}

// The value of the point that holds on the day: of a level what is to be reached then, of a paced
// series what is to be reached over the point's whole span.
std::optional<double> ValueOn(const weighting::TargetContent& series, absl::CivilDay day) {
  const auto& points = series.points;
  for (size_t i = 0; i < points.size(); ++i) {
    absl::CivilDay to = absl::CivilDay::max();
    if (points[i].to.has_value()) {
      to = *points[i].to;
    } else if (i + 1 < points.size()) {
      to = points[i + 1].from;
    }
    if (points[i].from <= day && day < to) return points[i].value;
  }
  return std::nullopt;
}

void FillTarget(const weighting::ResolvedKpi& kpi, const weighting::WeightProfile& profile,
                absl::CivilDay date, v1::ResolvedKpiWeight& message) {
  std::optional<double> target = kpi.target;
  switch (kpi.target_source) {
    case weighting::TargetSource::kNone:
      return;
    case weighting::TargetSource::kKpi:
      message.set_target_source(MakeName("kpis", kpi.kpi->definition.id));
      break;
    case weighting::TargetSource::kProfile:
      message.set_target_source(MakeName("weightProfiles", profile.id));
      break;
    case weighting::TargetSource::kSeries:
      message.set_target_source(MakeName("targetSeries", kpi.series->id));
      message.set_target_pacing(static_cast<v1::TargetSeries::Pacing>(kpi.series->content.pacing));
      target = ValueOn(kpi.series->content, date);
      break;
  }
  if (target.has_value()) message.set_target(*target);
}

v1::ResolvedKpiWeight ToProto(const weighting::ResolvedKpi& kpi,
                              const weighting::WeightProfile& profile, absl::CivilDay date) {
  const kpis::KpiDefinition& definition = kpi.kpi->definition;
  v1::ResolvedKpiWeight message;
  message.set_kpi(MakeName("kpis", definition.id));
  message.set_title(definition.title);
  message.set_description(definition.description);
  message.set_unit(definition.unit);
  message.set_direction(Word(definition.direction));
  message.set_pillar(rpc::ToProto(definition.pillar));
  message.set_weight_in_pillar(kpi.weight_in_pillar);
  message.set_weight(kpi.weight);
  for (const kpis::CurvePoint& point : kpi.curve) *message.add_curve() = rpc::ToProto(point);
  message.set_curve_basis(static_cast<v1::CurveBasis>(kpi.basis));
  message.set_missing_data(static_cast<v1::MissingDataPolicy>(kpi.missing));
  FillTarget(kpi, profile, date, message);
  if (kpi.exception != nullptr) {
    message.set_override(MakeName("scoreOverrides", kpi.exception->id));
  }
  return message;
}

}  // namespace

v1::WeightResolution ToProto(const weighting::SubjectFacts& subject, absl::CivilDay date,
                             const weighting::ResolvedWeights& weights) {
  v1::WeightResolution message;
  message.set_subject(NameOf(subject));
  message.set_subject_display_name(subject.display_name);
  message.set_date(FormatDay(date));
  message.set_profile(MakeName("weightProfiles", weights.profile->id));
  message.set_profile_display_name(weights.profile->content.display_name);
  message.set_profile_revision(weights.profile->revision);
  if (weights.tenure_months.has_value()) message.set_tenure_months(*weights.tenure_months);
  message.set_tenure_band(weights.tenure_band);
  for (const weighting::BandShare& band : weights.bands) {
    v1::BandShare& out = *message.add_bands();
    out.set_tenure_band(band.band);
    out.set_share(band.share);
  }
  for (const weighting::PillarWeight& pillar : weights.pillars) {
    v1::PillarWeight& out = *message.add_pillars();
    out.set_pillar(ToProto(pillar.pillar));
    out.set_weight(pillar.weight);
  }
  for (const weighting::ResolvedKpi& kpi : weights.kpis) {
    *message.add_kpis() = ToProto(kpi, *weights.profile, date);
  }
  message.set_minimum_coverage(weights.minimum_coverage);
  for (const std::string& reason : weights.reasons) message.add_reasons(reason);
  return message;
}

v1::FieldChange ToProto(const weighting::FieldChange& change) {
  v1::FieldChange message;
  message.set_field(change.field);
  message.set_before(change.before);
  message.set_after(change.after);
  return message;
}

}  // namespace keyscore::rpc
