// A set of weightings to YAML, in the order in which a person reads a profile.
#include <yaml-cpp/yaml.h>

#include <fmt/format.h>

#include "cli/text/format.h"
#include "cli/weights/file.h"

namespace keyscore::cli {

const std::vector<WeightsWord> kMissingDataWords = {
    {"in-pillar", v1::MISSING_DATA_POLICY_REDISTRIBUTE_IN_PILLAR},
    {"overall", v1::MISSING_DATA_POLICY_REDISTRIBUTE_OVERALL},
    {"neutral", v1::MISSING_DATA_POLICY_NEUTRAL},
    {"zero", v1::MISSING_DATA_POLICY_ZERO},
    {"block", v1::MISSING_DATA_POLICY_BLOCK}};
const std::vector<WeightsWord> kCurveBasisWords = {{"value", v1::CURVE_BASIS_VALUE},
                                                   {"attainment", v1::CURVE_BASIS_ATTAINMENT}};
const std::vector<WeightsWord> kBandPolicyWords = {
    {"time-weighted", v1::BAND_POLICY_TIME_WEIGHTED},
    {"at-period-end", v1::BAND_POLICY_AT_PERIOD_END}};
const std::vector<WeightsWord> kPacingWords = {{"level", v1::TargetSeries::PACING_LEVEL},
                                               {"linear", v1::TargetSeries::PACING_LINEAR},
                                               {"seasonal", v1::TargetSeries::PACING_SEASONAL}};
const std::vector<WeightsWord> kPillarWords = {{"relationships", v1::PILLAR_RELATIONSHIPS},
                                               {"revenue", v1::PILLAR_REVENUE},
                                               {"retention", v1::PILLAR_RETENTION},
                                               {"learning", v1::PILLAR_LEARNING}};

std::string WordOf(const std::vector<WeightsWord>& words, int value) {
  for (const WeightsWord& word : words) {
    if (word.value == value) return word.word;
  }
  return words.front().word;
}

namespace {

std::string Number(double value) { return fmt::format("{}", value); }

void Put(YAML::Emitter& out, const char* key, const std::string& value) {
  out << YAML::Key << key << YAML::Value << value;
}

void PutSelector(YAML::Emitter& out, const v1::WeightSelector& selector) {
  const auto put = [&out](const char* kind, const std::string& id) {
    out << YAML::Key << "for" << YAML::Value << YAML::Flow << YAML::BeginMap << YAML::Key << kind
        << YAML::Value << id << YAML::EndMap;
  };
  switch (selector.selector_case()) {
    case v1::WeightSelector::kAccount:
      return put("account", IdOf(selector.account()));
    case v1::WeightSelector::kManager:
      return put("manager", IdOf(selector.manager()));
    case v1::WeightSelector::kTeam:
      return put("team", IdOf(selector.team()));
    case v1::WeightSelector::kSegment:
      return put("segment", selector.segment());
    case v1::WeightSelector::SELECTOR_NOT_SET:
      return Put(out, "for", "everyone");
  }
}

void PutPillars(YAML::Emitter& out, const char* key,
                const google::protobuf::RepeatedPtrField<v1::PillarWeight>& pillars) {
  if (pillars.empty()) return;
  out << YAML::Key << key << YAML::Value << YAML::Flow << YAML::BeginMap;
  for (const v1::PillarWeight& pillar : pillars) {
    out << YAML::Key << WordOf(kPillarWords, pillar.pillar()) << YAML::Value
        << Number(pillar.weight());
  }
  out << YAML::EndMap;
}

void PutBand(YAML::Emitter& out, const v1::TenureBand& band) {
  out << YAML::BeginMap;
  if (!band.display_name().empty()) Put(out, "name", band.display_name());
  out << YAML::Key << "months" << YAML::Value << YAML::Flow << YAML::BeginSeq << band.from_months();
  if (band.has_to_months()) out << band.to_months();
  out << YAML::EndSeq;
  PutPillars(out, "pillars", band.pillars());
  out << YAML::EndMap;
}

void PutKpi(YAML::Emitter& out, const v1::KpiWeight& kpi) {
  out << YAML::BeginMap;
  Put(out, "kpi", IdOf(kpi.kpi()));
  if (kpi.has_weight()) Put(out, "weight", Number(kpi.weight()));
  if (kpi.has_target()) Put(out, "target", Number(kpi.target()));
  if (const std::string word = WordOf(kMissingDataWords, kpi.missing_data());
      word != kMissingDataWords.front().word) {
    Put(out, "no_data", word);
  }
  if (kpi.curve_size() > 0) {
    out << YAML::Key << "curve" << YAML::Value << YAML::Flow << YAML::BeginSeq;
    for (const v1::CurvePoint& point : kpi.curve()) {
      out << YAML::Flow << YAML::BeginSeq << Number(point.value()) << Number(point.score())
          << YAML::EndSeq;
    }
    out << YAML::EndSeq;
  }
  if (const std::string word = WordOf(kCurveBasisWords, kpi.curve_basis());
      word != kCurveBasisWords.front().word) {
    Put(out, "curve_over", word);
  }
  out << YAML::EndMap;
}

void PutProfile(YAML::Emitter& out, const v1::WeightProfile& profile) {
  out << YAML::BeginMap;
  Put(out, "id", IdOf(profile.name()));
  if (!profile.display_name().empty()) Put(out, "name", profile.display_name());
  PutSelector(out, profile.selector());
  if (!profile.effective_date().empty()) Put(out, "effective", profile.effective_date());
  Put(out, "minimum_coverage", Number(profile.minimum_coverage()));
  if (profile.tenure_bands_size() > 0 || profile.band_policy() == v1::BAND_POLICY_AT_PERIOD_END) {
    Put(out, "when_bands_cross", WordOf(kBandPolicyWords, profile.band_policy()));
  }
  if (profile.tenure_bands_size() > 0) {
    out << YAML::Key << "tenure_bands" << YAML::Value << YAML::BeginSeq;
    for (const v1::TenureBand& band : profile.tenure_bands()) PutBand(out, band);
    out << YAML::EndSeq;
  }
  PutPillars(out, "without_tenure", profile.untenured_pillars());
  if (profile.kpis_size() > 0) {
    out << YAML::Key << "kpis" << YAML::Value << YAML::BeginSeq;
    for (const v1::KpiWeight& kpi : profile.kpis()) PutKpi(out, kpi);
    out << YAML::EndSeq;
  }
  out << YAML::EndMap;
}

void PutSeries(YAML::Emitter& out, const v1::TargetSeries& series) {
  out << YAML::BeginMap;
  Put(out, "id", IdOf(series.name()));
  if (!series.display_name().empty()) Put(out, "name", series.display_name());
  Put(out, "kpi", IdOf(series.kpi()));
  PutSelector(out, series.selector());
  Put(out, "pacing", WordOf(kPacingWords, series.pacing()));
  out << YAML::Key << "points" << YAML::Value << YAML::BeginSeq;
  for (const v1::TargetSeries::Point& point : series.points()) {
    out << YAML::Flow << YAML::BeginMap;
    Put(out, "from", point.start_date());
    if (!point.end_date().empty()) Put(out, "to", point.end_date());
    Put(out, "value", Number(point.value()));
    out << YAML::EndMap;
  }
  out << YAML::EndSeq << YAML::EndMap;
}

}  // namespace

std::string WriteWeightsFile(const v1::WeightSet& set) {
  YAML::Emitter out;
  out << YAML::Comment("Keyscore weightings. Apply with: keyscore weights apply -f FILE")
      << YAML::BeginMap;
  Put(out, "version", "1");
  if (set.profiles_size() > 0) {
    out << YAML::Key << "profiles" << YAML::Value << YAML::BeginSeq;
    for (const v1::WeightProfile& profile : set.profiles()) PutProfile(out, profile);
    out << YAML::EndSeq;
  }
  if (set.target_series_size() > 0) {
    out << YAML::Key << "targets" << YAML::Value << YAML::BeginSeq;
    for (const v1::TargetSeries& series : set.target_series()) PutSeries(out, series);
    out << YAML::EndSeq;
  }
  out << YAML::EndMap;
  return std::string(out.c_str()) + "\n";
}

}  // namespace keyscore::cli
