// The rules of lint, one function each.
#include "scoring/lint.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "scoring/lint_figures.h"
#include "scoring/statistics.h"
#include "weighting/reasons.h"

namespace keyscore::scoring {
namespace {

constexpr size_t kMostKpis = 10;
constexpr size_t kFewestKpis = 4;
constexpr size_t kFewestSubjects = 10;  // that say something of a curve or a correlation
constexpr double kMostCorrelation = 0.95;
constexpr double kMostJump = 0.20;   // share of the total
constexpr double kTolerance = 1e-9;  // 60 % less 40 % is a hair off 20 %
constexpr int kReviewMonths = 6;

class Linter {
 public:
  Linter(const weighting::WeightProfile& profile, const std::vector<const Scorecard*>& cards,
         const kpis::RegistrySnapshot& registry, absl::Time now)
      : profile_(profile), now_(now), weighted_(WeightedKpis(profile, cards, registry)) {
    for (const WeightedKpi& kpi : weighted_) figures_.push_back(FiguresOf(*kpi.kpi, cards));
  }

  std::vector<LintFinding> Run() && {
    Count();
    SinglePillars();
    Timings();
    Controllability();
    Targets();
    Data();
    Correlations();
    Review();
    Jumps();
    Curves();
    return std::move(findings_);
  }

 private:
  void Find(std::string rule, std::vector<std::string> kpis, std::string evidence,
            std::string remedy) {
    findings_.push_back({.rule = std::move(rule),
                         .profile = profile_.id,
                         .kpis = std::move(kpis),
                         .evidence = std::move(evidence),
                         .remedy = std::move(remedy)});
  }

  std::vector<std::string> Ids() const {
    std::vector<std::string> ids;
    for (const WeightedKpi& kpi : weighted_) ids.push_back(kpi.id());
    return ids;
  }

  void Count() {
    if (weighted_.size() > kMostKpis) {
      Find(
          "too-many-kpis", Ids(),
          fmt::format("{} KPIs have weight, more than {}; the smallest of them counts for {:.1f} % "
                      "of the total at most.",
                      weighted_.size(), kMostKpis, 100 * SmallestWeight()),
          "Keep the few that decide the relationship and give the others a weight of 0; they can "
          "still be looked at.");
    }
    if (weighted_.size() < kFewestKpis) {
      Find("too-few-kpis", Ids(),
           fmt::format(
               "{} {} weight, fewer than {}.",
               weighted_.size() == 1 ? "Only 1 KPI" : fmt::format("Only {} KPIs", weighted_.size()),
               weighted_.size() == 1 ? "has" : "have", kFewestKpis),
           "Give weight to some more, or the total follows a single figure and invites people to "
           "work for that figure alone.");
    }
  }

  double SmallestWeight() const {
    double smallest = 1;
    for (const WeightedKpi& kpi : weighted_) smallest = std::min(smallest, kpi.largest_weight);
    return smallest;
  }

  void SinglePillars() {
    for (const kpis::Pillar pillar : kpis::kPillars) {
      const WeightedKpi* only = nullptr;
      size_t count = 0;
      for (const WeightedKpi& kpi : weighted_) {
        if (kpi.kpi->definition.pillar != pillar) continue;
        only = &kpi;
        ++count;
      }
      if (count != 1) continue;
      Find("pillar-on-one-kpi", {only->id()},
           fmt::format("The pillar {} rests on {} alone, with up to {:.0f} % of the total.",
                       weighting::PillarWord(pillar), only->id(), 100 * only->largest_weight),
           "Give weight to a second KPI of the pillar, or lower the pillar's share.");
    }
  }

  void Timings() {
    if (weighted_.empty()) return;
    const auto has = [this](kpis::Timing timing) {
      return std::any_of(weighted_.begin(), weighted_.end(), [timing](const WeightedKpi& kpi) {
        return kpi.kpi->definition.timing == timing;
      });
    };
    if (!has(kpis::Timing::kLeading)) {
      Find("no-leading-kpi", Ids(),
           fmt::format("All {} weighted KPIs are lagging: they tell what has happened.",
                       weighted_.size()),
           "Give weight to a leading one, such as engagement or plan quality, which moves while "
           "there is time to act.");
    }
    if (!has(kpis::Timing::kLagging)) {
      Find("no-lagging-kpi", Ids(),
           fmt::format("All {} weighted KPIs are leading: none tells what came of the work.",
                       weighted_.size()),
           "Give weight to a lagging one, such as renewals or revenue.");
    }
  }

  void Controllability() {
    for (const WeightedKpi& kpi : weighted_) {
      if (kpi.kpi->definition.controllability != kpis::Controllability::kLow) continue;
      Find("not-controllable", {kpi.id()},
           fmt::format("{} counts for up to {:.1f} % of the total, and its definition says that a "
                       "manager controls it little.",
                       kpi.id(), 100 * kpi.largest_weight),
           "Show it with a weight of 0, or weigh a KPI of the same pillar that the manager can "
           "move.");
    }
  }

  void Targets() {
    std::vector<std::string> without;
    for (const WeightedKpi& kpi : weighted_) {
      if (!kpi.has_target) without.push_back(kpi.id());
    }
    if (without.empty()) return;
    Find("no-target", without,
         fmt::format("{} of {} weighted KPIs {} no target, neither of a series nor of the profile "
                     "nor of {} own: {}.",
                     without.size(), weighted_.size(), without.size() == 1 ? "has" : "have",
                     without.size() == 1 ? "its" : "their", absl::StrJoin(without, ", ")),
         "Agree on what is to be reached and set it, for everyone or by segment, as a target "
         "series.");
  }

