// Holds a set against the book: what is wrong with it, and what it changes.
#include "weighting/set_plan.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "weighting/checks.h"
#include "weighting/steps.h"

namespace keyscore::weighting {
namespace {

using Action = AppliedChange::Action;

absl::CivilDay StartOf(const WeightProfile& profile) {
  return profile.content.effective_date.value_or(absl::CivilDay::min());
}

std::string FieldOf(const char* collection, size_t index) {
  return absl::StrCat(collection, "[", index, "].");
}

void Append(Faults more, Faults& faults) {
  std::move(more.begin(), more.end(), std::back_inserter(faults));
}

// The living version of the profile that begins on the very day.
const Version* BeginsOn(const std::vector<Version>& versions, const std::string& id,
                        absl::CivilDay day) {
  for (const Version& version : versions) {
    if (version.profile.id == id && version.from == day) return &version;
  }
  return nullptr;
}

// The living version of the profile that counts on the day.
const Version* HoldsOn(const std::vector<Version>& versions, const std::string& id,
                       absl::CivilDay day) {
  for (const Version& version : versions) {
    if (version.profile.id == id && version.Holds(day)) return &version;
  }
  return nullptr;
}

class Planner {
 public:
  Planner(const Book& book, const WeightSet& set, const LedgerOptions& options,
          const Change& change, const kpis::RegistrySnapshot& registry)
      : book_(book), set_(set), options_(options), change_(change), registry_(registry) {}

  SetPlan Plan() {
    CheckEach();
    PlanProfiles();
    PlanTargets();
    CheckTogether();
    NameTheRest();
    return std::move(plan_);
  }

 private:
  void CheckEach() {
    if (set_.profiles.size() > kMaxResources) {
      Add(plan_.faults, "profiles", absl::StrCat("has more than ", kMaxResources, " entries"));
    }
    if (set_.targets.size() > kMaxResources) {
      Add(plan_.faults, "target_series", absl::StrCat("has more than ", kMaxResources, " entries"));
    }
    std::set<std::pair<std::string, absl::CivilDay>> dated;
    for (size_t i = 0; i < set_.profiles.size(); ++i) {
      const WeightProfile& profile = set_.profiles[i];
      Append(Under(FieldOf("profiles", i), CheckProfile(profile, registry_)), plan_.faults);
      if (!dated.emplace(profile.id, StartOf(profile)).second) {
        Add(plan_.faults, FieldOf("profiles", i) + "effective_date",
            absl::StrCat(ProfileName(profile.id), " is there twice for the same date"));
      }
    }
    std::set<std::string> ids;
    for (size_t i = 0; i < set_.targets.size(); ++i) {
      const TargetSeries& series = set_.targets[i];
      Faults faults = CheckTargetSeries(series);
      CheckKpiKnown(series.content.kpi_id, registry_, "kpi", faults);
      if (!ids.insert(series.id).second) {
        Add(faults, "name", absl::StrCat(TargetName(series.id), " is there twice"));
      }
      Append(Under(FieldOf("target_series", i), std::move(faults)), plan_.faults);
    }
  }

  void PlanProfiles() {
    const std::vector<Version> living = LivingVersions(book_);
    plan_.changes.resize(set_.profiles.size());
    // Revisions of one profile are written by date, whatever the order in the set.
    std::vector<size_t> order(set_.profiles.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      return std::pair(set_.profiles[a].id, StartOf(set_.profiles[a])) <
             std::pair(set_.profiles[b].id, StartOf(set_.profiles[b]));
    });
    for (const size_t i : order) PlanProfile(i, living);
  }

