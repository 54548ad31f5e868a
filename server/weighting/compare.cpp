// Both versions are written out as fields and texts; what differs by field is the answer.
#include "weighting/compare.h"

#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "weighting/checks.h"
#include "weighting/reasons.h"

namespace keyscore::weighting {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

// Shortest text that reads back as the same number.
std::string Number(double number) { return fmt::format("{}", number); }

std::string PillarField(kpis::Pillar pillar) {
  return pillar == kpis::Pillar::kLearning ? "learning" : PillarWord(pillar);
}

std::string PolicyWord(MissingPolicy policy) {
  switch (policy) {
    case MissingPolicy::kRedistributeInPillar:
      return "redistribute in pillar";
    case MissingPolicy::kRedistributeOverall:
      return "redistribute overall";
    case MissingPolicy::kNeutral:
      return "neutral";
    case MissingPolicy::kZero:
      return "zero";
    case MissingPolicy::kBlock:
      return "block";
  }
  return "";
}

std::string PacingWord(Pacing pacing) {
  switch (pacing) {
    case Pacing::kLevel:
      return "level";
    case Pacing::kLinear:
      return "linear";
    case Pacing::kSeasonal:
      return "seasonal";
  }
  return "";
}

void WritePillars(const std::string& field, const std::vector<PillarWeight>& pillars,
                  Fields& fields) {
  for (const PillarWeight& pillar : pillars) {
    fields.emplace_back(absl::StrCat(field, ".", PillarField(pillar.pillar)),
                        Number(pillar.weight));
  }
}

void WriteBand(const TenureBand& band, Fields& fields) {
  const std::string field = absl::StrCat("tenure_bands[", BandName(band), "]");
  fields.emplace_back(field + ".from_months", absl::StrCat(band.from_months));
  if (band.to_months) fields.emplace_back(field + ".to_months", absl::StrCat(*band.to_months));
  fields.emplace_back(field + ".display_name", band.display_name);
  WritePillars(field, band.pillars, fields);
}

void WriteKpi(const KpiWeight& kpi, Fields& fields) {
  const std::string field = absl::StrCat("kpis[", kpi.kpi_id, "]");
  // Written even where nothing else is set, so that an entry that comes or goes shows.
  fields.emplace_back(field, "listed");
  if (kpi.weight) fields.emplace_back(field + ".weight", Number(*kpi.weight));
  if (!kpi.curve.empty()) {
    fields.emplace_back(
        field + ".curve",
        absl::StrJoin(kpi.curve, ", ", [](std::string* text, const kpis::CurvePoint& point) {
          absl::StrAppend(text, Number(point.value), " scores ", Number(point.score));
        }));
  }
  if (kpi.target) fields.emplace_back(field + ".target", Number(*kpi.target));
  if (kpi.missing != MissingPolicy::kRedistributeInPillar) {
    fields.emplace_back(field + ".missing_data", PolicyWord(kpi.missing));
  }
  if (kpi.basis != CurveBasis::kValue) {
    fields.emplace_back(field + ".curve_basis", "attainment");
  }
}

Fields FieldsOf(const ProfileContent& content) {
  Fields fields;
  fields.emplace_back("display_name", content.display_name);
  fields.emplace_back("selector", InWords(content.selector));
  if (content.effective_date) {
    fields.emplace_back("effective_date", InWords(*content.effective_date));
  }
  for (const TenureBand& band : content.bands) WriteBand(band, fields);
  WritePillars("untenured_pillars", content.untenured_pillars, fields);
  for (const KpiWeight& kpi : content.kpis) WriteKpi(kpi, fields);
  fields.emplace_back("minimum_coverage", Number(content.minimum_coverage));
  fields.emplace_back("band_policy", content.band_policy == BandPolicy::kAtPeriodEnd
                                         ? "at period end"
                                         : "time-weighted");
  return fields;
}

Fields FieldsOf(const TargetContent& content) {
  Fields fields;
  fields.emplace_back("kpi", content.kpi_id);
  fields.emplace_back("selector", InWords(content.selector));
  fields.emplace_back("pacing", PacingWord(content.pacing));
  for (const TargetPoint& point : content.points) {
    const std::string field = absl::StrCat("points[", InWords(point.from), "]");
    fields.emplace_back(field + ".value", Number(point.value));
    if (point.to) fields.emplace_back(field + ".end_date", InWords(*point.to));
  }
  fields.emplace_back("display_name", content.display_name);
  return fields;
}

// Fields stand in the order of `after`, those that went at the end.
std::vector<FieldChange> Differences(const Fields& before, const Fields& after) {
  const std::map<std::string, std::string> old(before.begin(), before.end());
  std::set<std::string> kept;
  std::vector<FieldChange> changes;
  for (const auto& [field, text] : after) {
    const auto found = old.find(field);
    const std::string was = found == old.end() ? "" : found->second;
    kept.insert(field);
    if (was != text) changes.push_back({field, was, text});
  }
  for (const auto& [field, text] : before) {
    if (!kept.contains(field) && !text.empty()) changes.push_back({field, text, ""});
  }
  return changes;
}

}  // namespace

std::vector<FieldChange> Compare(const ProfileContent& before, const ProfileContent& after) {
  return Differences(FieldsOf(before), FieldsOf(after));
}

std::vector<FieldChange> Compare(const TargetContent& before, const TargetContent& after) {
  return Differences(FieldsOf(before), FieldsOf(after));
}

}  // namespace keyscore::weighting
