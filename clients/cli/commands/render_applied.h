// What applying a file changes, or would, as people and spreadsheets read it.
#pragma once

#include <cstdint>
#include <ostream>

#include "cli/context.h"
#include "keyscore/v1/weighting_service.pb.h"

namespace keyscore::cli {

// `would` is true where nothing was changed.
void PrintWeightChanges(const v1::ApplyWeightsResponse& reply, bool would,
                        const Terminal& terminal);
void PrintWeightChangesCsv(const v1::ApplyWeightsResponse& reply, std::ostream& out);

// The same after an apply, and what is to be done next.
void PrintApplied(const v1::ApplyWeightsResponse& reply, bool dry_run, const Terminal& terminal);

// How many resources are new or changed.
int64_t CountDifferences(const v1::ApplyWeightsResponse& reply);

}  // namespace keyscore::cli
