// The ledger's book: every revision of every profile, target series and exception, as read from the
// store, and what follows from them. Used by the ledger's own sources alone.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "store/store.h"
#include "weighting/rules.h"

namespace keyscore::weighting {

// The kinds under which the store keeps them; payloads are those of profile_proto.h.
inline constexpr char kProfileKind[] = "weight_profile";
inline constexpr char kTargetKind[] = "target_series";
inline constexpr char kOverrideKind[] = "score_override";

// All revisions of one resource, oldest first; never none. Shared between books.
template <typename Revision>
using History = std::shared_ptr<const std::vector<Revision>>;
template <typename Revision>
using Histories = std::map<std::string, History<Revision>>;

struct Book {
  Histories<WeightProfile> profiles;  // the default is always among them
  Histories<TargetSeries> targets;
  Histories<ScoreOverride> overrides;
  // The store has no default yet: whoever changes it writes the built-in one down first.
  bool default_unwritten = false;
  absl::TimeZone time_zone = absl::UTCTimeZone();
  std::shared_ptr<const Rules> rules;  // of all of it
};

// The book with the revisions in it too; those it has already are left alone, so books that were
// extended in any order are equal. DATA_LOSS names what can't be read, or what is missing before a
// revision.
absl::StatusOr<std::shared_ptr<const Book>> Extend(
    const Book& book, const std::vector<store::ConfigRevision>& revisions);

// What the revisions made up to `time` come to.
Rules RulesAsOf(const Book& book, absl::Time time);

// All revisions of the three kinds, as of one moment.
absl::StatusOr<std::vector<store::ConfigRevision>> ReadRevisions(store::Store& store);

// The newest revision, or null where there is none or it is deleted.
const WeightProfile* Newest(const Book& book, const std::string& profile_id);
const TargetSeries* NewestTarget(const Book& book, const std::string& id);
const ScoreOverride* NewestOverride(const Book& book, const std::string& id);

// Of the newest revision, deleted or not; 0 where there is none.
template <typename Revision>
int64_t NewestRevision(const Histories<Revision>& histories, const std::string& id) {
  const auto found = histories.find(id);
  return found == histories.end() ? 0 : found->second->back().revision;
}

// The revision in force of a series; null where none is.
const TargetSeries* InForce(const std::vector<TargetSeries>& history, absl::Time time);

}  // namespace keyscore::weighting
