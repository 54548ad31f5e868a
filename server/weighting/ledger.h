// The book of weightings: every revision of every profile, target series and exception, kept in the
// store; what counts now or as known at any earlier moment; and the changes.
//
// A change is written together with its audit entry in one transaction, or not at all, and is in
// force for requests that begin after it has returned. May be used from any thread; changes
// take turns, and one whose etag is no longer the resource's own is ABORTED.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "kpis/registry.h"
#include "store/audit_log.h"
#include "store/store.h"
#include "weighting/compare.h"
#include "weighting/rules.h"

namespace keyscore::weighting {

// Who changes something, and why. `etag` is that of the resource as it was seen ("" = whatever is
// there); one that is not its own any more is ABORTED.
struct Change {
  std::string author;
  std::string reason;
  std::string etag;
  bool validate_only = false;  // check everything, write nothing, return what would be
};

struct LedgerOptions {
  absl::TimeZone time_zone = absl::UTCTimeZone();
  bool four_eyes = false;  // approvals are asked for, by somebody who wrote none of it
};

struct WeightSet {
  std::vector<WeightProfile> profiles;  // id and content count
  std::vector<TargetSeries> targets;
  std::string etag;  // of an export: of all profiles and series, as Apply compares it
};

struct AppliedChange {
  enum class Action { kCreate = 1, kUpdate = 2, kUnchanged = 3, kUnnamed = 4 };
  std::string resource;  // weightProfiles/{id} or targetSeries/{id}
  std::optional<absl::CivilDay> effective_date;
  Action action = Action::kUnchanged;
  std::vector<FieldChange> fields;
  int64_t revision = 0;
  bool draft = false;
};

struct Applied {
  std::vector<AppliedChange> changes;
  std::string etag;  // of the whole book
};

struct Book;  // every revision, immutable; book.h

// Errors: NOT_FOUND, ALREADY_EXISTS, ABORTED (etag, or somebody was quicker), FAILED_PRECONDITION
// and PERMISSION_DENIED with the reason first in upper-snake ("OWN_CHANGE: …", "APPROVAL_MISSING:
// …", "NOTHING_TO_PUBLISH: …", "PROFILE_NEEDED: …"), INVALID_ARGUMENT with every fault (fault.h).
// DATA_LOSS where what is stored can't be read.
class Ledger {
 public:
  // Reads everything.
  static absl::StatusOr<std::unique_ptr<Ledger>> Open(store::Store& store, LedgerOptions options);

  // What counts now.
  std::shared_ptr<const Rules> Snapshot() const;
  // What counted as far as was known at `time`.
  std::shared_ptr<const Rules> KnownAt(absl::Time time) const;

  // --- Profiles. The newest revision of each by id (deleted ones left out), or all of one.
  std::vector<WeightProfile> ListProfiles() const;
  absl::StatusOr<WeightProfile> GetProfile(const std::string& id) const;
  // Oldest first.
  absl::StatusOr<std::vector<WeightProfile>> ProfileHistory(const std::string& id) const;
  // The revision that counts on the day; 0 = none does.
  int64_t RevisionOn(const std::string& id, absl::CivilDay day) const;

  absl::StatusOr<WeightProfile> CreateProfile(const std::string& id, const ProfileContent& content,
                                              const Change& change,
                                              const kpis::RegistrySnapshot& registry);
  // `edit` makes the new content out of that of the newest revision.
  using EditProfile = absl::FunctionRef<absl::StatusOr<ProfileContent>(const ProfileContent&)>;
  absl::StatusOr<WeightProfile> UpdateProfile(const std::string& id, EditProfile edit,
                                              const Change& change,
                                              const kpis::RegistrySnapshot& registry);
  absl::StatusOr<WeightProfile> ApproveProfile(const std::string& id, const Change& change,
                                               const kpis::RegistrySnapshot& registry);
  // `effective_date` in place of the draft's own.
  absl::StatusOr<WeightProfile> PublishProfile(const std::string& id,
                                               std::optional<absl::CivilDay> effective_date,
                                               const Change& change,
                                               const kpis::RegistrySnapshot& registry);
  // Revision 0 = the one that counted before what counts now; no date = today.
  absl::StatusOr<WeightProfile> RollbackProfile(const std::string& id, int64_t revision,
                                                std::optional<absl::CivilDay> effective_date,
                                                const Change& change);
  absl::StatusOr<WeightProfile> DiscardDraft(const std::string& id, const Change& change);
  absl::StatusOr<WeightProfile> ReviewProfile(const std::string& id, const Change& change);
  absl::StatusOr<WeightProfile> DeleteProfile(const std::string& id, const Change& change);

