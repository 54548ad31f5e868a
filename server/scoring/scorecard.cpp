// Puts cards together.
#include "scoring/scorecard.h"

#include <utility>

#include "scoring/card_group.h"
#include "scoring/prepare.h"
#include "scoring/season.h"

namespace keyscore::scoring {

absl::StatusOr<std::vector<std::vector<Scorecard>>> MakeScorecardsUnder(
    const std::vector<std::shared_ptr<const weighting::Rules>>& rules, const CardRequest& request,
    const Pinned& pinned, store::MeasureReader& store) {
  absl::StatusOr<PreparedCards> prepared = Prepare(rules, request, pinned, store);
  if (!prepared.ok()) return prepared.status();
  std::vector<std::vector<Scorecard>> all(rules.size());
  if (request.subjects.empty()) return all;
  const int64_t watermark = prepared->ground->evaluation->watermark();
  Season season(store, pinned.calendar, pinned.now, watermark, request.stop);
  const absl::Status grouped = Group(request, pinned, season, *prepared);
  if (!grouped.ok()) return grouped;

  const absl::CivilDay today = pinned.calendar.DayOf(pinned.now);
  for (size_t r = 0; r < rules.size(); ++r) {
    all[r].reserve(request.subjects.size());
    for (size_t s = 0; s < request.subjects.size(); ++s) {
      PreparedSubject& subject = prepared->under[r][s];
      const CardGroup& group = *subject.group;
      ScoredSubject scored = group.Score(s);
      Scorecard& card = all[r].emplace_back();
      card.subject = request.subjects[s].facts;
      card.display_name = request.subjects[s].display_name;
      card.period = request.period;
      card.lines = CardLines(subject.group, s, scored.total);
      card.computed_total = scored.computed_total;
      for (const size_t i : scored.total.blocked_by) {
        card.blocked_by.push_back(group.kpis()[group.kpis().weighted()[i]].kpi->definition.id);
      }
      card.total = std::move(scored.total);
      card.weights = std::move(subject.weights);
      card.watermark = watermark;
      card.registry = pinned.registry;
      card.rules = rules[r];
      card.as_of = today;
      card.weights_of = request.weights_of;
    }
  }
  return all;
}

absl::StatusOr<std::vector<Scorecard>> MakeScorecards(const CardRequest& request,
                                                      const Pinned& pinned,
                                                      store::MeasureReader& store) {
  auto under = MakeScorecardsUnder({pinned.rules}, request, pinned, store);
  if (!under.ok()) return under.status();
  return std::move(under->front());
}

}  // namespace keyscore::scoring
