// Rules made of profiles, without any ledger.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "weighting/rules.h"

namespace keyscore::weighting {

// Each profile counts from its effective date on for good.
inline Rules RulesOf(const std::vector<WeightProfile>& profiles) {
  Rules rules;
  for (const WeightProfile& profile : profiles) {
    Version version;
    version.profile = profile;
    version.from = profile.content.effective_date.value_or(absl::CivilDay::min());
    rules.versions.push_back(std::move(version));
  }
  return rules;
}

// The default for somebody else.
inline WeightProfile For(const std::string& id, SelectorKind kind, const std::string& whom = "",
                         std::optional<absl::CivilDay> effective = std::nullopt) {
  WeightProfile profile = DefaultProfile();
  profile.id = id;
  profile.action = "publish";
  profile.content.selector = {kind, whom};
  profile.content.effective_date = effective;
  return profile;
}

}  // namespace keyscore::weighting
