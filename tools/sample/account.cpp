// The life of one account.
#include <algorithm>
#include <iterator>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "fmt/format.h"
#include "sample/organization.h"

namespace keyscore::sample {
namespace {

constexpr uint64_t kAccountStream = 2;
// Drift shows for a while before an account leaves, also where it leaves after the sample's end.
constexpr Day kHorizonDays = 200;

constexpr std::string_view kSegmentNames[] = {"enterprise", "mid_market", "small_business"};

Instant MinuteOf(Rng& rng, Day day) { return AfterSeconds(Midnight(day), rng.Below(1440) * 60); }

class Story {
 public:
  Story(const Organization& organization, int index)
      : organization_(organization),
        settings_(organization.settings()),
        rng_(Rng::For(settings_.seed, kAccountStream, static_cast<uint64_t>(index))) {
    account_.index = index;
    account_.name = organization.names().Company(index);
    account_.id = Slug(account_.name);
    account_.team = index % static_cast<int>(organization.teams().size());
    account_.segment = static_cast<Segment>(rng_.Pick({20, 45, 35}));
    account_.region = Region(rng_.Next());
  }

  Account Tell() {
    MakeSize();
    const Day length = settings_.to - settings_.from;
    Day start = settings_.from - static_cast<Day>(rng_.Bell(30, 2800));
    if (rng_.Percent(32)) start = settings_.from + static_cast<Day>(rng_.Below(length - 15));
    Live(start);
    // Some who leave come back.
    const Instant churned = account_.lives.back().churned;
    if (churned != kNever && rng_.Percent(35)) {
      const Day back = DayOf(churned) + static_cast<Day>(rng_.Between(90, 330));
      if (back < settings_.to - 30) Live(back);
    }
    MakeContacts();
    return std::move(account_);
  }

