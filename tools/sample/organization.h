// Who works for the organisation, and the life of each account: when it came, who looked after it,
// when it began to drift and when it left. Facts are then drawn along these lives.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sample/clock.h"
#include "sample/names.h"
#include "sample/rng.h"
#include "sample/sink.h"

namespace keyscore::sample {

struct Settings {
  uint64_t seed = 1;
  int managers = 40;
  int accounts = 600;
  Day from = 0;  // first day with facts
  Day to = 0;    // exclusive
};

struct Manager {
  std::string id;
  std::string name;
  int team = 0;
  // Hidden: -100 (poor) to 100 (excellent); moves contact cadence, response times, wins, NPS,
  // churn.
  int skill = 0;
  Instant started;  // of the first role
  Instant left = kNever;
  // Came from another team at this instant; kNever = always in this one.
  Instant transferred = kNever;
  int earlier_team = 0;

  // The team at an instant, -1 where the manager isn't in a role.
  int TeamAt(Instant instant) const;
};

struct Team {
  std::string id;
  std::string name;
};

class Organization {
 public:
  explicit Organization(const Settings& settings);

  const Settings& settings() const { return settings_; }
  const Names& names() const { return names_; }
  const std::vector<Team>& teams() const { return teams_; }
  const std::vector<Manager>& managers() const { return managers_; }
  // Indexes of those who ever were in the team.
  const std::vector<int>& Members(int team) const { return members_[static_cast<size_t>(team)]; }

  void WriteDirectory(Sink& sink) const;

 private:
  Manager MakeManager(int index) const;

  Settings settings_;
  Names names_;
  std::vector<Team> teams_;
  std::vector<Manager> managers_;
  std::vector<std::vector<int>> members_;
};

enum class Segment { kEnterprise, kMidMarket, kSmallBusiness };

struct LifeSpan {
  Instant started;
  Instant churned = kNever;
  Day drift_from = 0;  // of those who churn: the day from which it shows
};

struct OwnershipSpan {
  int manager = 0;
  Instant from;
  Instant until = kNever;
};

struct ContactPerson {
  std::string id;
  Instant known_since;
  size_t seniority = 0;  // index into kSeniorities
  bool decision_maker = false;
  std::string department;  // empty = unknown
};

inline constexpr std::string_view kSeniorities[] = {"c_level", "vp", "director", "manager",
                                                    "staff"};

struct Account {
  int index = 0;
  std::string id;
  std::string name;
  Segment segment = Segment::kMidMarket;
  std::string region;
  int team = 0;
  int64_t yearly_cents = 0;  // revenue of the sample's first year
  int growth_permille = 0;   // of it, a year
  std::vector<LifeSpan> lives;
  std::vector<OwnershipSpan> owners;  // by `from`
  std::vector<ContactPerson> contacts;

  // Whose account it is: of the spans that cover the instant the one that began last; null =
  // nobody.
  const OwnershipSpan* OwnerAt(Instant instant) const;
  // 100 = sound, falling to 20 while it drifts away; 0 = not a customer on that day.
  int HealthOn(Day day) const;
};

Account MakeAccount(const Organization& organization, int index);
void WriteDirectory(const Organization& organization, const Account& account, Sink& sink);

}  // namespace keyscore::sample
