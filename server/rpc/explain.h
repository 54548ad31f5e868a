// The arithmetic of one result in words, for people who want to follow it.
#pragma once

#include <string>

#include "scoring/scorecard.h"

namespace keyscore::rpc {

// Between which points of the curve the value fell: "40 lies between 30 (score 50) and 50 (score
// 80): 50 + (40 − 30) ÷ (50 − 30) × 30 = 65"; or its attainment, where the curve is over that. Then
// what counts in place of that, by an exception or for want of a value. Empty where nothing counts.
std::string CurveStep(const scoring::KpiLine& line);

// From pillar weight and weight within the pillar to the effective weight of `line`, which must be
// of `card`.
std::string WeightStep(const scoring::KpiLine& line, const scoring::Scorecard& card);

}  // namespace keyscore::rpc
