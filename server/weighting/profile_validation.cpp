// Everything that can be wrong with one weight profile, found in one go.
#include <cmath>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "fmt/format.h"
#include "weighting/profile.h"

namespace keyscore::weighting {
namespace {

constexpr double kSumTolerance = 1e-9;
// A hundred years: no career is longer, and months stay far from overflow.
constexpr int kMaxMonths = 1200;
constexpr size_t kMinCurvePoints = 2;  // as in the plugin ABI
constexpr size_t kMaxCurvePoints = 32;
constexpr size_t kMaxIdLength = 63;

using Faults = std::vector<std::string>;

void Add(Faults& faults, absl::string_view field, absl::string_view phrase) {
  faults.push_back(absl::StrCat(field, ": ", phrase));
}

// AIP-122: lower-case letters, digits and hyphens, a letter first, no hyphen last.
bool IsProfileId(absl::string_view id) {
  if (id.empty() || id.size() > kMaxIdLength || !absl::ascii_islower(id.front())) return false;
  for (const char c : id) {
    if (!absl::ascii_islower(c) && !absl::ascii_isdigit(c) && c != '-') return false;
  }
  return id.back() != '-';
}

void CheckPillars(const std::vector<PillarWeight>& pillars, absl::string_view field,
                  Faults& faults) {
  std::set<kpis::Pillar> seen;
  double sum = 0;
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
  std::set<std::string> seen;
  for (size_t i = 0; i < kpis.size(); ++i) {
    const KpiWeight& kpi = kpis[i];
    const std::string field = absl::StrCat("kpis[", i, "]");
    if (kpi.kpi_id.empty()) {
      Add(faults, field + ".kpi", "is missing");
    } else if (!seen.insert(kpi.kpi_id).second) {
      Add(faults, field + ".kpi", absl::StrCat("kpis/", kpi.kpi_id, " is there twice"));
    }
    if (!std::isfinite(kpi.weight) || kpi.weight < 0) {
      Add(faults, field + ".weight",
          fmt::format("must be finite and at least 0, not {}", kpi.weight));
    }
    CheckCurve(kpi.curve, field + ".curve", faults);
    if (kpi.target && !std::isfinite(*kpi.target)) {
      Add(faults, field + ".target", "must be a finite number");
    }
  }
}

}  // namespace

absl::Status ValidateProfile(const WeightProfile& profile) {
  Faults faults;
  if (!IsProfileId(profile.id)) {
    Add(faults, "name",
        absl::StrCat("\"", absl::CHexEscape(profile.id.substr(0, kMaxIdLength)),
                     "\" must be lower-case letters, digits and hyphens, a letter first"));
  }
  if (profile.selector.kind != SelectorKind::kEveryone && profile.selector.id.empty()) {
    Add(faults, "selector", "says whom it is for by kind only; name the one");
  }
  if (profile.selector.kind == SelectorKind::kEveryone && !profile.selector.id.empty()) {
    Add(faults, "selector", "is for everyone, so it names no one");
  }
  CheckBands(profile.bands, faults);
  CheckPillars(profile.untenured_pillars, "untenured_pillars", faults);
  CheckKpis(profile.kpis, faults);
  if (!(profile.minimum_coverage >= 0 && profile.minimum_coverage <= 1)) {
    Add(faults, "minimum_coverage",
        fmt::format("must be 0 to 1, not {}", profile.minimum_coverage));
  }
  if (profile.effective_time == absl::InfiniteFuture()) {
    Add(faults, "effective_time", "never comes");
  }
  if (faults.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(faults, "\n"));
}

}  // namespace keyscore::weighting
