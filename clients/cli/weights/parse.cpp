// YAML to a set of weightings. Nothing is ignored: a key that is not known is a fault.
#include <cmath>

#include <fmt/format.h>

#include "cli/names.h"
#include "cli/text/nearest.h"
#include "cli/weights/reader.h"

namespace keyscore::cli {
namespace {

// Of a profile that doesn't say.
constexpr double kDefaultMinimumCoverage = 0.5;

std::string Item(const std::string& list, size_t index) {
  return fmt::format("{}[{}]", list, index);
}

void ReadSelector(WeightsReader& reader, const YAML::Node& parent, const std::string& owner,
                  v1::WeightSelector* selector) {
  static const std::vector<std::string> kKinds = {"account", "manager", "team", "segment"};
  const std::string field = owner + ".selector";
  const YAML::Node node = parent["for"];
  constexpr char kHelp[] =
      "write everyone, or one of {account: ID}, {manager: ID}, {team: ID}, {segment: NAME}";
  if (!node.IsDefined() || node.IsNull()) {
    reader.Fault(parent, field, fmt::format("'for' is missing; {}", kHelp));
    return;
  }
  reader.At(field, node);
  if (node.IsScalar() && node.Scalar() == "everyone") return;
  if (!node.IsMap() || node.size() != 1) {
    reader.Fault(node, field, fmt::format("'for' is for one kind; {}", kHelp));
    return;
  }
  if (!reader.Map(node, field, "'for'", kKinds)) return;
  const std::string kind = node.begin()->first.Scalar();
  const std::optional<std::string> id = reader.Text(node, kind.c_str(), field, true);
  if (!id.has_value()) return;
  if (kind == "account") selector->set_account(InCollection(*id, "accounts"));
  if (kind == "manager") selector->set_manager(InCollection(*id, "managers"));
  if (kind == "team") selector->set_team(InCollection(*id, "teams"));
  if (kind == "segment") selector->set_segment(*id);
}

void ReadPillars(WeightsReader& reader, const YAML::Node& parent, const char* key,
                 const std::string& field,
                 google::protobuf::RepeatedPtrField<v1::PillarWeight>* pillars) {
  const YAML::Node node = parent[key];
  if (!node.IsDefined() || node.IsNull()) return;
  std::vector<std::string> known;
  for (const WeightsWord& word : kPillarWords) known.emplace_back(word.word);
  if (!reader.Map(node, field, fmt::format("'{}'", key), known)) return;
  for (const auto& entry : node) {
    const std::string name = entry.first.IsScalar() ? entry.first.Scalar() : "";
    for (const WeightsWord& word : kPillarWords) {
      if (name != word.word) continue;
      const std::string at = Item(field, static_cast<size_t>(pillars->size()));
      reader.At(at, entry.first);
      v1::PillarWeight* pillar = pillars->Add();
      pillar->set_pillar(static_cast<v1::Pillar>(word.value));
      pillar->set_weight(reader.Number(entry.second, at + ".weight").value_or(0));
    }
  }
}

void ReadMonths(WeightsReader& reader, const YAML::Node& parent, const std::string& field,
                v1::TenureBand* band) {
  const std::vector<YAML::Node> months = reader.List(parent, "months", field + ".from_months");
  if (months.empty() || months.size() > 2) {
    reader.Fault(parent["months"].IsDefined() ? parent["months"] : parent, field,
                 "'months' must be [FROM, TO], or [FROM] without an end");
    return;
  }
  const auto whole = [&](const YAML::Node& node, const char* name) -> std::optional<uint32_t> {
    const std::string at = field + "." + name;
    const std::optional<double> value = reader.Number(node, at);
    if (!value.has_value()) return std::nullopt;
    if (*value >= 0 && *value <= 1e6 && *value == std::floor(*value)) {
      return static_cast<uint32_t>(*value);
    }
    reader.Fault(node, at, "months are whole numbers, from 0");
    return std::nullopt;
  };
  if (const auto from = whole(months[0], "from_months")) band->set_from_months(*from);
  if (months.size() < 2) return;
  if (const auto to = whole(months[1], "to_months")) band->set_to_months(*to);
}

void ReadBand(WeightsReader& reader, const YAML::Node& node, const std::string& field,
              v1::TenureBand* band) {
  if (!reader.Map(node, field, "a tenure band", {"name", "months", "pillars"})) return;
  band->set_display_name(reader.Text(node, "name", field + ".display_name").value_or(""));
  ReadMonths(reader, node, field, band);
  ReadPillars(reader, node, "pillars", field + ".pillars", band->mutable_pillars());
}

void ReadCurve(WeightsReader& reader, const YAML::Node& node, const std::string& field,
               v1::KpiWeight* kpi) {
  const std::vector<YAML::Node> points = reader.List(node, "curve", field + ".curve");
  for (size_t i = 0; i < points.size(); ++i) {
    const std::string at = Item(field + ".curve", i);
    reader.At(at, points[i]);
    v1::CurvePoint* point = kpi->add_curve();
    if (!points[i].IsSequence() || points[i].size() != 2) {
      reader.Fault(points[i], at, "a point of a curve is [VALUE, SCORE]");
      continue;
    }
    point->set_value(reader.Number(points[i][0], at + ".value").value_or(0));
    point->set_score(reader.Number(points[i][1], at + ".score").value_or(0));
  }
}

void ReadKpi(WeightsReader& reader, const YAML::Node& node, const std::string& field,
             v1::KpiWeight* kpi) {
  if (!reader.Map(node, field, "a KPI",
                  {"kpi", "weight", "target", "no_data", "curve", "curve_over"})) {
    return;
  }
  if (const auto id = reader.Text(node, "kpi", field + ".kpi", true)) {
    kpi->set_kpi(InCollection(*id, "kpis"));
  }
  if (const auto weight = reader.Number(node, "weight", field + ".weight")) {
    kpi->set_weight(*weight);
  }
  if (const auto target = reader.Number(node, "target", field + ".target")) {
    kpi->set_target(*target);
  }
  kpi->set_missing_data(static_cast<v1::MissingDataPolicy>(
      reader.Word(node, "no_data", field + ".missing_data", kMissingDataWords)
          .value_or(kMissingDataWords.front().value)));
  ReadCurve(reader, node, field, kpi);
  kpi->set_curve_basis(static_cast<v1::CurveBasis>(
      reader.Word(node, "curve_over", field + ".curve_basis", kCurveBasisWords)
          .value_or(kCurveBasisWords.front().value)));
}

void ReadProfile(WeightsReader& reader, const YAML::Node& node, const std::string& field,
                 v1::WeightProfile* profile) {
  if (!reader.Map(node, field, "a profile",
                  {"id", "name", "for", "effective", "minimum_coverage", "when_bands_cross",
                   "tenure_bands", "without_tenure", "kpis"})) {
    return;
  }
  if (const auto id = reader.Text(node, "id", field + ".name", true)) {
    profile->set_name(InCollection(*id, "weightProfiles"));
  }
  profile->set_display_name(reader.Text(node, "name", field + ".display_name").value_or(""));
  ReadSelector(reader, node, field, profile->mutable_selector());
  profile->set_effective_date(
      reader.Text(node, "effective", field + ".effective_date").value_or(""));
  profile->set_minimum_coverage(reader.Number(node, "minimum_coverage", field + ".minimum_coverage")
                                    .value_or(kDefaultMinimumCoverage));
  profile->set_band_policy(static_cast<v1::BandPolicy>(
      reader.Word(node, "when_bands_cross", field + ".band_policy", kBandPolicyWords)
          .value_or(kBandPolicyWords.front().value)));
  const std::string bands = field + ".tenure_bands";
  for (const YAML::Node& band : reader.List(node, "tenure_bands", bands)) {
    const std::string at = Item(bands, static_cast<size_t>(profile->tenure_bands_size()));
    ReadBand(reader, band, at, profile->add_tenure_bands());
  }
  ReadPillars(reader, node, "without_tenure", field + ".untenured_pillars",
              profile->mutable_untenured_pillars());
  const std::string kpis = field + ".kpis";
  for (const YAML::Node& kpi : reader.List(node, "kpis", kpis)) {
    const std::string at = Item(kpis, static_cast<size_t>(profile->kpis_size()));
    ReadKpi(reader, kpi, at, profile->add_kpis());
  }
}

void ReadSeries(WeightsReader& reader, const YAML::Node& node, const std::string& field,
                v1::TargetSeries* series) {
  if (!reader.Map(node, field, "a target", {"id", "name", "kpi", "for", "pacing", "points"})) {
    return;
  }
  if (const auto id = reader.Text(node, "id", field + ".name", true)) {
    series->set_name(InCollection(*id, "targetSeries"));
  }
  series->set_display_name(reader.Text(node, "name", field + ".display_name").value_or(""));
  if (const auto kpi = reader.Text(node, "kpi", field + ".kpi", true)) {
    series->set_kpi(InCollection(*kpi, "kpis"));
  }
  ReadSelector(reader, node, field, series->mutable_selector());
  series->set_pacing(static_cast<v1::TargetSeries::Pacing>(
      reader.Word(node, "pacing", field + ".pacing", kPacingWords)
          .value_or(kPacingWords.front().value)));
  const std::string points = field + ".points";
  for (const YAML::Node& item : reader.List(node, "points", points)) {
    const std::string at = Item(points, static_cast<size_t>(series->points_size()));
    v1::TargetSeries::Point* point = series->add_points();
    if (!reader.Map(item, at, "a point", {"from", "to", "value"})) continue;
    point->set_start_date(reader.Text(item, "from", at + ".start_date", true).value_or(""));
    point->set_end_date(reader.Text(item, "to", at + ".end_date").value_or(""));
    point->set_value(reader.Number(item, "value", at + ".value", true).value_or(0));
  }
}

void ReadRoot(WeightsReader& reader, const YAML::Node& root, v1::WeightSet* set) {
  if (!root.IsDefined() || root.IsNull()) {
    reader.Fault(root, "", "the file is empty; `keyscore weights export` writes one to begin with");
    return;
  }
  if (!reader.Map(root, "", "the file", {"version", "profiles", "targets"})) return;
  const std::optional<std::string> version = reader.Text(root, "version", "version", true);
  if (version.has_value() && *version != "1") {
    reader.Fault(root["version"], "version",
                 fmt::format("version {} is not known here; write version: 1", *version));
  }
  for (const YAML::Node& profile : reader.List(root, "profiles", "profiles")) {
    const std::string at = Item("profiles", static_cast<size_t>(set->profiles_size()));
    ReadProfile(reader, profile, at, set->add_profiles());
  }
  for (const YAML::Node& series : reader.List(root, "targets", "target_series")) {
    const std::string at = Item("target_series", static_cast<size_t>(set->target_series_size()));
    ReadSeries(reader, series, at, set->add_target_series());
  }
  if (!root["profiles"].IsDefined() && !root["targets"].IsDefined()) {
    reader.Fault(root, "", "the file has neither 'profiles' nor 'targets'");
  }
}

}  // namespace

WeightsFile ParseWeightsFile(const std::string& yaml, const std::string& path) {
  WeightsFile file{.path = path};
  WeightsReader reader(file);
  try {
    ReadRoot(reader, YAML::Load(yaml), &file.set);
  } catch (const YAML::Exception& error) {
    // Not YAML at all: nothing that was read counts.
    file.set.Clear();
    file.faults = {{error.mark.is_null() ? 0 : error.mark.line + 1, "", error.msg}};
  }
  return file;
}

}  // namespace keyscore::cli
