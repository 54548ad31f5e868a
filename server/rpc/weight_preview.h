// WeightingService.PreviewWeights: what drafts would change for a whole population, worked out as
// an operation of its own.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "google/longrunning/operations.pb.h"
#include "keyscore/v1/weighting_service.pb.h"
#include "rpc/backend.h"
#include "scoring/preview.h"

namespace keyscore::rpc {

// Checks the request, pins what it sees of facts, directory and weightings, and starts the work.
// INVALID_ARGUMENT names every fault of drafts given inline; NOT_FOUND a draft that is not there.
absl::Status StartPreview(Backend& backend, const v1::PreviewWeightsRequest& request,
                          google::longrunning::Operation& response, const Call& call);

// convert_preview.cpp
v1::WeightPreview ToProto(const std::vector<scoring::PeriodPreview>& periods,
                          const measures::Calendar& calendar);

}  // namespace keyscore::rpc
