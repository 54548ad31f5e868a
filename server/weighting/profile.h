// A weight profile: for whom, how much each pillar counts by tenure, how much each KPI within it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "kpis/kpi_definition.h"
#include "kpis/registry.h"
#include "weighting/fault.h"

namespace keyscore::weighting {

struct PillarWeight {
  kpis::Pillar pillar;
  double weight = 0;  // share of the total, 0 to 1
  bool operator==(const PillarWeight&) const = default;
};

// Months in role, [from_months, to_months).
struct TenureBand {
  int from_months = 0;
  std::optional<int> to_months;
  std::vector<PillarWeight> pillars;  // sum to 1
  std::string display_name;           // e.g. "under 18 months"
  bool operator==(const TenureBand&) const = default;
};

// What becomes of the weight of a KPI that has no value.
enum class MissingPolicy {
  kRedistributeInPillar = 1,  // to its siblings, or where none has a value to the other pillars
  kRedistributeOverall = 2,   // to all KPIs with a value, in proportion
  kNeutral = 3,               // it stays; the KPI counts as 50
  kZero = 4,   // it stays; the KPI counts as 0 (an ERROR: redistributed in the pillar)
  kBlock = 5,  // there is no total
};

// What a curve's points are over.
enum class CurveBasis { kValue = 1, kAttainment = 2 };

struct KpiWeight {
  std::string kpi_id;
  // Share of its pillar. A pillar with any KPI weighted here is wholly weighted here.
  std::optional<double> weight;
  std::vector<kpis::CurvePoint> curve;  // empty = the KPI's own
  std::optional<double> target;
  MissingPolicy missing = MissingPolicy::kRedistributeInPillar;
  CurveBasis basis = CurveBasis::kValue;
  bool operator==(const KpiWeight&) const = default;
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
  auto operator<=>(const Selector&) const = default;
};

enum class BandPolicy { kTimeWeighted = 1, kAtPeriodEnd = 2 };

// What an admin decides on.
struct ProfileContent {
  std::string display_name;
  Selector selector;
  std::vector<TenureBand> bands;                // without gap or overlap from month 0
  std::vector<PillarWeight> untenured_pillars;  // accounts, teams, the organisation
  std::vector<KpiWeight> kpis;
  double minimum_coverage = 0.5;
  BandPolicy band_policy = BandPolicy::kTimeWeighted;
  std::optional<absl::CivilDay> effective_date;  // the first day it counts for; none = always did
  bool operator==(const ProfileContent&) const = default;
};

enum class ProfileState { kDraft = 1, kApproved = 2, kPublished = 3, kDeleted = 4 };

// One revision of a profile.
struct WeightProfile {
  std::string id;
  ProfileContent content;
  int64_t revision = 1;
  ProfileState state = ProfileState::kPublished;
  std::string action;  // what made this revision, as in the API
  std::string reason;
  std::string author;  // of this revision
  absl::Time create_time;
  std::vector<std::string> draft_authors;  // since what was last published; sorted, each once
  std::string approver;
  absl::Time review_time = absl::InfinitePast();  // last published or reviewed
};

// The id under which the built-in default is kept, as revision 1.
inline constexpr char kDefaultProfileId[] = "default";
// … and what made that revision.
inline constexpr char kBuiltInAction[] = "built in";

// The 3R+1 default: under 18 months in role 60/20/20 (relationships, revenue, retention), 18 to 36
// 40/30/30, from 36 30/40/30; learning 0. Subjects without tenure have the middle band's weights.
// KPI weights are the plugins' defaults, which make the vital few count equally within their
// pillar.
WeightProfile DefaultProfile();

// Every fault that shows in the profile alone, by the field's name in the API: weights finite and
// not negative, each band summing to 1 within 1e-9, no gap or overlap of bands, coverage within 0
// to 1, no KPI twice, curves ascending, id and selector well-formed, sizes within limits. No bands
// at all is fine: everyone has the untenured weights.
Faults CheckProfile(const WeightProfile& profile);
// Those, and what takes the KPIs: one that no plugin provides, a pillar weighted by the profile
// whose weights don't sum to 1.
Faults CheckProfile(const WeightProfile& profile, const kpis::RegistrySnapshot& registry);

// Scales the weights of every level to 1 (those of KPIs within their pillar in `registry`); leaves
// alone what sums to 1 already and what can't be scaled (a level of zeros, a weight that is not
// finite or negative, an unknown KPI), for CheckProfile to name.
void Normalize(ProfileContent& content, const kpis::RegistrySnapshot& registry);

}  // namespace keyscore::weighting
