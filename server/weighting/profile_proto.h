// Profiles, target series and exceptions as the messages of the public API: how they are served
// and how they are stored.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "keyscore/v1/weighting_service.pb.h"
#include "weighting/profile.h"
#include "weighting/score_override.h"
#include "weighting/target.h"

namespace keyscore::weighting {

// All fields, but effective_time (which takes a calendar) and published_revision.
v1::WeightProfile ToProto(const WeightProfile& profile);
v1::TargetSeries ToProto(const TargetSeries& series);
v1::ScoreOverride ToProto(const ScoreOverride& exception);
v1::WeightSelector ToProto(const Selector& selector);

// What an admin decides on; output-only fields are not read. ToStatus of every fault: a resource
// name of another kind, a pillar not named, a number or a date out of range. What the values mean
// together is for CheckProfile and its like to say.
absl::StatusOr<ProfileContent> ContentFromProto(const v1::WeightProfile& message);
absl::StatusOr<TargetContent> ContentFromProto(const v1::TargetSeries& message);
// With `today` as the start where the message gives none.
absl::StatusOr<ScoreOverride> ContentFromProto(const v1::ScoreOverride& message,
                                               absl::CivilDay today);
// The same where all faults are to be said at once, those of the whole too: what can't be read is
// left out of the content and said in `faults`.
ProfileContent ContentFromProto(const v1::WeightProfile& message, Faults& faults);
TargetContent ContentFromProto(const v1::TargetSeries& message, Faults& faults);
ScoreOverride ContentFromProto(const v1::ScoreOverride& message, absl::CivilDay today,
                               Faults& faults);

// As stored, all fields. A payload of an earlier release (with effective_time and without state)
// is read as published. DATA_LOSS says what can't be read.
std::string ToPayload(const WeightProfile& profile);
std::string ToPayload(const TargetSeries& series);
std::string ToPayload(const ScoreOverride& exception);
absl::StatusOr<WeightProfile> ProfileFromPayload(const std::string& id, const std::string& payload);
absl::StatusOr<TargetSeries> TargetFromPayload(const std::string& id, const std::string& payload);
absl::StatusOr<ScoreOverride> OverrideFromPayload(const std::string& id,
                                                  const std::string& payload);

}  // namespace keyscore::weighting
