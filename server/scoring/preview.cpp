// Runs a population under two sets of rules and says what differs.
#include "scoring/preview.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "scoring/prepare.h"
#include "scoring/statistics.h"

namespace keyscore::scoring {
namespace {

// Subjects after which the caller hears how far it is, and is asked whether to go on.
constexpr size_t kBatch = 500;

constexpr size_t kDriversShown = 5;

// Points of rounding.
constexpr double kNothing = 1e-9;

// "default: under 18 months"; where tenure doesn't count the profile alone.
std::string BandLabel(const std::string& profile, const std::string& band) {
  return band.empty() ? profile : absl::StrCat(profile, ": ", band);
}

// What each KPI moves, by its place in the registry.
class Drivers {
 public:
  explicit Drivers(const kpis::RegistrySnapshot& registry) : registry_(registry) { Clear(); }

  void Clear() { drivers_.assign(registry_.kpis().size(), Moved()); }

  // What each weighted KPI adds to the total: times `sign`, 1 or -1.
  void Add(const CardGroup& group, const ScoredSubject& scored, double sign) {
    const std::vector<size_t>& weighted = group.kpis().weighted();
    for (size_t i = 0; i < weighted.size(); ++i) {
      Moved& moved = drivers_[weighted[i]];
      const double weight = scored.total.effective_weights[i];
      const double score = scored.scores[i].value_or(scored.total.assumed[i].value_or(0));
      moved.points += sign * weight * score;
      (sign > 0 ? moved.weight_after : moved.weight_before) = weight;
    }
  }

  void Add(const Drivers& other) {
    for (size_t i = 0; i < drivers_.size(); ++i) {
      drivers_[i].points += other.drivers_[i].points;
      drivers_[i].weight_before += other.drivers_[i].weight_before;
      drivers_[i].weight_after += other.drivers_[i].weight_after;
    }
  }

  void DivideBy(double count) {
    for (Moved& moved : drivers_) {
      moved.points /= count;
      moved.weight_before /= count;
      moved.weight_after /= count;
    }
  }

  // Those that move something, the strongest first, at most `limit`; ties by id.
  std::vector<Driver> Strongest(size_t limit) const {
    std::vector<size_t> moving;
    for (size_t i = 0; i < drivers_.size(); ++i) {
      if (std::abs(drivers_[i].points) > kNothing) moving.push_back(i);
    }
    const size_t kept = std::min(limit, moving.size());
    std::partial_sort(moving.begin(), moving.begin() + static_cast<ptrdiff_t>(kept), moving.end(),
                      [this](size_t a, size_t b) {
                        const double of_a = std::abs(drivers_[a].points);
                        const double of_b = std::abs(drivers_[b].points);
                        return of_a != of_b ? of_a > of_b : IdOf(a) < IdOf(b);
                      });
    moving.resize(kept);
    std::vector<Driver> strongest;
    strongest.reserve(kept);
    for (const size_t i : moving) {
      strongest.push_back({.kpi_id = IdOf(i),
                           .points = drivers_[i].points,
                           .weight_before = drivers_[i].weight_before,
                           .weight_after = drivers_[i].weight_after});
    }
    return strongest;
  }

 private:
  struct Moved {
    double points = 0;
    double weight_before = 0;
    double weight_after = 0;
  };

  const std::string& IdOf(size_t kpi) const { return registry_.kpis()[kpi]->definition.id; }

  const kpis::RegistrySnapshot& registry_;
  std::vector<Moved> drivers_;
};

// One period, subject by subject.
class PeriodRun {
 public:
  PeriodRun(measures::Period period, size_t subjects, const kpis::RegistrySnapshot& registry)
      : of_subject_(registry), of_all_(registry) {
    preview_.period = std::move(period);
    preview_.changes.reserve(subjects);
  }

