// Every profile that could have counted for a subject, and why it did or did not.
#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "weighting/checks.h"
#include "weighting/reasons.h"
#include "weighting/resolve.h"

namespace keyscore::weighting {
namespace {

// How near a version came: those that count (the winner is the most specific), those of other days,
// those for others.
enum class Nearness { kCounts, kOtherDays, kOthers };

struct Ranked {
  Nearness nearness;
  int64_t distance;  // within the same nearness
  Candidate candidate;
};

// Whether such a selector could mean the subject, were its team or segment another one. (One for
// another manager or account never could.)
bool CouldMean(const Selector& selector, const SubjectFacts& subject) {
  const bool account = subject.kind == store::SubjectKind::kAccount;
  return (selector.kind == SelectorKind::kSegment && account) ||
         (selector.kind == SelectorKind::kTeam &&
          (account || subject.kind == store::SubjectKind::kManager));
}

std::string WhyNotFor(const Selector& selector, const SubjectFacts& subject) {
  const std::string whom = absl::StrCat("It is for ", InWords(selector), "; ", NameOf(subject));
  if (selector.kind == SelectorKind::kSegment) {
    return subject.segment.empty()
               ? absl::StrCat(whom, " is in no segment.")
               : absl::StrCat(whom, " is in the segment ", subject.segment, ".");
  }
  if (subject.team_id.empty()) return absl::StrCat(whom, " belongs to no team.");
  return absl::StrCat(whom, " belongs to teams/", subject.team_id, ".");
}

std::string WhyNotOn(const Version& version, absl::CivilDay date) {
  if (date < version.from) {
    return absl::StrCat("It counts only from ", InWords(version.from), " on.");
  }
  return absl::StrCat("It counted until ", InWords(version.until - 1), " and no longer.");
}

}  // namespace

std::vector<Candidate> ExplainCandidates(const Rules& rules, const SubjectFacts& subject,
                                         absl::CivilDay date) {
  std::vector<Ranked> ranked;
  for (const Version& version : rules.versions) {
    const Selector& selector = version.profile.content.selector;
    if (!IsFor(selector, subject)) {
      if (!version.Holds(date) || !CouldMean(selector, subject)) continue;
      ranked.push_back({Nearness::kOthers, 0, {&version, false, WhyNotFor(selector, subject)}});
    } else if (version.Holds(date)) {
      ranked.push_back({Nearness::kCounts, -static_cast<int64_t>(selector.kind), {&version}});
    } else {
      const int64_t days = date < version.from ? version.from - date : date - version.until;
      ranked.push_back({Nearness::kOtherDays, days, {&version, false, WhyNotOn(version, date)}});
    }
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    return std::tie(a.nearness, a.distance) < std::tie(b.nearness, b.distance);
  });
  std::vector<Candidate> candidates;
  for (Ranked& entry : ranked) {
    if (entry.nearness == Nearness::kCounts) {
      if (candidates.empty()) {
        entry.candidate.won = true;
        entry.candidate.why =
            absl::StrCat("It is for ", InWords(entry.candidate.version->profile.content.selector),
                         ", the most specific that counts for ", NameOf(subject), ".");
      } else {
        entry.candidate.why =
            absl::StrCat("It is for ", InWords(entry.candidate.version->profile.content.selector),
                         ", which is less specific than ",
                         InWords(candidates.front().version->profile.content.selector), ".");
      }
    }
    candidates.push_back(std::move(entry.candidate));
  }
  return candidates;
}

}  // namespace keyscore::weighting
