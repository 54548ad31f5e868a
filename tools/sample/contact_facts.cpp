// Relationships: interactions, surveys, plans, reviews, proposals, goals.
#include <algorithm>

#include "sample/fact_writer.h"

namespace keyscore::sample {
namespace {

constexpr std::string_view kChannels[] = {"email", "call", "meeting", "visit", "event"};

// Contacts fade while an account drifts away, and its people come forward less.
void Interactions(FactWriter& today) {
  static constexpr int64_t kYearly[] = {12'400, 7'000, 3'800};
  const int64_t yearly = kYearly[static_cast<size_t>(today.account.segment)] * today.health / 100;
  for (int64_t left = today.TimesToday(yearly, 38); left > 0; --left) {
    const Instant when = WorkingTime(today.rng, today.day);
    if (when < today.account.lives.front().started) continue;
    const size_t channel = today.rng.Pick({44, 28, 17, 6, 5});
    Cell minutes;
    if (channel == 1) minutes = static_cast<double>(today.rng.Between(4, 45));
    if (channel >= 2) minutes = static_cast<double>(today.rng.Between(6, 24) * 5);
    Cell quality;
    if (today.rng.Percent(channel == 0 ? 25 : 72)) {
      const int64_t tenths =
          34 + today.skill / 9 + (today.health - 100) / 5 + today.rng.Bell(-18, 18);
      quality = static_cast<double>(std::clamp<int64_t>((tenths + 5) / 10, 1, 5));
    }
    const ContactPerson* person = today.rng.Percent(88) ? today.Somebody(when) : nullptr;
    const bool inbound =
        today.rng.Percent(std::max(8, 36 + today.skill / 8 - (100 - today.health) / 3));
    const Cell topic = today.rng.Percent(80) ? Cell(std::string(Topic(today.rng.Next()))) : Cell();
    const bool check_in = !inbound && channel > 0 && today.rng.Percent(22 + today.skill / 10);
    today.sink.Add(
        Dataset::kInteraction,
        {today.NextId(Dataset::kInteraction), today.account.id, today.Actor(when, 82), when,
         FactWriter::IdOf(person), std::string(kChannels[channel]),
         std::string(inbound ? "inbound" : "outbound"), minutes, quality, topic, check_in});
  }
}

// A score on a scale from low to high, in tenths of which the middle is given.
Cell Score(FactWriter& today, int64_t middle_tenths, int64_t spread_tenths, int skill_tenths,
           int health_tenths, int64_t low, int64_t high) {
  const int64_t tenths = middle_tenths + today.skill * skill_tenths / 100 -
                         (100 - today.health) * health_tenths / 100 +
                         today.rng.Bell(-spread_tenths, spread_tenths);
  return static_cast<double>(std::clamp((tenths + 5) / 10, low, high));
}

void Survey(FactWriter& today, std::string instrument, const Cell& score) {
  const Instant when = AnyTime(today.rng, today.day);
  const ContactPerson* person = today.rng.Percent(90) ? today.Somebody(when) : nullptr;
  today.sink.Add(Dataset::kSurveyResponse,
                 {today.NextId(Dataset::kSurveyResponse), today.account.id, today.Actor(when, 25),
                  when, std::move(instrument), FactWriter::IdOf(person), score});
}

void Surveys(FactWriter& today) {
  for (int64_t n = today.TimesToday(420, 10); n > 0; --n) {
    Survey(today, "nps", Score(today, 82, 34, 14, 60, 0, 10));
  }
  for (int64_t n = today.TimesToday(300, 5); n > 0; --n) {
    Survey(today, "csat", Score(today, 41, 16, 6, 20, 1, 5));
  }
  for (int64_t n = today.TimesToday(150, 40); n > 0; --n) {
    Survey(today, "voc", Score(today, 70, 25, 8, 30, 0, 10));
  }
  for (int64_t n = today.TimesToday(120, 10); n > 0; --n) {
    Survey(today, "rep_feedback", Score(today, 38, 15, 9, 12, 1, 5));
  }
}

// A fact with its id, account, manager and time, and the cells of its own.
void AddFact(FactWriter& today, Dataset dataset, int percent_said, const Cell& first) {
  const Instant when = WorkingTime(today.rng, today.day);
  today.sink.Add(dataset, {today.NextId(dataset), today.account.id, today.Actor(when, percent_said),
                           when, first});
}
void AddFact(FactWriter& today, Dataset dataset, int percent_said, const Cell& first,
             const Cell& second) {
  const Instant when = WorkingTime(today.rng, today.day);
  today.sink.Add(dataset, {today.NextId(dataset), today.account.id, today.Actor(when, percent_said),
                           when, first, second});
}

void PlansAndReviews(FactWriter& today) {
  for (int64_t n = today.TimesToday(170, 45); n > 0; --n) {
    const int64_t quality = 60 + today.skill * 28 / 100 + today.rng.Bell(-20, 20);
    AddFact(today, Dataset::kPlanReview, 85,
            static_cast<double>(std::clamp<int64_t>(quality, 0, 100)));
  }
  for (int64_t n = today.TimesToday(320, 35); n > 0; --n) {
    AddFact(today, Dataset::kBusinessReview, 85,
            std::string(today.rng.Percent(70) ? "quarterly" : "executive"));
  }
  for (int64_t n = today.TimesToday(180, 40); n > 0; --n) {
    AddFact(today, Dataset::kAssessment, 85,
            std::string(today.rng.Percent(55) ? "needs_analysis" : "swot"),
            today.rng.Percent(60) ? Cell(static_cast<double>(today.rng.Bell(20, 100))) : Cell());
  }
  for (int64_t n = today.TimesToday(300, 25); n > 0; --n) {
    AddFact(today, Dataset::kProposal, 80, Score(today, 36, 16, 8, 10, 1, 5),
            today.rng.Percent(75) ? Cell(today.rng.Percent(38 + today.skill / 5)) : Cell());
  }
  for (int64_t n = today.TimesToday(40 * today.health / 100, 60); n > 0; --n) {
    static constexpr std::string_view kKinds[] = {"referral", "reference", "public_mention"};
    AddFact(today, Dataset::kReferral, 60, std::string(kKinds[today.rng.Pick({60, 28, 12})]),
            today.rng.Percent(35));
  }
  for (int64_t n = today.TimesToday(60, 0); n > 0; --n) {
    const Instant answered = AfterSeconds(
        Midnight(today.day), 86'400 + today.BySkill(today.rng.Bell(0, 14), -60) * 86'400);
    AddFact(today, Dataset::kCompetitorEvent, 50,
            today.rng.Percent(80) ? today.IfKnown(answered) : Cell());
  }
  for (int64_t n = today.TimesToday(90, 0); n > 0; --n) {
    AddFact(today, Dataset::kSupplierStatus, 40, today.rng.Percent(45 + today.skill / 4),
            today.rng.Percent(85) ? Cell(today.rng.Bell(1, 9)) : Cell());
  }
}

void GoalsAndActions(FactWriter& today) {
  for (int64_t n = today.TimesToday(220, 30); n > 0; --n) {
    const Instant agreed = WorkingTime(today.rng, today.day);
    const Instant due = Midnight(today.day + static_cast<Day>(today.rng.Between(60, 300)));
    const Instant achieved = AfterDays(due, today.rng.Bell(-60, 50) - today.skill / 8);
    const bool reached =
        achieved > agreed && achieved < today.end() && today.rng.Percent(62 + today.skill / 5);
    const int64_t percent = reached ? 100 : today.rng.Between(0, 18) * 5;
    today.sink.Add(
        Dataset::kGoal,
        {today.NextId(Dataset::kGoal), today.account.id, today.Actor(agreed, 85), agreed,
         today.rng.Percent(92) ? Cell(due) : Cell(), reached ? Cell(achieved) : Cell(),
         static_cast<double>(percent) / 100.0, today.rng.Percent(70), today.rng.Percent(30)});
  }
  for (int64_t n = today.TimesToday(560, 15); n > 0; --n) {
    const Instant due = Midnight(today.day);
    const Instant done = AfterSeconds(due, today.rng.Bell(-12, 14) * 43'200 - today.skill * 2'000);
    const int64_t budget = today.rng.Between(4, 90) * 5'000;
    const bool acted = today.rng.Percent(88);
    today.sink.Add(
        Dataset::kPlanAction,
        {today.NextId(Dataset::kPlanAction), today.account.id, today.Actor(due, 85), due,
         acted ? today.IfKnown(done) : Cell(), today.rng.Percent(80) ? Money(budget) : Cell(),
         acted && today.rng.Percent(85) ? Money(budget * today.rng.Bell(60, 145) / 100) : Cell()});
  }
}

}  // namespace

void WriteContactFacts(FactWriter& today) {
  Interactions(today);
  Surveys(today);
  PlansAndReviews(today);
  GoalsAndActions(today);
}

}  // namespace keyscore::sample
