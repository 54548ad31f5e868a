// Everything that can be wrong with one weight profile, found in one go.
#include <cmath>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "facts/utf8.h"
#include "fmt/format.h"
#include "weighting/checks.h"
#include "weighting/profile.h"
#include "weighting/reasons.h"

namespace keyscore::weighting {
namespace {

constexpr double kSumTolerance = 1e-9;
// A hundred years: no career is longer, and months stay far from overflow.
constexpr int kMaxMonths = 1200;
constexpr size_t kMinCurvePoints = 2;  // as in the plugin ABI
constexpr size_t kMaxCurvePoints = 32;
constexpr size_t kMaxBands = 24;
constexpr size_t kMaxKpis = 200;

void CheckPillars(const std::vector<PillarWeight>& pillars, absl::string_view field,
                  Faults& faults) {
  std::set<kpis::Pillar> seen;
  double sum = 0;
  if (pillars.size() > std::size(kpis::kPillars)) {
    Add(faults, field, fmt::format("has {} entries, there are four pillars", pillars.size()));
    return;
  }
  for (const PillarWeight& pillar : pillars) {
    const int number = static_cast<int>(pillar.pillar);
    if (number < 1 || number > 4) Add(faults, field, "a pillar is not named");
    if (!seen.insert(pillar.pillar).second) {
      Add(faults, field, "a pillar is there twice; add its weights up");
    }
    if (!std::isfinite(pillar.weight) || pillar.weight < 0) {
      Add(faults, field, fmt::format("weight {} must be 0 to 1", pillar.weight));
    }
    sum += pillar.weight;
  }
  // Written so that a sum that is not a number fails too.
  if (!(std::abs(sum - 1) <= kSumTolerance)) {
    Add(faults, field, fmt::format("the weights must sum to 1, they sum to {:.10g}", sum));
  }
}

void CheckBands(const std::vector<TenureBand>& bands, Faults& faults) {
  if (bands.size() > kMaxBands) {
    Add(faults, "tenure_bands",
        fmt::format("has {} bands, at most {} are kept", bands.size(), kMaxBands));
    return;
  }
  int expected = 0;
  for (size_t i = 0; i < bands.size(); ++i) {
    const TenureBand& band = bands[i];
    const std::string field = absl::StrCat("tenure_bands[", i, "]");
    if (band.from_months != expected) {
      Add(faults, field + ".from_months",
          fmt::format("must be {}, not {}; bands stand in order and leave no gap and no overlap",
                      expected, band.from_months));
    }
    if (!band.to_months && i + 1 < bands.size()) {
      Add(faults, field + ".to_months", "is missing; only the last band has no end");
    }
    if (band.to_months && i + 1 == bands.size()) {
      Add(faults, field + ".to_months",
          fmt::format("the last band must have no end, or {} months have no weights",
                      *band.to_months));
    }
    if (band.to_months && (*band.to_months <= band.from_months || *band.to_months > kMaxMonths)) {
      Add(faults, field + ".to_months",
          fmt::format("{} must lie above from_months ({}) and be at most {}", *band.to_months,
                      band.from_months, kMaxMonths));
    }
    CheckText(band.display_name, kMaxNameBytes, field + ".display_name", faults);
    CheckPillars(band.pillars, field + ".pillars", faults);
    expected = band.to_months.value_or(band.from_months);
  }
}

void CheckCurve(const std::vector<kpis::CurvePoint>& curve, const std::string& field,
                Faults& faults) {
  if (curve.empty()) return;  // the KPI's own
  if (curve.size() < kMinCurvePoints || curve.size() > kMaxCurvePoints) {
    Add(faults, field,
        fmt::format("must have {} to {} points, not {}", kMinCurvePoints, kMaxCurvePoints,
                    curve.size()));
  }
  for (size_t i = 0; i < curve.size(); ++i) {
    const std::string point = absl::StrCat(field, "[", i, "]");
    if (!std::isfinite(curve[i].value)) Add(faults, point + ".value", "must be a finite number");
    if (!(curve[i].score >= 0 && curve[i].score <= 100)) {
      Add(faults, point + ".score", fmt::format("must be 0 to 100, not {}", curve[i].score));
    }
    if (i > 0 && !(curve[i].value > curve[i - 1].value)) {
      Add(faults, point + ".value",
          fmt::format("{} must lie above {}, the point before it", curve[i].value,
                      curve[i - 1].value));
    }
  }
}

void CheckKpis(const std::vector<KpiWeight>& kpis, Faults& faults) {
  if (kpis.size() > kMaxKpis) {
    Add(faults, "kpis", fmt::format("has {} entries, at most {} are kept", kpis.size(), kMaxKpis));
    return;
  }
  std::set<std::string> seen;
  for (size_t i = 0; i < kpis.size(); ++i) {
    const KpiWeight& kpi = kpis[i];
    const std::string field = absl::StrCat("kpis[", i, "]");
    if (kpi.kpi_id.empty()) {
      Add(faults, field + ".kpi", "is missing");
    } else if (!facts::IsStorableUtf8(kpi.kpi_id) || kpi.kpi_id.size() > kMaxNameBytes) {
      Add(faults, field + ".kpi", "is no id of a KPI");
    } else if (!seen.insert(kpi.kpi_id).second) {
      Add(faults, field + ".kpi", absl::StrCat("kpis/", kpi.kpi_id, " is there twice"));
    }
    if (kpi.weight && (!std::isfinite(*kpi.weight) || *kpi.weight < 0)) {
      Add(faults, field + ".weight",
          fmt::format("must be finite and at least 0, not {}", *kpi.weight));
    }
    CheckCurve(kpi.curve, field + ".curve", faults);
    if (kpi.target && !std::isfinite(*kpi.target)) {
      Add(faults, field + ".target", "must be a finite number");
    }
  }
}

// The pillars that the profile weights itself must be wholly weighted.
void CheckKpiSums(const std::vector<KpiWeight>& kpis, const kpis::RegistrySnapshot& registry,
                  Faults& faults) {
  for (const kpis::Pillar pillar : kpis::kPillars) {
    double sum = 0;
    std::vector<std::string> weighted;
    for (const KpiWeight& kpi : kpis) {
      const kpis::LoadedKpi* known = registry.FindKpi(kpi.kpi_id);
      if (!kpi.weight || known == nullptr || known->definition.pillar != pillar) continue;
      sum += *kpi.weight;
      weighted.push_back(kpi.kpi_id);
    }
    if (weighted.empty() || std::abs(sum - 1) <= kSumTolerance) continue;
    Add(faults, "kpis",
        fmt::format("the weights within {} ({}) must sum to 1, they sum to {:.10g}",
                    PillarWord(pillar), absl::StrJoin(weighted, ", "), sum));
  }
}

}  // namespace

Faults CheckProfile(const WeightProfile& profile) {
  Faults faults;
  const ProfileContent& content = profile.content;
  CheckId(profile.id, "name", faults);
  CheckText(content.display_name, kMaxNameBytes, "display_name", faults);
  CheckSelector(content.selector, faults);
  CheckBands(content.bands, faults);
  CheckPillars(content.untenured_pillars, "untenured_pillars", faults);
  CheckKpis(content.kpis, faults);
  if (!(content.minimum_coverage >= 0 && content.minimum_coverage <= 1)) {
    Add(faults, "minimum_coverage",
        fmt::format("must be 0 to 1, not {}", content.minimum_coverage));
  }
  if (content.effective_date) CheckDay(*content.effective_date, "effective_date", faults);
  return faults;
}

Faults CheckProfile(const WeightProfile& profile, const kpis::RegistrySnapshot& registry) {
  Faults faults = CheckProfile(profile);
  const std::vector<KpiWeight>& kpis = profile.content.kpis;
  if (kpis.size() > kMaxKpis) return faults;
  for (size_t i = 0; i < kpis.size(); ++i) {
    CheckKpiKnown(kpis[i].kpi_id, registry, absl::StrCat("kpis[", i, "].kpi"), faults);
  }
  CheckKpiSums(kpis, registry, faults);
  return faults;
}

}  // namespace keyscore::weighting
