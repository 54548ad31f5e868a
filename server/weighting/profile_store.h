// The weight profiles in force: those that admins published and the built-in default.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "store/store.h"
#include "weighting/profile.h"

namespace keyscore::weighting {

// The kind under which the store keeps profiles; a revision's payload is a serialised
// keyscore.v1.WeightProfile.
inline constexpr std::string_view kProfileKind = "weight_profile";

// The newest revision of every profile, by id, with the built-in default as revision 1 of `default`
// unless the store has its own. (So whoever publishes another `default` stores the built-in one
// first.) Id, revision, author and create time are the store's. A payload that can't be read or
// doesn't hold is DATA_LOSS and named: to score by other weights than were published is no option.
absl::StatusOr<std::shared_ptr<const std::vector<WeightProfile>>> LoadProfiles(store::Store& store);

}  // namespace keyscore::weighting
