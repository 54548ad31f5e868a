// Sets of profiles and target series: what is in force as one, and one put in force.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "store/sha256.h"
#include "weighting/book.h"
#include "weighting/checks.h"
#include "weighting/ledger.h"
#include "weighting/set_plan.h"
#include "weighting/steps.h"

namespace keyscore::weighting {
namespace {

constexpr size_t kEtagLength = 16;

// Of the newest revision of everything.
absl::StatusOr<std::string> BookEtag(const Book& book) {
  std::string text;
  const auto add = [&text](const auto& histories, const char* kind) {
    for (const auto& [id, history] : histories) {
      absl::StrAppend(&text, kind, "/", id, "@", history->back().revision, "\n");
    }
  };
  add(book.profiles, kProfileKind);
  add(book.targets, kTargetKind);
  absl::StatusOr<std::string> digest = store::Sha256Hex(text);
  if (digest.ok()) digest->resize(kEtagLength);
  return digest;
}

}  // namespace

WeightSet Ledger::Export() const {
  const std::shared_ptr<const Book> now = book();
  WeightSet set;
  for (const Version& version : LivingVersions(*now)) {
    WeightProfile profile = version.profile;
    profile.content.effective_date.reset();
    if (version.from != absl::CivilDay::min()) profile.content.effective_date = version.from;
    set.profiles.push_back(std::move(profile));
  }
  set.targets = now->rules->targets;
  // Without it Apply has nothing to compare, and takes the set as it comes.
  if (auto etag = BookEtag(*now); etag.ok()) set.etag = *std::move(etag);
  return set;
}

Faults Ledger::Validate(const WeightSet& set, const kpis::RegistrySnapshot& registry) const {
  return PlanSet(*book(), set, options_, {}, registry).faults;
}

absl::StatusOr<Applied> Ledger::Apply(const WeightSet& set, const Change& change,
                                      const kpis::RegistrySnapshot& registry) {
  SetPlan plan;
  const auto committed = Commit(change, [&](const Book& book) -> absl::StatusOr<Proposal> {
    if (!change.etag.empty()) {
      const absl::StatusOr<std::string> etag = BookEtag(book);
      if (!etag.ok()) return etag.status();
      if (*etag != change.etag) {
        return absl::AbortedError(
            absl::StrCat("weightings are at etag ", *etag,
                         ", not the one given: somebody changed them; compare again"));
      }
    }
    plan = PlanSet(book, set, options_, change, registry);
    if (!plan.faults.empty()) return ToStatus(plan.faults);
    Proposal proposal{.entry = {.action = "weighting.apply", .resource = "weightings"}};
    proposal.writes = WrittenAfter(book, plan.profiles);
    for (const TargetSeries& series : plan.targets) proposal.writes.push_back(Written(series));
    proposal.entry.details = {{"profiles", absl::StrCat(plan.profiles.size())},
                              {"target_series", absl::StrCat(plan.targets.size())}};
    // By these the entry is found where one of them is asked for.
    for (const WeightProfile& profile : plan.profiles) {
      proposal.entry.details[store::AboutKey(ProfileName(profile.id))] = EtagOf(profile.revision);
    }
    for (const TargetSeries& series : plan.targets) {
      proposal.entry.details[store::AboutKey(TargetName(series.id))] = EtagOf(series.revision);
    }
    return proposal;
  });
  if (!committed.ok()) return committed.status();
  const absl::StatusOr<std::string> etag = BookEtag(**committed);
  if (!etag.ok()) return etag.status();
  return Applied{.changes = std::move(plan.changes), .etag = *etag};
}

}  // namespace keyscore::weighting
