// What is planned or goes wrong by the year: goals shared with the customer, and customers who cost
// more than they bring.
#include <algorithm>

#include "sample/fact_writer.h"

namespace keyscore::sample {
namespace {

void SharedGoal(FactWriter& writer, Instant agreed) {
  const Instant due = AfterDays(Midnight(DayOf(agreed)), writer.rng.Between(240, 330));
  const Instant achieved = AfterSeconds(
      due, (writer.rng.Bell(-70, 40) - writer.skill / 10) * 86'400 + writer.rng.Below(86'400));
  const bool reached =
      achieved > agreed && achieved < writer.end() && writer.rng.Percent(64 + writer.skill / 5);
  const int64_t percent = reached ? 100 : writer.rng.Between(0, 18) * 5;
  writer.sink.Add(Dataset::kGoal,
                  {writer.NextId(Dataset::kGoal), writer.account.id, writer.Actor(agreed, 85),
                   agreed, due, reached ? Cell(achieved) : Cell(),
                   static_cast<double>(percent) / 100.0, true, writer.rng.Percent(40)});
}

// Most customers agree on a few goals for the year in its first weeks, some on too many.
void JointPlan(FactWriter& writer) {
  const Settings& settings = writer.organization.settings();
  for (int year = DateOf(settings.from).year; year <= DateOf(settings.to).year; ++year) {
    const Day day = DayOf(Date{year, 1, 10}) + static_cast<Day>(writer.rng.Below(45));
    writer.skill = SkillAt(writer.organization, writer.account, Midnight(day));
    const bool plans = writer.rng.Percent(62 + writer.skill / 5);
    const size_t goals = 2 + writer.rng.Pick({10, 34, 30, 16, 10});
    if (!plans || day < settings.from || day >= settings.to) continue;
    if (writer.account.HealthOn(day) == 0) continue;
    for (size_t i = 0; i < goals; ++i) SharedGoal(writer, WorkingTime(writer.rng, day));
  }
}

// One in eleven needs more care for a year or so than it pays for.
void CostlyTime(FactWriter& writer) {
  const Settings& settings = writer.organization.settings();
  if (!writer.rng.Percent(9)) return;
  const int64_t length = settings.to - settings.from;
  const Day first =
      settings.from + static_cast<Day>(writer.rng.Below(std::max<int64_t>(length - 200, 1)));
  const Day last = first + static_cast<Day>(writer.rng.Between(300, 600));
  for (Day day = first; day < std::min(last, settings.to); ++day) {
    if (DateOf(day).day != 12 || writer.account.HealthOn(day) == 0) continue;
    const Instant when = WorkingTime(writer.rng, day);
    const int64_t cents = writer.account.yearly_cents / 12 * writer.rng.Bell(40, 110) / 100;
    writer.sink.Add(Dataset::kServiceCost, {writer.NextId(Dataset::kServiceCost), writer.account.id,
                                            writer.Actor(when, 15), when, Money(cents)});
  }
}

}  // namespace

void WriteYearlyFacts(FactWriter& writer) {
  JointPlan(writer);
  CostlyTime(writer);
}

}  // namespace keyscore::sample
