// Reading profiles, and the steps that draft them.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "weighting/book.h"
#include "weighting/checks.h"
#include "weighting/ledger.h"
#include "weighting/steps.h"

namespace keyscore::weighting {
namespace {

bool IsDrafted(const WeightProfile& profile) {
  return profile.state == ProfileState::kDraft || profile.state == ProfileState::kApproved;
}

// The newest revision that was published since the profile was last created.
const WeightProfile* LastPublished(const std::vector<WeightProfile>& history) {
  for (auto revision = history.rbegin(); revision != history.rend(); ++revision) {
    if (revision->state == ProfileState::kPublished) return &*revision;
    if (revision->state == ProfileState::kDeleted) return nullptr;
  }
  return nullptr;
}

absl::Status NothingToPublish(const std::string& id) {
  return absl::FailedPreconditionError(absl::StrCat("NOTHING_TO_PUBLISH: ", ProfileName(id),
                                                    " has no draft; update it to draft a change"));
}

}  // namespace

std::vector<WeightProfile> Ledger::ListProfiles() const {
  const std::shared_ptr<const Book> now = book();
  std::vector<WeightProfile> profiles;
  for (const auto& [id, history] : now->profiles) {
    if (history->back().state != ProfileState::kDeleted) profiles.push_back(history->back());
  }
  return profiles;
}

absl::StatusOr<WeightProfile> Ledger::GetProfile(const std::string& id) const {
  const std::shared_ptr<const Book> now = book();
  const WeightProfile* newest = Newest(*now, id);
  if (newest == nullptr) return NotFound(ProfileName(id));
  return *newest;
}

absl::StatusOr<std::vector<WeightProfile>> Ledger::ProfileHistory(const std::string& id) const {
  const std::shared_ptr<const Book> now = book();
  const auto found = now->profiles.find(id);
  if (found == now->profiles.end()) return NotFound(ProfileName(id));
  return *found->second;
}

int64_t Ledger::RevisionOn(const std::string& id, absl::CivilDay day) const {
  const std::shared_ptr<const Rules> rules = Snapshot();
  for (const Version& version : rules->versions) {
    if (version.profile.id == id && version.Holds(day)) return version.profile.revision;
  }
  return 0;
}

absl::StatusOr<WeightProfile> Ledger::StepProfile(const std::string& id, const Change& change,
                                                  const std::string& action, MakeProfile make) {
  WeightProfile next;
  const auto committed = Commit(change, [&](const Book& book) -> absl::StatusOr<Proposal> {
    const bool creates = action == "create";
    const WeightProfile* newest = Newest(book, id);
    if (newest == nullptr && !creates) return NotFound(ProfileName(id));
    if (newest != nullptr && creates) return AlreadyExists(ProfileName(id));
    const WeightProfile none{.id = id, .review_time = absl::InfinitePast()};
    if (newest != nullptr) {
      const absl::Status same = CheckEtag(change, ProfileName(id), newest->revision);
      if (!same.ok()) return same;
    }
    absl::StatusOr<WeightProfile> made = make(book, newest != nullptr ? *newest : none);
    if (!made.ok()) return made.status();
    next = *std::move(made);
    next.revision = NewestRevision(book.profiles, id) + 1;
    next.action = action;
    next.reason = change.reason;
    next.author = change.author;
    next.create_time = absl::Now();
    return Proposal{.entry = {.action = absl::StrCat("weighting.", action, "_profile"),
                              .resource = ProfileName(id),
                              .details = DetailsOf(next)},
                    .writes = WrittenAfter(book, {next})};
  });
  if (!committed.ok()) return committed.status();
  if (change.validate_only) return next;
  return (*committed)->profiles.at(id)->at(next.revision - 1);
}

absl::StatusOr<WeightProfile> Ledger::CreateProfile(const std::string& id,
                                                    const ProfileContent& content,
                                                    const Change& change,
                                                    const kpis::RegistrySnapshot& registry) {
  return StepProfile(id, change, "create",
                     [&](const Book& book, WeightProfile next) -> absl::StatusOr<WeightProfile> {
                       next.content = content;
                       next.state = ProfileState::kDraft;
                       next.draft_authors = {change.author};
                       Faults faults = CheckForPublishing(book, next, registry);
                       size_t alive = 0;
                       for (const auto& [other, history] : book.profiles)
                         alive += Newest(book, other) != nullptr;
                       if (alive >= kMaxResources) {
                         weighting::Add(faults, "weight_profile_id",
                                        absl::StrCat("there are ", alive,
                                                     " profiles, no more are kept; delete "
                                                     "those that are not needed"));
                       }
                       if (!faults.empty()) return ToStatus(faults);
                       return next;
                     });
}

absl::StatusOr<WeightProfile> Ledger::UpdateProfile(const std::string& id, EditProfile edit,
                                                    const Change& change,
                                                    const kpis::RegistrySnapshot& registry) {
  return StepProfile(id, change, "update",
                     [&](const Book& book, WeightProfile next) -> absl::StatusOr<WeightProfile> {
                       absl::StatusOr<ProfileContent> content = edit(next.content);
                       if (!content.ok()) return content.status();
                       next.content = *std::move(content);
                       next.draft_authors = IsDrafted(next)
                                                ? WithAuthor(next.draft_authors, change.author)
                                                : std::vector{change.author};
                       next.state = ProfileState::kDraft;
                       next.approver.clear();
                       const Faults faults = CheckForPublishing(book, next, registry);
                       if (!faults.empty()) return ToStatus(faults);
                       return next;
                     });
}

absl::StatusOr<WeightProfile> Ledger::ApproveProfile(const std::string& id, const Change& change,
                                                     const kpis::RegistrySnapshot& registry) {
  return StepProfile(id, change, "approve",
                     [&](const Book& book, WeightProfile next) -> absl::StatusOr<WeightProfile> {
                       if (!IsDrafted(next)) return NothingToPublish(id);
                       absl::Status allowed = CheckApprover(options_, change.author,
                                                            next.draft_authors, ProfileName(id));
                       if (!allowed.ok()) return allowed;
                       next.state = ProfileState::kApproved;
                       next.approver = change.author;
                       const Faults faults = CheckForPublishing(book, next, registry);
                       if (!faults.empty()) return ToStatus(faults);
                       return next;
                     });
}

absl::StatusOr<WeightProfile> Ledger::PublishProfile(const std::string& id,
                                                     std::optional<absl::CivilDay> effective_date,
                                                     const Change& change,
                                                     const kpis::RegistrySnapshot& registry) {
  return StepProfile(
      id, change, "publish",
      [&](const Book& book, WeightProfile next) -> absl::StatusOr<WeightProfile> {
        if (!IsDrafted(next)) return NothingToPublish(id);
        if (options_.four_eyes && next.state != ProfileState::kApproved) {
          return absl::FailedPreconditionError(
              absl::StrCat("APPROVAL_MISSING: ", ProfileName(id),
                           " is not approved; weighting.four_eyes asks for somebody who wrote none "
                           "of it to approve it first"));
        }
        if (effective_date && effective_date != next.content.effective_date) {
          // Another date is another change: it takes a second person as well.
          absl::Status allowed =
              CheckApprover(options_, change.author, next.draft_authors, ProfileName(id));
          if (!allowed.ok()) return allowed;
          next.content.effective_date = effective_date;
        }
        next.state = ProfileState::kPublished;
        next.review_time = absl::Now();
        next.action = "publish";
        const Faults faults = CheckForPublishing(book, next, registry);
        if (!faults.empty()) return ToStatus(faults);
        absl::Status served = CheckEveryoneServed(
            book, next, next.content.effective_date.value_or(absl::CivilDay::min()));
        if (!served.ok()) return served;
        return next;
      });
}

absl::StatusOr<WeightProfile> Ledger::RollbackProfile(const std::string& id, int64_t revision,
                                                      std::optional<absl::CivilDay> effective_date,
                                                      const Change& change) {
  return StepProfile(
      id, change, "rollback",
      [&](const Book& book, WeightProfile next) -> absl::StatusOr<WeightProfile> {
        const std::vector<WeightProfile>& history = *book.profiles.at(id);
        const absl::CivilDay today = Today();
        const auto counting = [&](const std::vector<WeightProfile>& revisions) -> int64_t {
          for (const Version& version : Replay(revisions, book.time_zone)) {
            if (version.Holds(today)) return version.profile.revision;
          }
          return 0;
        };
        int64_t wanted = revision;
        if (wanted == 0) {
          const int64_t now = counting(history);
          if (now > 0) wanted = counting({history.begin(), history.begin() + (now - 1)});
          if (wanted == 0) {
            return absl::FailedPreconditionError(
                absl::StrCat("NOTHING_TO_ROLL_BACK: nothing of ", ProfileName(id),
                             " counted before what counts now; name the revision"));
          }
        }
        if (wanted < 1 || wanted > static_cast<int64_t>(history.size())) {
          return absl::NotFoundError(
              absl::StrCat(ProfileName(id), " has no revision ", wanted, "; list its revisions"));
        }
        const WeightProfile& target = history[wanted - 1];
        if (target.state != ProfileState::kPublished) {
          return absl::FailedPreconditionError(
              absl::StrCat("NOT_PUBLISHED: revision ", wanted, " of ", ProfileName(id),
                           " was never published; choose one that was, or publish it"));
        }
        const absl::CivilDay from = effective_date.value_or(today);
        next = target;
        next.content.effective_date = from;
        next.review_time = absl::Now();
        next.action = "rollback";
        next.revision = history.back().revision + 1;
        Faults faults = CheckProfile(next);
        Faults clashes;
        for (const Clash& clash : FindClashes(VersionsWith(book, {next}))) {
          const bool first = clash.first->profile.id == id;
          if (!first && clash.second->profile.id != id) continue;
          weighting::Add(clashes, "selector",
                         absl::StrCat(ProfileName((first ? clash.second : clash.first)->profile.id),
                                      " is for the same by now"));
        }
        faults.insert(faults.end(), clashes.begin(), clashes.end());
        if (!faults.empty()) return ToStatus(faults);
        absl::Status served = CheckEveryoneServed(book, next, from);
        if (!served.ok()) return served;
        return next;
      });
}

absl::StatusOr<WeightProfile> Ledger::DiscardDraft(const std::string& id, const Change& change) {
  return StepProfile(id, change, "discard",
                     [&](const Book& book, WeightProfile next) -> absl::StatusOr<WeightProfile> {
                       if (!IsDrafted(next)) {
                         return absl::FailedPreconditionError(absl::StrCat(
                             "NOTHING_TO_DISCARD: ", ProfileName(id), " has no draft"));
                       }
                       const WeightProfile* published = LastPublished(*book.profiles.at(id));
                       if (published == nullptr) {
                         // There is nothing that it could go back to.
                         next.state = ProfileState::kDeleted;
                         return next;
                       }
                       const absl::Time reviewed = next.review_time;
                       next = *published;
                       next.review_time = std::max(next.review_time, reviewed);
                       return next;
                     });
}

absl::StatusOr<WeightProfile> Ledger::ReviewProfile(const std::string& id, const Change& change) {
  return StepProfile(id, change, "review",
                     [&](const Book& book, WeightProfile next) -> absl::StatusOr<WeightProfile> {
                       if (LastPublished(*book.profiles.at(id)) == nullptr) {
                         return absl::FailedPreconditionError(absl::StrCat(
                             "NOTHING_PUBLISHED: ", ProfileName(id),
                             " was never published; a draft is approved, not reviewed"));
                       }
                       next.review_time = absl::Now();
                       return next;
                     });
}

absl::StatusOr<WeightProfile> Ledger::DeleteProfile(const std::string& id, const Change& change) {
  return StepProfile(id, change, "delete",
                     [&](const Book& book, WeightProfile next) -> absl::StatusOr<WeightProfile> {
                       next.state = ProfileState::kDeleted;
                       next.create_time = absl::Now();
                       absl::Status served = CheckEveryoneServed(book, next, Today());
                       if (!served.ok()) return served;
                       return next;
                     });
}

}  // namespace keyscore::weighting
