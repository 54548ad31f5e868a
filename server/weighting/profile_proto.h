// Weight profiles as the messages of the public API: how they are served and how they are stored.
#pragma once

#include "absl/status/statusor.h"
#include "keyscore/v1/weighting_service.pb.h"
#include "weighting/profile.h"

namespace keyscore::weighting {

v1::WeightProfile ToProto(const WeightProfile& profile);

// INVALID_ARGUMENT names the field that can't be read: a resource name of another kind, a pillar
// not named, a number or time out of range. What the values mean together is ValidateProfile's to
// say. The etag is not read; it follows from the revision.
absl::StatusOr<WeightProfile> FromProto(const v1::WeightProfile& message);

}  // namespace keyscore::weighting
