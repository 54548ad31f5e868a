// What comes before the cards: the weights of every subject, and one evaluation for all of them.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "scoring/card_group.h"
#include "scoring/scorecard.h"
#include "scoring/season.h"

namespace keyscore::scoring {

struct PreparedSubject {
  weighting::ResolvedWeights weights;
  std::shared_ptr<const CardGroup> group;  // set by Group
};

struct PreparedCards {
  std::shared_ptr<const CardGround> ground;
  std::vector<std::vector<PreparedSubject>> under;  // by rules, then by subject
};

// All but the groups. NOT_FOUND for a KPI id that the registry lacks (names the nearest).
absl::StatusOr<PreparedCards> Prepare(
    const std::vector<std::shared_ptr<const weighting::Rules>>& rules, const CardRequest& request,
    const Pinned& pinned, store::MeasureReader& store);

// Puts the subjects with the same weights into one group. The season's status, where that fails.
absl::Status Group(const CardRequest& request, const Pinned& pinned, Season& season,
                   PreparedCards& cards);

}  // namespace keyscore::scoring