 private:
  void MakeSize() {
    static constexpr int64_t kLow[] = {260'000, 50'000, 8'000};
    static constexpr int64_t kHigh[] = {1'500'000, 260'000, 60'000};
    const auto segment = static_cast<size_t>(account_.segment);
    account_.yearly_cents = rng_.Bell(kLow[segment] * 100, kHigh[segment] * 100);
    account_.growth_permille = static_cast<int>(rng_.Bell(-90, 230));
  }

  // One span: owners from the start on, and perhaps an end.
  void Live(Day start) {
    LifeSpan life{.started = MinuteOf(rng_, start)};
    const size_t first_owner = account_.owners.size();
    FollowOwners(life.started);
    // Month by month the risk that the account's owner is answerable for.
    const Day last = settings_.to + kHorizonDays;
    for (Day day = std::max(start + 240, settings_.from + 20); day < last; day += 30) {
      const OwnershipSpan* owner = account_.OwnerAt(Midnight(day));
      const int skill = owner == nullptr
                            ? -50
                            : organization_.managers()[static_cast<size_t>(owner->manager)].skill;
      const int64_t yearly_permille = std::max(25, 115 - skill);
      if (rng_.Times(yearly_permille * 1000 / 12) == 0) continue;
      life.churned = MinuteOf(rng_, day + static_cast<Day>(rng_.Below(30)));
      life.drift_from = day - static_cast<Day>(rng_.Between(110, 270));
      break;
    }
    if (life.churned != kNever) EndOwners(first_owner, life.churned);
    account_.lives.push_back(life);
  }

  int Draw(Instant instant, int except) {
    std::vector<int> candidates;
    for (int member : organization_.Members(account_.team)) {
      const Manager& manager = organization_.managers()[static_cast<size_t>(member)];
      if (member != except && manager.TeamAt(instant) == account_.team)
        candidates.push_back(member);
    }
    if (candidates.empty()) return account_.team;  // the veteran, whose index is the team's
    return candidates[static_cast<size_t>(rng_.Below(static_cast<int64_t>(candidates.size())))];
  }

  // Owners one after the other: an owner leaves the team, a new colleague takes over a share, or a
  // book is rebalanced.
  void FollowOwners(Instant from) {
    OwnershipSpan current{.manager = Draw(from, -1), .from = from};
    for (;;) {
      const Manager& owner = organization_.managers()[static_cast<size_t>(current.manager)];
      Instant change = kNever;
      int next = -1;
      if (owner.left != kNever) change = owner.left;
      if (owner.transferred != kNever && owner.earlier_team == account_.team) {
        change = owner.transferred;
      }
      ConsiderJoiners(current, &change, &next);
      const Instant rebalanced = AfterDays(current.from, rng_.Between(200, 9'000));
      if (rebalanced < change) {
        change = rebalanced;
        next = -1;
      }
      change = std::max(change, AfterDays(current.from, 1));
      if (change >= Midnight(settings_.to)) break;
      if (next < 0) next = Draw(change, current.manager);
      if (next == current.manager) break;
      current = HandOver(current, next, change);
    }
    account_.owners.push_back(current);
  }

  // A colleague who joins the team takes over an even share of its accounts.
  void ConsiderJoiners(const OwnershipSpan& current, Instant* change, int* next) {
    for (int member : organization_.Members(account_.team)) {
      const Manager& manager = organization_.managers()[static_cast<size_t>(member)];
      const Instant joined = manager.transferred != kNever && manager.team == account_.team
                                 ? manager.transferred
                                 : manager.started;
      if (joined <= current.from || joined >= *change || member == current.manager) continue;
      int64_t colleagues = 0;
      for (int other : organization_.Members(account_.team)) {
        const Manager& colleague = organization_.managers()[static_cast<size_t>(other)];
        if (colleague.TeamAt(joined) == account_.team) ++colleagues;
      }
      if (rng_.Below(std::max<int64_t>(colleagues, 2)) != 0) continue;
      *change = joined;
      *next = member;
    }
  }

  // Most hand-overs are clean, some leave a gap, some overlap while both look after the account.
  OwnershipSpan HandOver(OwnershipSpan current, int next, Instant change) {
    Instant from = AfterSeconds(change, rng_.Below(10) * 86'400);
    current.until = from;
    const size_t way = rng_.Pick({60, 20, 20});
    if (way == 1) current.until = change;
    if (way == 2) current.until = AfterDays(from, rng_.Between(5, 15));
    if (from == change && way == 1) from = AfterDays(change, 4);
    account_.owners.push_back(current);
    return {.manager = next, .from = from};
  }

  // Nobody owns a lost account, though sometimes nobody says so.
  void EndOwners(size_t first, Instant churned) {
    while (account_.owners.size() > first + 1 && account_.owners.back().from >= churned) {
      account_.owners.pop_back();
    }
    if (rng_.Percent(75)) {
      for (size_t i = first; i < account_.owners.size(); ++i) {
        account_.owners[i].until = std::min(account_.owners[i].until, churned);
      }
    }
  }

  void MakeContacts() {
    static constexpr int64_t kLow[] = {7, 4, 2};
    static constexpr int64_t kHigh[] = {14, 8, 4};
    const auto segment = static_cast<size_t>(account_.segment);
    const int64_t count = rng_.Between(kLow[segment], kHigh[segment]);
    absl::flat_hash_set<std::string> taken;
    const Instant first = account_.lives.front().started;
    const int64_t days = std::max<int64_t>(settings_.to - DayOf(first), 2);
    for (int64_t i = 0; i < count; ++i) {
      ContactPerson person;
      const std::string name = Slug(organization_.names().Contact(rng_.Next()));
      person.id = absl::StrCat(account_.id, ".", name);
      person.known_since = i == 0 ? first : AfterSeconds(first, rng_.Below(days * 86'400));
      // Half of them were known soon after the start.
      if (i % 2 == 1)
        person.known_since = AfterDays(first, rng_.Below(std::min<int64_t>(days, 120)));
      person.seniority = rng_.Pick({8, 13, 22, 32, 25});
      static constexpr int kDecides[] = {80, 50, 25, 8, 1};
      person.decision_maker = rng_.Percent(kDecides[person.seniority]);
      if (rng_.Percent(88)) person.department = Department(rng_.Next());
      if (taken.insert(person.id).second) account_.contacts.push_back(std::move(person));
    }
  }

  const Organization& organization_;
  const Settings& settings_;
  Rng rng_;
  Account account_;
};

}  // namespace

const OwnershipSpan* Account::OwnerAt(Instant instant) const {
  const OwnershipSpan* owner = nullptr;
  for (const OwnershipSpan& span : owners) {
    if (span.from <= instant && instant < span.until &&
        (owner == nullptr || span.from >= owner->from)) {
      owner = &span;
    }
  }
  return owner;
}

int Account::HealthOn(Day day) const {
  for (const LifeSpan& life : lives) {
    if (day < DayOf(life.started) || Midnight(day) >= life.churned) continue;
    if (life.churned == kNever || day <= life.drift_from) return 100;
    return 100 - 80 * (day - life.drift_from) / std::max(1, DayOf(life.churned) - life.drift_from);
  }
  return 0;
}

Account MakeAccount(const Organization& organization, int index) {
  return Story(organization, index).Tell();
}

void WriteDirectory(const Organization& organization, const Account& account, Sink& sink) {
  const Instant end = Midnight(organization.settings().to);
  int number = 0;
  for (const LifeSpan& life : account.lives) {
    ++number;
    sink.Add(Dataset::kAccount,
             {number == 1 ? account.id : absl::StrCat(account.id, "-", number), account.id, Cell(),
              life.started, account.name,
              std::string(kSegmentNames[static_cast<size_t>(account.segment)]), account.region,
              life.churned < end ? Cell(life.churned) : Cell(),
              fmt::format(R"({{"employees":{}}})", account.yearly_cents / 1'000'000 + 12)});
  }
  number = 0;
  for (const OwnershipSpan& span : account.owners) {
    sink.Add(Dataset::kOwnership, {absl::StrCat(account.id, "-", ++number), account.id,
                                   organization.managers()[static_cast<size_t>(span.manager)].id,
                                   span.from, span.until < end ? Cell(span.until) : Cell()});
  }
  for (const ContactPerson& person : account.contacts) {
    sink.Add(Dataset::kContact, {person.id, account.id, Cell(), person.known_since, person.id,
                                 std::string(kSeniorities[person.seniority]), person.decision_maker,
                                 person.department.empty() ? Cell() : Cell(person.department)});
  }
}

}  // namespace keyscore::sample
