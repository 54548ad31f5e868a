// A weight profile: for whom, how much each pillar counts by tenure, how much each KPI within it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "kpis/kpi_definition.h"

namespace keyscore::weighting {

struct PillarWeight {
  kpis::Pillar pillar;
  double weight = 0;  // share of the total, 0 to 1
};

// Months in role, [from_months, to_months).
struct TenureBand {
  int from_months = 0;
  std::optional<int> to_months;
  std::vector<PillarWeight> pillars;  // sum to 1
  std::string display_name;           // e.g. "under 18 months"
};

struct KpiWeight {
  std::string kpi_id;
  double weight = 0;                    // relative within the pillar
  std::vector<kpis::CurvePoint> curve;  // empty = the KPI's own
  std::optional<double> target;
};

enum class SelectorKind {
  kEveryone,
  kSegment,
  kTeam,
  kManager,
  kAccount
};  // by rising specificity

struct Selector {
  SelectorKind kind = SelectorKind::kEveryone;
  std::string id;
};

struct WeightProfile {
  std::string id;
  std::string display_name;
  Selector selector;
  std::vector<TenureBand> bands;                // without gap or overlap from month 0
  std::vector<PillarWeight> untenured_pillars;  // accounts, teams, the organisation
  std::vector<KpiWeight> kpis;                  // others have their plugin's default weight
  double minimum_coverage = 0.5;
  absl::Time effective_time = absl::InfinitePast();
  int64_t revision = 1;
  std::string reason;
  std::string author;
  absl::Time create_time;
};

// The 3R+1 default: under 18 months in role 60/20/20 (relationships, revenue, retention), 18 to 36
// 40/30/30, from 36 30/40/30; learning 0. Subjects without tenure have the middle band's weights.
// KPI weights are the plugins' defaults, which make the vital few count equally within their
// pillar.
WeightProfile DefaultProfile();

// Every fault at once as INVALID_ARGUMENT, one a line, by the field's name in the API: weights
// finite and not negative, each band summing to 1 within 1e-9, no gap or overlap of bands, coverage
// within 0 to 1, no KPI twice, curves ascending. No bands at all is fine: everyone has the
// untenured weights.
absl::Status ValidateProfile(const WeightProfile& profile);

// What no profile can tell alone: two with one id, or two for the same selector that take effect at
// the same instant, so that neither is the later one. INVALID_ARGUMENT names both.
absl::Status CheckProfiles(const std::vector<WeightProfile>& profiles);

}  // namespace keyscore::weighting