  // The subject's number in the groups is `s`.
  void Add(const SubjectInfo& subject, size_t s, const PreparedSubject& before,
           const PreparedSubject& after) {
    const ScoredSubject scored_before = before.group->Score(s);
    const ScoredSubject scored_after = after.group->Score(s);
    SubjectChange& change = preview_.changes.emplace_back();
    change.subject = subject;
    change.total_before = scored_before.total.total;
    change.total_after = scored_after.total.total;
    change.coverage_before = scored_before.total.coverage;
    change.coverage_after = scored_after.total.coverage;
    change.band_before = before.weights.tenure_band;
    change.band_after = after.weights.tenure_band;
    change.profile_before = before.weights.profile->id;
    change.profile_after = after.weights.profile->id;
    preview_.coverage_before += change.coverage_before;
    preview_.coverage_after += change.coverage_after;
    CountMigration(change);
    if (!change.total_before || !change.total_after) return;
    of_subject_.Clear();
    of_subject_.Add(*before.group, scored_before, -1);
    of_subject_.Add(*after.group, scored_after, 1);
    change.drivers = of_subject_.Strongest(kDriversShown);
    of_all_.Add(of_subject_);
  }

  PeriodPreview Finish() && {
    CountChanges();
    Rank(&SubjectChange::total_before, &SubjectChange::rank_before);
    Rank(&SubjectChange::total_after, &SubjectChange::rank_after);
    preview_.mean_before = Mean(&SubjectChange::total_before);
    preview_.mean_after = Mean(&SubjectChange::total_after);
    const auto subjects = static_cast<double>(std::max<size_t>(preview_.changes.size(), 1));
    preview_.coverage_before /= subjects;
    preview_.coverage_after /= subjects;
    ListMigrations();
    std::stable_sort(preview_.changes.begin(), preview_.changes.end(), ComesFirst);
    return std::move(preview_);
  }

 private:
  using TotalOf = std::optional<double> SubjectChange::*;
  using RankOf = size_t SubjectChange::*;

  static std::optional<double> Difference(const SubjectChange& change) {
    if (!change.total_before || !change.total_after) return std::nullopt;
    return *change.total_after - *change.total_before;
  }

  static bool ComesFirst(const SubjectChange& a, const SubjectChange& b) {
    const std::optional<double> of_a = Difference(a);
    const std::optional<double> of_b = Difference(b);
    if (of_a.has_value() != of_b.has_value()) return of_a.has_value();
    if (of_a && *of_a != *of_b) return *of_a > *of_b;
    return a.subject.facts.id < b.subject.facts.id;
  }

  void CountMigration(const SubjectChange& change) {
    if (change.profile_before == change.profile_after && change.band_before == change.band_after) {
      return;
    }
    const std::string from = BandLabel(change.profile_before, change.band_before);
    const std::string to = BandLabel(change.profile_after, change.band_after);
    if (from != to) ++migrations_[{from, to}];
  }

  void CountChanges() {
    std::vector<double> before;
    std::vector<double> after;
    for (const SubjectChange& change : preview_.changes) {
      const std::optional<double> difference = Difference(change);
      if (!difference) {
        if (change.total_after) ++preview_.newly_scored;
        if (change.total_before) ++preview_.no_longer_scored;
        continue;
      }
      before.push_back(*change.total_before);
      after.push_back(*change.total_after);
      if (*difference > kNoticeable) {
        ++preview_.winners;
      } else if (*difference < -kNoticeable) {
        ++preview_.losers;
      } else {
        ++preview_.unchanged;
      }
    }
    preview_.rank_correlation = Spearman(before, after);
    if (before.empty()) return;
    of_all_.DivideBy(static_cast<double>(before.size()));
    preview_.drivers = of_all_.Strongest(std::numeric_limits<size_t>::max());
  }

