// Walks through the days of an account, and what hangs on the dates of its life: contracts and the
// weeks after a farewell.
#include "sample/account_facts.h"

#include <algorithm>

#include "sample/fact_writer.h"

namespace keyscore::sample {
namespace {

constexpr uint64_t kFactStream = 3;
// 4 is manager_facts.cpp's.
constexpr uint64_t kYearlyStream = 5;

// Yearly value of a contract, in whole currency units.
int64_t ContractValue(const Account& account, int64_t share, int64_t years) {
  return account.yearly_cents / 100 * share / 100 * (1000 + account.growth_permille * years) / 1000;
}

}  // namespace

int SkillAt(const Organization& organization, const Account& account, Instant instant) {
  const OwnershipSpan* owner = account.OwnerAt(instant);
  // An account that nobody looks after fares as with a poor manager.
  return owner == nullptr ? -70
                          : organization.managers()[static_cast<size_t>(owner->manager)].skill;
}

void WriteFacts(const Organization& organization, const Account& account, Sink& sink) {
  const Settings& settings = organization.settings();
  FactWriter today{
      .organization = organization,
      .account = account,
      .sink = sink,
      .rng = Rng::For(settings.seed, kFactStream, static_cast<uint64_t>(account.index))};
  const Day first = std::max(settings.from, DayOf(account.lives.front().started));
  for (today.day = first; today.day < settings.to; ++today.day) {
    today.health = account.HealthOn(today.day);
    if (today.health == 0) continue;
    today.activity = Activity(today.day);
    today.skill = SkillAt(organization, account, AfterSeconds(Midnight(today.day), 12 * 3600));
    WriteContactFacts(today);
    WriteRevenueFacts(today);
    WriteServiceFacts(today);
  }
  WriteContracts(today);
  WriteFarewell(today);
  // Random numbers of its own, so that all of the above stays what it was.
  today.rng = Rng::For(settings.seed, kYearlyStream, static_cast<uint64_t>(account.index));
  WriteYearlyFacts(today);
}

void WriteContracts(FactWriter& writer) {
  static constexpr int64_t kTerms[] = {12, 12, 24, 36};
  const Settings& settings = writer.organization.settings();
  const int lines = writer.account.segment == Segment::kEnterprise ? 3 : 2;
  for (const LifeSpan& life : writer.account.lives) {
    for (int line = 0; line < lines; ++line) {
      int64_t term = kTerms[writer.rng.Below(4)];
      int64_t value = ContractValue(writer.account, line == 0 ? 60 : 20, 0);
      Day due = AddMonths(DayOf(life.started), static_cast<int>(term) - 4 * line);
      bool first = true;
      // Terms that end within a year after the sample are known and pending.
      for (int year = 0; due < settings.to + 365; ++year) {
        const bool churned = life.churned < writer.end() && Midnight(due) >= life.churned;
        const Day written = churned ? DayOf(life.churned) : due;
        writer.skill = SkillAt(writer.organization, writer.account, Midnight(written));
        const int64_t next_term = kTerms[writer.rng.Below(4)];
        const int64_t next_value =
            value * (1000 + writer.account.growth_permille + writer.rng.Bell(-80, 90)) / 1000;
        const bool lost = churned || writer.rng.Percent(11 - writer.skill / 11);
        const bool pending = !churned && written >= settings.to;
        if (written >= settings.from) {
          const std::string outcome = pending ? "pending" : lost ? "lost" : "renewed";
          writer.sink.Add(Dataset::kContract,
                          {writer.NextId(Dataset::kContract), writer.account.id,
                           writer.Actor(Midnight(written), 50), Midnight(written), outcome,
                           !pending && writer.rng.Percent(lost ? 70 : 22 - writer.skill / 8),
                           static_cast<double>(outcome == "renewed" ? next_value : value),
                           first ? Cell() : Cell(static_cast<double>(value)),
                           outcome == "renewed" ? next_term : term, first ? Cell() : Cell(term)});
        }
        if (churned || pending) break;
        // A line that is lost is sold again half a year later.
        due = AddMonths(due, static_cast<int>(lost ? next_term + 6 : next_term));
        first = lost;
        value = std::max<int64_t>(lost ? value : next_value, 500);
        term = next_term;
      }
    }
  }
}

void WriteFarewell(FactWriter& writer) {
  // Some win-back calls; nobody owns the account any more, so the caller is said or nobody is.
  for (const LifeSpan& life : writer.account.lives) {
    if (life.churned >= writer.end()) continue;
    for (int64_t calls = writer.rng.Below(4); calls > 0; --calls) {
      const Instant when = AfterSeconds(life.churned, writer.rng.Below(60 * 86'400));
      if (when >= writer.end()) continue;
      const Manager& caller =
          writer.organization.managers()[static_cast<size_t>(writer.account.team)];
      writer.sink.Add(
          Dataset::kInteraction,
          {writer.NextId(Dataset::kInteraction), writer.account.id,
           writer.rng.Percent(50) ? Cell(caller.id) : Cell(), when, Cell(), std::string("call"),
           std::string("outbound"), Cell(), Cell(), std::string("renewal"), false});
    }
  }
}

}  // namespace keyscore::sample
