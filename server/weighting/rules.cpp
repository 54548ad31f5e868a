// From a profile's history to the days that each revision counts for, and what has to hold over
// all of them.
#include "weighting/rules.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace keyscore::weighting {
namespace {

// By the first day: what counts from then on, or null where nothing does any more.
using Timeline = std::map<absl::CivilDay, const WeightProfile*>;

// Reviews and dropped drafts leave the profile published, but publish nothing.
bool Publishes(const WeightProfile& revision) {
  return revision.state == ProfileState::kPublished && revision.action != "review" &&
         revision.action != "discard";
}

void Publish(const WeightProfile& revision, Timeline& timeline) {
  const absl::CivilDay from = revision.content.effective_date.value_or(absl::CivilDay::min());
  if (revision.action == "rollback") timeline.erase(timeline.lower_bound(from), timeline.end());
  // An end that was set by a deletion is overtaken by what is published before it.
  for (auto later = timeline.lower_bound(from); later != timeline.end();) {
    later = later->second == nullptr ? timeline.erase(later) : std::next(later);
  }
  timeline[from] = &revision;
}

}  // namespace

std::vector<Version> Replay(const std::vector<WeightProfile>& history, absl::TimeZone time_zone) {
  Timeline timeline;
  absl::Time reviewed = absl::InfinitePast();
  for (const WeightProfile& revision : history) {
    reviewed = std::max(reviewed, revision.review_time);
    if (revision.state == ProfileState::kDeleted) {
      const absl::CivilDay day = absl::ToCivilDay(revision.create_time, time_zone);
      timeline.erase(timeline.lower_bound(day), timeline.end());
      timeline[day] = nullptr;
    } else if (Publishes(revision)) {
      Publish(revision, timeline);
    }
  }
  std::vector<Version> versions;
  for (auto at = timeline.begin(); at != timeline.end(); ++at) {
    if (at->second == nullptr) continue;
    const auto next = std::next(at);
    Version& version = versions.emplace_back();
    version.profile = *at->second;
    version.profile.review_time = reviewed;
    version.from = at->first;
    if (next != timeline.end()) version.until = next->first;
  }
  return versions;
}

std::vector<Clash> FindClashes(const std::vector<Version>& versions) {
  std::map<Selector, std::vector<const Version*>> by_selector;
  for (const Version& version : versions) {
    by_selector[version.profile.content.selector].push_back(&version);
  }
  std::vector<Clash> clashes;
  for (auto& [selector, same] : by_selector) {
    std::sort(same.begin(), same.end(), [](const Version* a, const Version* b) {
      return std::tie(a->from, a->profile.id) < std::tie(b->from, b->profile.id);
    });
    std::set<std::pair<std::string, std::string>> named;
    for (size_t i = 0; i < same.size(); ++i) {
      // Only those that begin before this one's end can share a day with it.
      for (size_t j = i + 1; j < same.size() && same[j]->from < same[i]->until; ++j) {
        const std::string& a = same[i]->profile.id;
        const std::string& b = same[j]->profile.id;
        if (a != b && named.insert(std::minmax(a, b)).second) clashes.push_back({same[i], same[j]});
      }
    }
  }
  return clashes;
}

std::optional<absl::CivilDay> FirstDayWithoutProfile(const std::vector<Version>& versions,
                                                     absl::CivilDay from) {
  std::vector<const Version*> for_everyone;
  for (const Version& version : versions) {
    if (version.profile.content.selector.kind == SelectorKind::kEveryone) {
      for_everyone.push_back(&version);
    }
  }
  std::sort(for_everyone.begin(), for_everyone.end(),
            [](const Version* a, const Version* b) { return a->from < b->from; });
  for (const Version* version : for_everyone) {
    if (version->from > from) break;
    from = std::max(from, version->until);
  }
  if (from == absl::CivilDay::max()) return std::nullopt;
  return from;
}

std::shared_ptr<const Rules> BuiltInRules() {
  Rules rules;
  rules.versions.push_back({.profile = DefaultProfile()});
  return std::make_shared<const Rules>(std::move(rules));
}

}  // namespace keyscore::weighting