  void Rank(TotalOf total, RankOf rank) {
    std::vector<SubjectChange*> scored;
    for (SubjectChange& change : preview_.changes) {
      if (change.*total) scored.push_back(&change);
    }
    std::sort(scored.begin(), scored.end(),
              [total](const SubjectChange* a, const SubjectChange* b) {
                return *(a->*total) > *(b->*total);
              });
    for (size_t i = 0; i < scored.size(); ++i) {
      const bool ties = i > 0 && *(scored[i]->*total) == *(scored[i - 1]->*total);
      scored[i]->*rank = ties ? scored[i - 1]->*rank : i + 1;
    }
  }

  std::optional<double> Mean(TotalOf total) const {
    double sum = 0;
    size_t count = 0;
    for (const SubjectChange& change : preview_.changes) {
      if (!(change.*total)) continue;
      sum += *(change.*total);
      ++count;
    }
    if (count == 0) return std::nullopt;
    return sum / static_cast<double>(count);
  }

  void ListMigrations() {
    for (const auto& [bands, subjects] : migrations_) {
      preview_.migrations.push_back({bands.first, bands.second, subjects});
    }
    std::stable_sort(
        preview_.migrations.begin(), preview_.migrations.end(),
        [](const Migration& a, const Migration& b) { return a.subjects > b.subjects; });
  }

  PeriodPreview preview_;
  Drivers of_subject_;
  Drivers of_all_;
  std::map<std::pair<std::string, std::string>, size_t> migrations_;
};

}  // namespace

std::shared_ptr<const weighting::Rules> WithDrafts(
    const weighting::Rules& published, const std::vector<weighting::WeightProfile>& drafts) {
  auto rules = std::make_shared<weighting::Rules>(published);
  for (const weighting::WeightProfile& draft : drafts) {
    std::erase_if(rules->versions, [&](const weighting::Version& version) {
      return version.profile.id == draft.id ||
             version.profile.content.selector == draft.content.selector;
    });
    rules->versions.push_back({.profile = draft});
  }
  std::stable_sort(rules->versions.begin(), rules->versions.end(),
                   [](const weighting::Version& a, const weighting::Version& b) {
                     return std::tie(a.profile.id, a.from) < std::tie(b.profile.id, b.from);
                   });
  return rules;
}

absl::StatusOr<std::vector<PeriodPreview>> Preview(const PreviewRequest& request,
                                                   const Pinned& pinned,
                                                   store::MeasureReader& store) {
  CardRequest cards;
  cards.kind = request.kind;
  cards.watermark = request.watermark;
  cards.stop = request.stop;
  if (cards.watermark == 0) {
    // One for all periods, though facts go on arriving.
    const absl::StatusOr<int64_t> newest = store.Watermark();
    if (!newest.ok()) return newest.status();
    cards.watermark = *newest;
  }
  Season season(store, pinned.calendar, pinned.now, cards.watermark, request.stop);
  std::vector<PeriodPreview> previews;
  size_t done = 0;
  for (const PreviewRequest::PeriodSubjects& of_period : request.periods) {
    const std::vector<SubjectInfo>& subjects = of_period.subjects;
    cards.period = of_period.period;
    cards.subjects = subjects;
    absl::StatusOr<PreparedCards> prepared =
        Prepare({pinned.rules, request.drafted}, cards, pinned, store);
    if (!prepared.ok()) return prepared.status();
    const absl::Status grouped = Group(cards, pinned, season, *prepared);
    if (!grouped.ok()) return grouped;
    PeriodRun run(of_period.period, subjects.size(), *pinned.registry);
    for (size_t s = 0; s < subjects.size(); ++s) {
      if (s % kBatch == 0 && request.stop && request.stop()) {
        return absl::CancelledError("the preview was stopped");
      }
      run.Add(subjects[s], s, prepared->under[0][s], prepared->under[1][s]);
      ++done;
      const bool pause = (s + 1) % kBatch == 0 || s + 1 == subjects.size();
      if (pause && request.progress) request.progress(done);
    }
    previews.push_back(std::move(run).Finish());
  }
  return previews;
}

}  // namespace keyscore::scoring
