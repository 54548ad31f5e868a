// Reads revisions into a book, and works out what counts.
#include "weighting/book.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "weighting/profile_proto.h"

namespace keyscore::weighting {
namespace {

// How often to look again before what was written in between is taken as it is.
constexpr int kReadTries = 10;

// What the store knows better than the payload.
absl::StatusOr<WeightProfile> Read(const store::ConfigRevision& stored, const WeightProfile*) {
  absl::StatusOr<WeightProfile> profile = ProfileFromPayload(stored.id, stored.payload);
  if (!profile.ok()) return profile;
  profile->revision = stored.revision;
  if (stored.deleted) profile->state = ProfileState::kDeleted;
  // The built-in default counted before it was written down.
  if (profile->action == kBuiltInAction) return profile;
  profile->author = stored.author;
  profile->create_time = stored.created_at;
  // To score by other weights than were published is no option.
  if (const Faults faults = CheckProfile(*profile); !faults.empty()) {
    return absl::DataLossError(
        absl::StrCat("weightProfiles/", stored.id, " as stored: ", ToStatus(faults).message()));
  }
  return profile;
}

absl::StatusOr<TargetSeries> Read(const store::ConfigRevision& stored, const TargetSeries*) {
  absl::StatusOr<TargetSeries> series = TargetFromPayload(stored.id, stored.payload);
  if (!series.ok()) return series;
  series->revision = stored.revision;
  series->create_time = stored.created_at;
  if (stored.deleted) series->state = TargetState::kDeleted;
  if (const Faults faults = CheckTargetSeries(*series); !faults.empty()) {
    return absl::DataLossError(
        absl::StrCat("targetSeries/", stored.id, " as stored: ", ToStatus(faults).message()));
  }
  return series;
}

absl::StatusOr<ScoreOverride> Read(const store::ConfigRevision& stored, const ScoreOverride*) {
  absl::StatusOr<ScoreOverride> exception = OverrideFromPayload(stored.id, stored.payload);
  if (!exception.ok()) return exception;
  exception->revision = stored.revision;
  exception->create_time = stored.created_at;
  if (const Faults faults = CheckScoreOverride(*exception); !faults.empty()) {
    return absl::DataLossError(
        absl::StrCat("scoreOverrides/", stored.id, " as stored: ", ToStatus(faults).message()));
  }
  return exception;
}

// Puts those of `revisions` that are of the kind and new behind the others of their resource.
template <typename Revision>
absl::Status ExtendHistories(const std::string& kind,
                             const std::vector<store::ConfigRevision>& revisions,
                             Histories<Revision>& histories) {
  std::map<std::string, std::vector<Revision>> longer;
  for (const store::ConfigRevision& stored : revisions) {
    if (stored.kind != kind) continue;
    auto found = longer.find(stored.id);
    const int64_t known = found == longer.end() ? NewestRevision(histories, stored.id)
                                                : found->second.back().revision;
    if (stored.revision <= known) continue;
    absl::StatusOr<Revision> revision = Read(stored, static_cast<const Revision*>(nullptr));
    if (!revision.ok()) {
      return absl::Status(
          revision.status().code(),
          absl::StrCat(revision.status().message(), " (revision ", stored.revision, ")"));
    }
    if (stored.revision != known + 1) {
      return absl::DataLossError(absl::StrCat(kind, " '", stored.id, "': revision ", known + 1,
                                              " is missing from the store"));
    }
    if (found == longer.end()) {
      const auto before = histories.find(stored.id);
      found = longer
                  .emplace(stored.id,
                           before == histories.end() ? std::vector<Revision>() : *before->second)
                  .first;
    }
    found->second.push_back(*std::move(revision));
  }
  for (auto& [id, history] : longer) {
    histories[id] = std::make_shared<const std::vector<Revision>>(std::move(history));
  }
  return absl::OkStatus();
}

template <typename Revision>
std::vector<Revision> MadeBy(const std::vector<Revision>& history, absl::Time time) {
  std::vector<Revision> made;
  for (const Revision& revision : history) {
    if (revision.create_time <= time) made.push_back(revision);
  }
  return made;
}

void AddVersions(const std::vector<WeightProfile>& history, const Book& book, Rules& rules) {
  for (const WeightProfile& revision : history) {
    const bool counts =
        revision.state == ProfileState::kPublished || revision.state == ProfileState::kDeleted;
    if (counts && revision.action != kBuiltInAction) {
      rules.changed_at = std::max(rules.changed_at, revision.create_time);
    }
  }
  std::vector<Version> versions = Replay(history, book.time_zone);
  std::move(versions.begin(), versions.end(), std::back_inserter(rules.versions));
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Book>> Extend(
    const Book& book, const std::vector<store::ConfigRevision>& revisions) {
  auto extended = std::make_shared<Book>(book);
  if (book.default_unwritten) extended->profiles.erase(kDefaultProfileId);
  absl::Status status = ExtendHistories(kProfileKind, revisions, extended->profiles);
  status.Update(ExtendHistories(kTargetKind, revisions, extended->targets));
  status.Update(ExtendHistories(kOverrideKind, revisions, extended->overrides));
  if (!status.ok()) return status;
  History<WeightProfile>& of_default = extended->profiles[kDefaultProfileId];
  extended->default_unwritten = of_default == nullptr;
  if (of_default == nullptr) {
    of_default = std::make_shared<const std::vector<WeightProfile>>(std::vector{DefaultProfile()});
  }
  extended->rules = std::make_shared<const Rules>(RulesAsOf(*extended, absl::InfiniteFuture()));
  return std::shared_ptr<const Book>(std::move(extended));
}

Rules RulesAsOf(const Book& book, absl::Time time) {
  Rules rules;
  for (const auto& [id, history] : book.profiles) {
    std::vector<WeightProfile> made = MadeBy(*history, time);
    // There was one before any was written down.
    if (made.empty() && id == kDefaultProfileId) made = {DefaultProfile()};
    AddVersions(made, book, rules);
  }
  for (const auto& [id, history] : book.targets) {
    for (const TargetSeries& revision : *history) {
      if (revision.state != TargetState::kPending && revision.create_time <= time) {
        rules.changed_at = std::max(rules.changed_at, revision.create_time);
      }
    }
    const TargetSeries* series = InForce(*history, time);
    if (series != nullptr) rules.targets.push_back(*series);
  }
  for (const auto& [id, history] : book.overrides) {
    const ScoreOverride* newest = nullptr;
    for (const ScoreOverride& revision : *history) {
      if (revision.create_time > time || revision.state == OverrideState::kPending) continue;
      newest = &revision;
      rules.changed_at = std::max(rules.changed_at, revision.create_time);
    }
    if (newest != nullptr) rules.overrides.push_back(*newest);
  }
  return rules;
}

absl::StatusOr<std::vector<store::ConfigRevision>> ReadRevisions(store::Store& store) {
  for (int tries = 1;; ++tries) {
    auto profiles = store.ConfigRevisions(kProfileKind);
    if (!profiles.ok()) return profiles.status();
    auto targets = store.ConfigRevisions(kTargetKind);
    if (!targets.ok()) return targets.status();
    auto overrides = store.ConfigRevisions(kOverrideKind);
    if (!overrides.ok()) return overrides.status();
    // A set writes profiles and targets in one transaction. With as many profiles before as after,
    // none was written in between.
    const auto again = store.ConfigRevisions(kProfileKind);
    if (!again.ok()) return again.status();
    if (again->size() != profiles->size() && tries < kReadTries) continue;
    std::vector<store::ConfigRevision> all = *std::move(profiles);
    std::move(targets->begin(), targets->end(), std::back_inserter(all));
    std::move(overrides->begin(), overrides->end(), std::back_inserter(all));
    return all;
  }
}

const WeightProfile* Newest(const Book& book, const std::string& profile_id) {
  const auto found = book.profiles.find(profile_id);
  if (found == book.profiles.end()) return nullptr;
  const WeightProfile& newest = found->second->back();
  return newest.state == ProfileState::kDeleted ? nullptr : &newest;
}

const TargetSeries* NewestTarget(const Book& book, const std::string& id) {
  const auto found = book.targets.find(id);
  if (found == book.targets.end()) return nullptr;
  const TargetSeries& newest = found->second->back();
  return newest.state == TargetState::kDeleted ? nullptr : &newest;
}

const ScoreOverride* NewestOverride(const Book& book, const std::string& id) {
  const auto found = book.overrides.find(id);
  return found == book.overrides.end() ? nullptr : &found->second->back();
}

const TargetSeries* InForce(const std::vector<TargetSeries>& history, absl::Time time) {
  const TargetSeries* newest = nullptr;
  for (const TargetSeries& revision : history) {
    if (revision.create_time > time || revision.state == TargetState::kPending) continue;
    newest = &revision;
  }
  if (newest == nullptr || newest->state == TargetState::kDeleted) return nullptr;
  return newest;
}

}  // namespace keyscore::weighting