  void Data() {
    for (size_t k = 0; k < weighted_.size(); ++k) {
      const KpiFigures& figures = figures_[k];
      if (figures.cards == 0 || 2 * figures.value_count >= figures.cards) continue;
      std::string evidence = fmt::format("{} has a value for {} of {} subjects", weighted_[k].id(),
                                         figures.value_count, figures.cards);
      if (figures.not_applicable > 0) {
        evidence += fmt::format(" and does not apply to {}", figures.not_applicable);
      }
      Find("little-data", {weighted_[k].id()}, evidence + ".",
           "Bring in its facts before it counts, or give it a weight of 0: until then its weight "
           "falls to others, and totals can't be compared.");
    }
  }

  void Correlations() {
    for (size_t a = 0; a < weighted_.size(); ++a) {
      for (size_t b = a + 1; b < weighted_.size(); ++b) Correlation(a, b);
    }
  }

  void Correlation(size_t a, size_t b) {
    std::vector<double> of_a;
    std::vector<double> of_b;
    for (size_t card = 0; card < figures_[a].values.size(); ++card) {
      const std::optional<double>& value_a = figures_[a].values[card];
      const std::optional<double>& value_b = figures_[b].values[card];
      if (!value_a || !value_b) continue;
      of_a.push_back(*value_a);
      of_b.push_back(*value_b);
    }
    if (of_a.size() < kFewestSubjects) return;
    const std::optional<double> correlation = Pearson(of_a, of_b);
    // Where less of one is better, they say the same when they go against each other.
    const bool opposed = LowerIsBetter(a) != LowerIsBetter(b);
    if (!correlation || (opposed ? -*correlation : *correlation) <= kMostCorrelation) return;
    Find("correlated", {weighted_[a].id(), weighted_[b].id()},
         fmt::format("{} and {} go together: a correlation of {:.2f} over the {} subjects that "
                     "have both.",
                     weighted_[a].id(), weighted_[b].id(), *correlation, of_a.size()),
         "Keep the one that people understand better; together they count the same thing twice.");
  }

  bool LowerIsBetter(size_t k) const {
    return weighted_[k].kpi->definition.direction == kpis::Direction::kLowerIsBetter;
  }

  void Review() {
    // A draft is being looked at.
    if (profile_.state != weighting::ProfileState::kPublished) return;
    const std::string remedy =
        "Look at it with those who are judged by it, then publish a change or note that it was "
        "reviewed.";
    if (profile_.review_time == absl::InfinitePast()) {
      Find("not-reviewed", {},
           profile_.action == weighting::kBuiltInAction
               ? "It is the default that the server comes with; nobody here has reviewed it."
               : "There is no record that anybody has reviewed it.",
           remedy);
      return;
    }
    const auto utc = absl::UTCTimeZone();
    const absl::CivilDay today = absl::ToCivilDay(now_, utc);
    const absl::CivilMonth month = absl::CivilMonth(today) - kReviewMonths;
    // The 31st of a month that has fewer days is the 1st of the next.
    if (profile_.review_time >=
        absl::FromCivil(absl::CivilDay(month.year(), month.month(), today.day()), utc)) {
      return;
    }
    Find("not-reviewed", {},
         fmt::format("It was last reviewed on {}, more than {} months ago.",
                     absl::FormatCivilTime(absl::ToCivilDay(profile_.review_time, utc)),
                     kReviewMonths),
         remedy);
  }

  void Jumps() {
    const std::vector<weighting::TenureBand>& bands = profile_.content.bands;
    for (size_t i = 1; i < bands.size(); ++i) {
      for (const kpis::Pillar pillar : kpis::kPillars) {
        const double before = ShareOf(bands[i - 1], pillar);
        const double after = ShareOf(bands[i], pillar);
        if (std::abs(after - before) <= kMostJump + kTolerance) continue;
        Find("band-jump", {},
             fmt::format("At {} months in role the weight of {} goes from {:.0f} % to {:.0f} %, by "
                         "more than {:.0f} points.",
                         bands[i].from_months, weighting::PillarWord(pillar), 100 * before,
                         100 * after, 100 * kMostJump),
             "Put a band in between, so that nobody's total leaps from one month to the next.");
      }
    }
  }

  static double ShareOf(const weighting::TenureBand& band, kpis::Pillar pillar) {
    for (const weighting::PillarWeight& entry : band.pillars) {
      if (entry.pillar == pillar) return entry.weight;
    }
    return 0;
  }

  void Curves() {
    for (size_t k = 0; k < weighted_.size(); ++k) {
      const std::vector<double>& scores = figures_[k].scores;
      if (scores.size() < kFewestSubjects) continue;
      const double first = scores.front();
      if (first != 0 && first != 100) continue;
      if (std::any_of(scores.begin(), scores.end(), [=](double s) { return s != first; })) continue;
      Find("saturated-curve", {weighted_[k].id()},
           fmt::format("All {} subjects with a value score {:.0f} on {}.", scores.size(), first,
                       weighted_[k].id()),
           "Override the curve with points where the figures lie, so that it tells subjects "
           "apart.");
    }
  }

  const weighting::WeightProfile& profile_;
  const absl::Time now_;
  const std::vector<WeightedKpi> weighted_;
  std::vector<KpiFigures> figures_;  // of the weighted KPIs
  std::vector<LintFinding> findings_;
};

}  // namespace

std::vector<LintFinding> Lint(const weighting::WeightProfile& profile,
                              const std::vector<const Scorecard*>& cards,
                              const kpis::RegistrySnapshot& registry, absl::Time now) {
  return Linter(profile, cards, registry, now).Run();
}

}  // namespace keyscore::scoring
