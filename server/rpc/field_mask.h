// Updates by field mask (AIP-134).
#pragma once

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>

#include <set>
#include <string>

#include "absl/status/statusor.h"

namespace keyscore::rpc {

// The paths that an update is about: those of `mask`; for an empty one the writable fields that are
// set in `source`; for "*" all writable ones. INVALID_ARGUMENT (INVALID_UPDATE_MASK) for a path
// that `source` does not have, that lies within a list, or whose field is not among `writable`.
absl::StatusOr<google::protobuf::FieldMask> ResolveMask(const google::protobuf::FieldMask& mask,
                                                        const google::protobuf::Message& source,
                                                        const std::set<std::string>& writable);

// Puts these fields of `source` into `target`; what is not set there is cleared here, and lists
// are replaced as a whole.
void Overwrite(const google::protobuf::Message& source, const google::protobuf::FieldMask& paths,
               google::protobuf::Message& target);

}  // namespace keyscore::rpc
