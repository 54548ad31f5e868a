// All that counts, as of one moment: published profiles with the days they count for, targets,
// exceptions. Immutable; a request pins one for its whole life.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "weighting/profile.h"
#include "weighting/score_override.h"
#include "weighting/target.h"

namespace keyscore::weighting {

// A published revision and the days [from, until) that it counts for.
struct Version {
  WeightProfile profile;
  absl::CivilDay from = absl::CivilDay::min();   // min() = always did
  absl::CivilDay until = absl::CivilDay::max();  // max() = no end is known
  bool Holds(absl::CivilDay day) const { return from <= day && day < until; }
};

struct Rules {
  std::vector<Version> versions;         // by id, then by start; never two of one id on one day
  std::vector<TargetSeries> targets;     // in force, by id
  std::vector<ScoreOverride> overrides;  // approved, also expired and revoked ones, by id
  // Of the newest change that is in them; InfinitePast() = none was ever made.
  absl::Time changed_at = absl::InfinitePast();
};

// The days that each revision of one profile counts for: `history` is all its revisions, oldest
// first. A publication counts from its effective date to the next one's; one for the same date
// takes the place of the earlier; a rollback takes out whatever was published for its date or
// later; a deletion ends everything from the day it was made on (`time_zone`'s).
std::vector<Version> Replay(const std::vector<WeightProfile>& history, absl::TimeZone time_zone);

// Two versions of different ids that are for the same selector on the same days.
struct Clash {
  const Version* first = nullptr;
  const Version* second = nullptr;
};
std::vector<Clash> FindClashes(const std::vector<Version>& versions);
// The first day from `from` on that no profile for everyone holds; none where there always is one.
std::optional<absl::CivilDay> FirstDayWithoutProfile(const std::vector<Version>& versions,
                                                     absl::CivilDay from);

// The rules of a server on which nothing was ever changed: the built-in default alone.
std::shared_ptr<const Rules> BuiltInRules();

}  // namespace keyscore::weighting
