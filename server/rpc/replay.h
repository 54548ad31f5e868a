// Makes what a receipt came with again: the state that it names, and whether that is what came out.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "keyscore/v1/scorecard_service.pb.h"
#include "rpc/backend.h"

namespace keyscore::rpc {

// The log, the weightings and the day of the receipt, as near as this server has them;
// CheckReproduced says where they are others. INVALID_ARGUMENT for what no receipt says.
absl::StatusOr<View> ViewOfReceipt(const Backend& backend, const v1::Receipt& receipt,
                                   const Call& call);

// FAILED_PRECONDITION (RECEIPT_NOT_REPRODUCIBLE) lists everything in which the receipt of what was
// made differs from the one that was to be made again.
absl::Status CheckReproduced(const v1::Receipt& asked, const v1::Receipt& made);

// The differences, one a sentence.
std::vector<std::string> Differences(const v1::Receipt& asked, const v1::Receipt& made);

// "weights_of" of a request or a receipt; unspecified = the period's. INVALID_ARGUMENT names
// `field`.
absl::StatusOr<scoring::WeightsOf> WeightsOfFromProto(const std::string& field,
                                                      v1::WeightsOf weights_of);

}  // namespace keyscore::rpc
