// WeightingService.LintWeights: advice on how well a profile's KPIs are chosen.
#pragma once

#include "absl/status/status.h"
#include "keyscore/v1/weighting_service.pb.h"
#include "rpc/backend.h"

namespace keyscore::rpc {

// Looks at each profile asked for over the figures of those it counts for in the period.
absl::Status LintWeights(Backend& backend, const v1::LintWeightsRequest& request,
                         v1::LintWeightsResponse& response, const Call& call);

}  // namespace keyscore::rpc
