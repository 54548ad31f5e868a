// What the parts of an account's story share: where they write, today's state, and how a fact gets
// its id, its manager and its chance of happening.
#pragma once

#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "sample/organization.h"
#include "sample/sink.h"

namespace keyscore::sample {

struct FactWriter {
  const Organization& organization;
  const Account& account;
  Sink& sink;
  Rng rng;
  std::array<int, kDatasetCount> written{};

  // Today.
  Day day = 0;
  int activity = 0;  // see Activity
  int health = 0;    // see Account::HealthOn
  int skill = 0;     // of the owner, -100 to 100

  std::string NextId(Dataset dataset) {
    return absl::StrCat(account.id, "-", ++written[static_cast<size_t>(dataset)]);
  }

  // The end of what is known: what happens later has not happened.
  Instant end() const { return Midnight(organization.settings().to); }
  Cell IfKnown(Instant instant) const { return instant < end() ? Cell(instant) : Cell(); }

  // How often today, at a yearly rate in hundredths, where 100 % health and an average owner are
  // the norm. Skill moves it by up to `skill_percent` up or down.
  int64_t TimesToday(int64_t hundredths_a_year, int skill_percent) {
    return rng.Times(hundredths_a_year * 10'000 / 365 * activity / 100 *
                     (100 + skill * skill_percent / 100) / 100);
  }

  // A figure that skill moves by up to `percent` of itself.
  int64_t BySkill(int64_t figure, int percent) const {
    return figure * (10'000 + skill * percent) / 10'000;
  }

  // Who did it: mostly said, and then now and then a colleague; the rest is told by ownership.
  Cell Actor(Instant instant, int percent_said) {
    const OwnershipSpan* owner = account.OwnerAt(instant);
    if (owner == nullptr || !rng.Percent(percent_said)) return Cell();
    int manager = owner->manager;
    if (rng.Percent(3)) {
      const std::vector<int>& members = organization.Members(account.team);
      manager = members[static_cast<size_t>(rng.Below(static_cast<int64_t>(members.size())))];
    }
    if (organization.managers()[static_cast<size_t>(manager)].TeamAt(instant) < 0) return Cell();
    return organization.managers()[static_cast<size_t>(manager)].id;
  }

  // Somebody at the account who is known by then, or null. Good managers reach higher.
  const ContactPerson* Somebody(Instant instant) {
    const ContactPerson* chosen = nullptr;
    for (int attempt = 0; attempt < 3; ++attempt) {
      const ContactPerson& person = account.contacts[static_cast<size_t>(
          rng.Below(static_cast<int64_t>(account.contacts.size())))];
      if (person.known_since > instant) continue;
      if (chosen == nullptr || person.seniority < chosen->seniority) chosen = &person;
      if (!rng.Percent(15 + skill / 3)) break;
    }
    return chosen;
  }
  static Cell IdOf(const ContactPerson* person) {
    return person == nullptr ? Cell() : Cell(person->id);
  }
};

// 12,345 cents -> 123.45.
inline Cell Money(int64_t cents) { return static_cast<double>(cents) / 100.0; }

// The parts, each called for every day on which the account is a customer.
void WriteContactFacts(FactWriter& today);
void WriteRevenueFacts(FactWriter& today);
void WriteServiceFacts(FactWriter& today);
// Called once: what hangs on dates of the account's life.
void WriteContracts(FactWriter& writer);
void WriteFarewell(FactWriter& writer);
void WriteYearlyFacts(FactWriter& writer);

// Of the account's owner at the instant.
int SkillAt(const Organization& organization, const Account& account, Instant instant);

}  // namespace keyscore::sample