  // --- Target series: the newest revision of each; `InForce` are those of Snapshot().
  std::vector<TargetSeries> ListTargets() const;
  absl::StatusOr<TargetSeries> GetTarget(const std::string& id) const;
  // Oldest first.
  absl::StatusOr<std::vector<TargetSeries>> TargetHistory(const std::string& id) const;
  absl::StatusOr<TargetSeries> CreateTarget(const std::string& id, const TargetContent& content,
                                            const Change& change,
                                            const kpis::RegistrySnapshot& registry);
  using EditTarget = absl::FunctionRef<absl::StatusOr<TargetContent>(const TargetContent&)>;
  absl::StatusOr<TargetSeries> UpdateTarget(const std::string& id, EditTarget edit,
                                            const Change& change,
                                            const kpis::RegistrySnapshot& registry);
  absl::StatusOr<TargetSeries> ApproveTarget(const std::string& id, const Change& change,
                                             const kpis::RegistrySnapshot& registry);
  absl::StatusOr<TargetSeries> DeleteTarget(const std::string& id, const Change& change);

  // --- Exceptions.
  std::vector<ScoreOverride> ListOverrides() const;
  absl::StatusOr<ScoreOverride> GetOverride(const std::string& id) const;
  // Of `exception` the fields that an admin decides on count; an empty id is chosen here.
  absl::StatusOr<ScoreOverride> CreateOverride(const ScoreOverride& exception, const Change& change,
                                               const kpis::RegistrySnapshot& registry);
  absl::StatusOr<ScoreOverride> ApproveOverride(const std::string& id, const Change& change);
  absl::StatusOr<ScoreOverride> RevokeOverride(const std::string& id,
                                               std::optional<absl::CivilDay> date,
                                               const Change& change);

  // --- Sets.
  // All that is published, each with its dates, and the targets in force.
  WeightSet Export() const;
  // Everything wrong with a set, fields under profiles[i] and target_series[i]: each alone, against
  // the registry, against each other and what is in force.
  Faults Validate(const WeightSet& set, const kpis::RegistrySnapshot& registry) const;
  // Puts the set in force, all or nothing; where four eyes are asked for, drafts it.
  absl::StatusOr<Applied> Apply(const WeightSet& set, const Change& change,
                                const kpis::RegistrySnapshot& registry);

 private:
  // What a change writes, worked out from the book as it stands.
  struct Proposal {
    store::AuditEntry entry;  // author and reason are filled in
    std::vector<store::ConfigWrite> writes;
  };
  using Propose = absl::FunctionRef<absl::StatusOr<Proposal>(const Book&)>;

  Ledger(store::Store& store, LedgerOptions options, std::shared_ptr<const Book> book);
  std::shared_ptr<const Book> book() const ABSL_LOCKS_EXCLUDED(mutex_);
  absl::CivilDay Today() const;

  // Changes take turns, so that each is checked against all that came before it; readers never
  // wait. With nothing to write, or to be validated only, nothing happens after `propose`. Returns
  // the book with the change in it.
  absl::StatusOr<std::shared_ptr<const Book>> Commit(const Change& change, Propose propose)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // The book with these revisions in it.
  absl::StatusOr<std::shared_ptr<const Book>> Add(
      const std::vector<store::ConfigRevision>& revisions) ABSL_LOCKS_EXCLUDED(mutex_);
  // Makes up for what was written without the book knowing.
  absl::Status CatchUp() ABSL_LOCKS_EXCLUDED(mutex_);

  using MakeProfile =
      absl::FunctionRef<absl::StatusOr<WeightProfile>(const Book&, const WeightProfile& newest)>;
  absl::StatusOr<WeightProfile> StepProfile(const std::string& id, const Change& change,
                                            const std::string& action, MakeProfile make);
  using MakeTarget =
      absl::FunctionRef<absl::StatusOr<TargetSeries>(const Book&, const TargetSeries& newest)>;
  absl::StatusOr<TargetSeries> StepTarget(const std::string& id, const Change& change,
                                          const std::string& action, MakeTarget make);
  using MakeOverride =
      absl::FunctionRef<absl::StatusOr<ScoreOverride>(const Book&, const ScoreOverride& newest)>;
  absl::StatusOr<ScoreOverride> StepOverride(const std::string& id, const Change& change,
                                             const std::string& action, MakeOverride make);

  store::Store& store_;
  const LedgerOptions options_;
  mutable absl::Mutex mutex_;
  std::shared_ptr<const Book> book_ ABSL_GUARDED_BY(mutex_);
  bool changing_ ABSL_GUARDED_BY(mutex_) = false;  // somebody has the turn
};

// "r7" for revision 7.
std::string EtagOf(int64_t revision);

}  // namespace keyscore::weighting
