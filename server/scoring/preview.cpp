// Runs a population under two sets of rules and says what differs.
#include "scoring/preview.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "scoring/statistics.h"

namespace keyscore::scoring {
namespace {

// Subjects that are evaluated together: enough that a question to the store is worth it, few enough
// that a stop is heard soon.
constexpr size_t kBatch = 500;

constexpr size_t kDriversShown = 5;

// Points of rounding.
constexpr double kNothing = 1e-9;

// "default: under 18 months"; where tenure doesn't count the profile alone.
std::string BandLabel(const std::string& profile, const std::string& band) {
  return band.empty() ? profile : absl::StrCat(profile, ": ", band);
}

// By KPI id, so that sums and ties have one order.
using Drivers = std::map<std::string, Driver>;

// What each KPI's line adds to the total of a card: times `sign`, 1 or -1.
void AddPoints(const Scorecard& card, double sign, Drivers& drivers) {
  for (const KpiLine& line : card.lines) {
    Driver& driver = drivers[line.outcome.kpi->definition.id];
    driver.points += sign * line.weight * line.score.value_or(line.assumed_score.value_or(0));
    (sign > 0 ? driver.weight_after : driver.weight_before) = line.weight;
  }
}

// Those that move something, the strongest first, at most `limit`.
std::vector<Driver> Strongest(const Drivers& drivers, size_t limit) {
  std::vector<Driver> strongest;
  for (const auto& [id, driver] : drivers) {
    if (std::abs(driver.points) <= kNothing) continue;
    strongest.push_back(driver);
    strongest.back().kpi_id = id;
  }
  std::stable_sort(strongest.begin(), strongest.end(), [](const Driver& a, const Driver& b) {
    return std::abs(a.points) > std::abs(b.points);
  });
  if (strongest.size() > limit) strongest.resize(limit);
  return strongest;
}

// One period, subject by subject.
class PeriodRun {
 public:
  explicit PeriodRun(measures::Period period) { preview_.period = std::move(period); }

  void Add(const SubjectInfo& subject, const Scorecard& before, const Scorecard& after) {
    SubjectChange& change = preview_.changes.emplace_back();
    change.subject = subject;
    change.total_before = before.total.total;
    change.total_after = after.total.total;
    change.coverage_before = before.total.coverage;
    change.coverage_after = after.total.coverage;
    change.band_before = before.weights.tenure_band;
    change.band_after = after.weights.tenure_band;
    change.profile_before = before.weights.profile->id;
    change.profile_after = after.weights.profile->id;
    preview_.coverage_before += change.coverage_before;
    preview_.coverage_after += change.coverage_after;
    const std::string from = BandLabel(change.profile_before, change.band_before);
    const std::string to = BandLabel(change.profile_after, change.band_after);
    if (from != to) ++migrations_[{from, to}];
    if (!change.total_before || !change.total_after) return;
    Drivers drivers;
    AddPoints(before, -1, drivers);
    AddPoints(after, 1, drivers);
    change.drivers = Strongest(drivers, kDriversShown);
    for (const auto& [id, driver] : drivers) {
      Driver& sum = drivers_[id];
      sum.points += driver.points;
      sum.weight_before += driver.weight_before;
      sum.weight_after += driver.weight_after;
    }
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
    const auto count = static_cast<double>(before.size());
    for (auto& [id, driver] : drivers_) {
      driver.points /= count;
      driver.weight_before /= count;
      driver.weight_after /= count;
    }
    preview_.drivers = Strongest(drivers_, drivers_.size());
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
  Drivers drivers_;
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
                                                   const Pinned& pinned, store::Store& store) {
  CardRequest cards;
  cards.kind = request.kind;
  cards.watermark = request.watermark;
  cards.stop = request.stop;
  if (cards.watermark == 0) {
    // One for all batches, though facts go on arriving.
    const absl::StatusOr<int64_t> newest = store.Watermark();
    if (!newest.ok()) return newest.status();
    cards.watermark = *newest;
  }
  std::vector<PeriodPreview> previews;
  size_t done = 0;
  for (const PreviewRequest::PeriodSubjects& of_period : request.periods) {
    cards.period = of_period.period;
    PeriodRun run(of_period.period);
    for (size_t from = 0; from < of_period.subjects.size(); from += kBatch) {
      if (request.stop && request.stop()) return absl::CancelledError("the preview was stopped");
      const auto first = of_period.subjects.begin() + static_cast<ptrdiff_t>(from);
      const size_t count = std::min(kBatch, of_period.subjects.size() - from);
      cards.subjects.assign(first, first + static_cast<ptrdiff_t>(count));
      const auto made = MakeScorecardsUnder({pinned.rules, request.drafted}, cards, pinned, store);
      if (!made.ok()) return made.status();
      for (size_t s = 0; s < count; ++s) run.Add(cards.subjects[s], (*made)[0][s], (*made)[1][s]);
      done += count;
      if (request.progress) request.progress(done);
    }
    previews.push_back(std::move(run).Finish());
  }
  return previews;
}

}  // namespace keyscore::scoring
