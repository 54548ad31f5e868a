// What differs between two versions of a profile or a series, in words a reader can place.
#pragma once

#include <string>
#include <vector>

#include "weighting/profile.h"
#include "weighting/target.h"

namespace keyscore::weighting {

struct FieldChange {
  std::string field;   // "tenure_bands[under 18 months].relationships", "kpis[churn_rate].weight"
  std::string before;  // "" = not there
  std::string after;
};

std::vector<FieldChange> Compare(const ProfileContent& before, const ProfileContent& after);
std::vector<FieldChange> Compare(const TargetContent& before, const TargetContent& after);

}  // namespace keyscore::weighting