  void PlanProfile(size_t i, const std::vector<Version>& living) {
    const WeightProfile& wanted = set_.profiles[i];
    AppliedChange& change = plan_.changes[i];
    change.resource = ProfileName(wanted.id);
    change.effective_date = wanted.content.effective_date;

    const WeightProfile* newest = Newest(book_, wanted.id);
    const Version* now = BeginsOn(living, wanted.id, StartOf(wanted));
    // A version for a new date is held against what would count then without it.
    const Version* replaced = now != nullptr ? now : HoldsOn(living, wanted.id, StartOf(wanted));
    ProfileContent before = replaced != nullptr ? replaced->profile.content : ProfileContent();
    before.effective_date = wanted.content.effective_date;
    change.fields = Compare(before, wanted.content);
    change.action = newest == nullptr ? Action::kCreate : Action::kUpdate;
    if (now != nullptr && change.fields.empty()) {
      change.action = Action::kUnchanged;
      return;
    }
    const bool drafted = newest != nullptr && (newest->state == ProfileState::kDraft ||
                                               newest->state == ProfileState::kApproved);
    if (options_.four_eyes && drafted && Compare(newest->content, wanted.content).empty()) {
      // Waits already.
      change.action = Action::kUnchanged;
      change.draft = true;
      change.fields.clear();
      return;
    }
    WeightProfile next;
    if (newest != nullptr) next = *newest;
    next.id = wanted.id;
    next.content = wanted.content;
    int64_t& last = last_revision_.try_emplace(wanted.id, NewestRevision(book_.profiles, wanted.id))
                        .first->second;
    if (options_.four_eyes && last > NewestRevision(book_.profiles, wanted.id)) {
      Add(plan_.faults, FieldOf("profiles", i) + "effective_date",
          absl::StrCat("the set changes ", ProfileName(wanted.id),
                       " for another date too, and only one change at a time can wait for "
                       "approval; apply one after the other"));
    }
    next.revision = ++last;
    next.action = "apply";
    next.reason = change_.reason;
    next.author = change_.author;
    next.create_time = absl::Now();
    next.draft_authors =
        drafted ? WithAuthor(next.draft_authors, change_.author) : std::vector{change_.author};
    next.approver.clear();
    next.state = options_.four_eyes ? ProfileState::kDraft : ProfileState::kPublished;
    if (newest == nullptr) next.review_time = absl::InfinitePast();
    if (!options_.four_eyes) next.review_time = next.create_time;
    change.revision = next.revision;
    change.draft = options_.four_eyes;
    plan_.profiles.push_back(std::move(next));
  }

  void PlanTargets() {
    for (const TargetSeries& wanted : set_.targets) {
      AppliedChange& change = plan_.changes.emplace_back();
      change.resource = TargetName(wanted.id);
      const TargetSeries* newest = NewestTarget(book_, wanted.id);
      change.action = newest == nullptr ? Action::kCreate : Action::kUpdate;
      change.fields =
          Compare(newest != nullptr ? newest->content : TargetContent(), wanted.content);
      if (newest != nullptr && change.fields.empty() &&
          (options_.four_eyes || newest->state == TargetState::kActive)) {
        change.action = Action::kUnchanged;
        change.draft = newest->state == TargetState::kPending;
        continue;
      }
      TargetSeries next;
      next.id = wanted.id;
      next.content = wanted.content;
      next.revision = NewestRevision(book_.targets, wanted.id) + 1;
      next.state = options_.four_eyes ? TargetState::kPending : TargetState::kActive;
      next.reason = change_.reason;
      next.author = change_.author;
      next.create_time = absl::Now();
      change.revision = next.revision;
      change.draft = options_.four_eyes;
      plan_.targets.push_back(std::move(next));
    }
  }

