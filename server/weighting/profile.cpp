// The 3R+1 default, and what has to hold over a whole set of profiles.
#include "weighting/profile.h"

#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace keyscore::weighting {
namespace {

using kpis::Pillar;

std::vector<PillarWeight> ThreeR(double relationships, double revenue, double retention) {
  return {{Pillar::kRelationships, relationships},
          {Pillar::kRevenue, revenue},
          {Pillar::kRetention, retention},
          {Pillar::kLearning, 0}};
}

}  // namespace

WeightProfile DefaultProfile() {
  WeightProfile profile;
  profile.id = "default";
  profile.display_name = "3R+1 default";
  // Someone new to the role builds relationships first; with time, results count for more.
  profile.bands = {{0, 18, ThreeR(0.6, 0.2, 0.2), "under 18 months"},
                   {18, 36, ThreeR(0.4, 0.3, 0.3), "18 to 36 months"},
                   {36, std::nullopt, ThreeR(0.3, 0.4, 0.3), "from 36 months"}};
  profile.untenured_pillars = ThreeR(0.4, 0.3, 0.3);
  profile.reason = "Built in";
  profile.author = "keyscore";
  profile.create_time = absl::UnixEpoch();
  return profile;
}

absl::Status CheckProfiles(const std::vector<WeightProfile>& profiles) {
  std::vector<std::string> faults;
  std::set<std::string> ids;
  std::map<std::tuple<SelectorKind, std::string, absl::Time>, std::string> in_effect;
  for (const WeightProfile& profile : profiles) {
    if (!ids.insert(profile.id).second) {
      faults.push_back(absl::StrCat("weightProfiles/", profile.id, ": is there twice"));
      continue;
    }
    const auto [other, added] = in_effect.try_emplace(
        {profile.selector.kind, profile.selector.id, profile.effective_time}, profile.id);
    if (!added) {
      faults.push_back(absl::StrCat("weightProfiles/", profile.id,
                                    ": effective_time: weightProfiles/", other->second,
                                    " has the same selector and takes effect at the same time; "
                                    "give one of them a later one"));
    }
  }
  if (faults.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(faults, "\n"));
}

}  // namespace keyscore::weighting
