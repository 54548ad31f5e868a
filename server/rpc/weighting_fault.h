// What the ledger of weightings says is wrong, with the API's reasons and fields.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "weighting/fault.h"
#include "weighting/ledger.h"

namespace keyscore::rpc {

// One of the three kinds of resources that the ledger keeps.
struct WeightResource {
  const char* collection;
  const char* not_found;
  const char* exists;
  std::vector<std::string> (*ids)(const weighting::Ledger&);  // known ones
};

extern const WeightResource kWeightProfiles;
extern const WeightResource kTargetSeries;
extern const WeightResource kScoreOverrides;

// What could not be read of a message, then what is wrong with the rest. Of `checked`, what rests
// on something unreadable is left out: nobody knows the sum of weights that are not all there.
weighting::Faults Together(weighting::Faults unread, const weighting::Faults& checked);

// INVALID_ARGUMENT (INVALID_WEIGHTS) with every fault as a violation, its field under `prefix`
// ("weight_profile", or "" where the request has no such message). Fields that begin with a
// resource name are about what else is in force and stay as they are.
absl::Status InvalidWeights(const weighting::Faults& faults, std::string_view prefix);

// An error of the ledger about the resource `id` as the API has it:
//   NOT_FOUND            the resource's own reason, with the nearest known name; REVISION_NOT_FOUND
//                        where the resource itself is there
//   ALREADY_EXISTS       the resource's own
//   ABORTED              ETAG_MISMATCH
//   INVALID_ARGUMENT     as InvalidWeights
//   any, whose message begins with UPPER_SNAKE and a colon: that
// Errors that have a reason already are handed on.
absl::Status LedgerFault(const weighting::Ledger& ledger, const WeightResource& resource,
                         const std::string& id, absl::Status status, std::string_view prefix = "");

}  // namespace keyscore::rpc