  // The set against itself and what is in force, as if all of it counted.
  void CheckTogether() {
    std::vector<WeightProfile> published = plan_.profiles;
    for (WeightProfile& profile : published) profile.state = ProfileState::kPublished;
    const std::vector<Version> versions = VersionsWith(book_, published);
    for (const Clash& clash : FindClashes(versions)) {
      const size_t second = IndexOf(clash.second->profile);
      const size_t i = second < set_.profiles.size() ? second : IndexOf(clash.first->profile);
      if (i == set_.profiles.size()) continue;
      const WeightProfile& other =
          (second < set_.profiles.size() ? clash.first : clash.second)->profile;
      Add(plan_.faults, FieldOf("profiles", i) + "selector",
          absl::StrCat(ProfileName(other.id), " is for ", InWords(other.content.selector),
                       " too and counts on some of the same days, so it would not be clear which "
                       "of the two does"));
    }
    absl::CivilDay from = absl::CivilDay::max();
    for (const WeightProfile& profile : published) from = std::min(from, StartOf(profile));
    if (const auto bare = FirstDayWithoutProfile(versions, from);
        bare && from != absl::CivilDay::max()) {
      Add(plan_.faults, "profiles",
          absl::StrCat("no profile would be for everyone on ", InWords(*bare),
                       "; there must always be one"));
    }
    std::map<std::pair<std::string, Selector>, std::string> seen;
    for (const TargetSeries& series : book_.rules->targets) {
      const bool named = std::any_of(set_.targets.begin(), set_.targets.end(),
                                     [&](const TargetSeries& own) { return own.id == series.id; });
      if (!named) seen.try_emplace({series.content.kpi_id, series.content.selector}, series.id);
    }
    for (size_t i = 0; i < set_.targets.size(); ++i) {
      const TargetSeries& series = set_.targets[i];
      const auto [other, added] =
          seen.try_emplace({series.content.kpi_id, series.content.selector}, series.id);
      if (added || other->second == series.id) continue;
      Add(plan_.faults, FieldOf("target_series", i) + "selector",
          absl::StrCat(TargetName(other->second), " is for kpis/", series.content.kpi_id, " and ",
                       InWords(series.content.selector),
                       " too; put the points of both into one series"));
    }
  }

  // The entry of the set that a version is; the set's size where it is none of them.
  size_t IndexOf(const WeightProfile& profile) const {
    for (size_t i = 0; i < set_.profiles.size(); ++i) {
      if (set_.profiles[i].id == profile.id && StartOf(set_.profiles[i]) == StartOf(profile)) {
        return i;
      }
    }
    return set_.profiles.size();
  }

  void NameTheRest() {
    for (const Version& version : LivingVersions(book_)) {
      const bool named = std::any_of(
          set_.profiles.begin(), set_.profiles.end(), [&](const WeightProfile& profile) {
            return profile.id == version.profile.id && StartOf(profile) == version.from;
          });
      if (named) continue;
      AppliedChange& change = plan_.changes.emplace_back();
      change.resource = ProfileName(version.profile.id);
      if (version.from != absl::CivilDay::min()) change.effective_date = version.from;
      change.action = Action::kUnnamed;
    }
    for (const TargetSeries& series : book_.rules->targets) {
      const bool named = std::any_of(set_.targets.begin(), set_.targets.end(),
                                     [&](const TargetSeries& own) { return own.id == series.id; });
      if (named) continue;
      AppliedChange& change = plan_.changes.emplace_back();
      change.resource = TargetName(series.id);
      change.action = Action::kUnnamed;
    }
  }

  const Book& book_;
  const WeightSet& set_;
  const LedgerOptions& options_;
  const Change& change_;
  const kpis::RegistrySnapshot& registry_;
  std::map<std::string, int64_t> last_revision_;  // of what is written already, by profile
  SetPlan plan_;
};

}  // namespace

SetPlan PlanSet(const Book& book, const WeightSet& set, const LedgerOptions& options,
                const Change& change, const kpis::RegistrySnapshot& registry) {
  return Planner(book, set, options, change, registry).Plan();
}

std::vector<Version> LivingVersions(const Book& book) {
  const std::vector<Version>& all = book.rules->versions;
  std::vector<Version> living;
  for (size_t i = 0; i < all.size(); ++i) {
    if (Newest(book, all[i].profile.id) == nullptr) continue;
    // Whether it, and what follows it, lasts without a break.
    size_t last = i;
    while (last + 1 < all.size() && all[last + 1].profile.id == all[i].profile.id &&
           all[last].until == all[last + 1].from) {
      ++last;
    }
    if (all[last].until == absl::CivilDay::max()) living.push_back(all[i]);
  }
  return living;
}

}  // namespace keyscore::weighting
