// Teams and managers.
#include "sample/organization.h"

#include <algorithm>

namespace keyscore::sample {
namespace {

// Streams of random numbers, see Rng::For.
constexpr uint64_t kManagerStream = 1;

// A manager's index decides about the turns of a career, so that every sample has some of each; the
// first of each team stays for good, so that there is always somebody to look after an account.
bool Leaves(int index) { return index % 13 == 3 || index % 13 == 9; }
bool Joins(int index) { return index % 9 == 4; }
bool Transfers(int index) { return index % 17 == 6; }

}  // namespace

int Manager::TeamAt(Instant instant) const {
  if (instant < started || instant >= left) return -1;
  return transferred != kNever && instant < transferred ? earlier_team : team;
}

Organization::Organization(const Settings& settings) : settings_(settings), names_(settings.seed) {
  const int count =
      std::clamp((settings.managers * 6 + 20) / 40, std::min(2, settings.managers), 4096);
  for (int i = 0; i < count; ++i) {
    std::string name = names_.Team(i);
    teams_.push_back({Slug(name), std::move(name)});
  }
  members_.resize(teams_.size());
  for (int i = 0; i < settings.managers; ++i) {
    managers_.push_back(MakeManager(i));
    const Manager& manager = managers_.back();
    members_[static_cast<size_t>(manager.team)].push_back(i);
    if (manager.transferred != kNever) {
      members_[static_cast<size_t>(manager.earlier_team)].push_back(i);
    }
  }
}

Manager Organization::MakeManager(int index) const {
  Rng rng = Rng::For(settings_.seed, kManagerStream, static_cast<uint64_t>(index));
  const int teams = static_cast<int>(teams_.size());
  const Day length = settings_.to - settings_.from;
  Manager manager;
  manager.name = names_.Manager(index);
  manager.id = Slug(manager.name);
  manager.team = index % teams;
  manager.skill = static_cast<int>(std::clamp<int64_t>(rng.Bell(-165, 165), -100, 100));
  const bool veteran = index < teams;
  const bool beginner = !veteran && index == settings_.managers - 1;
  const bool joined = !veteran && Joins(index);
  Day start = settings_.from - static_cast<Day>(rng.Between(60, 2600));
  if (veteran) {
    start = settings_.from - static_cast<Day>(rng.Between(3000, 4200));
  } else if (beginner) {
    start = settings_.to - 38;  // five weeks in role
  } else if (joined) {
    start = settings_.from + static_cast<Day>(rng.Between(length / 8, length - 60));
  }
  manager.started = AfterSeconds(Midnight(start), 8 * 3600);
  if (veteran || beginner || joined) return manager;
  if (Leaves(index)) {
    const Day last = settings_.from + static_cast<Day>(rng.Between(length / 3, length - 40));
    manager.left = AfterSeconds(Midnight(last), 17 * 3600);
  } else if (Transfers(index) && teams > 1) {
    const Day move = settings_.from + static_cast<Day>(rng.Between(length / 4, length - 90));
    manager.transferred = AfterSeconds(Midnight(move), 8 * 3600);
    manager.earlier_team = (manager.team + 1) % teams;
  }
  return manager;
}

void Organization::WriteDirectory(Sink& sink) const {
  const Instant founded = Midnight(settings_.from - 4400);
  for (const Team& team : teams_) {
    sink.Add(Dataset::kTeam, {team.id, Cell(), Cell(), founded, team.id, team.name});
  }
  for (const Manager& manager : managers_) {
    Instant started = manager.started;
    if (manager.transferred != kNever) {
      sink.Add(Dataset::kManager,
               {manager.id + "-1", Cell(), manager.id, started, manager.name,
                teams_[static_cast<size_t>(manager.earlier_team)].id, manager.transferred});
      started = manager.transferred;
    }
    sink.Add(Dataset::kManager, {manager.id, Cell(), manager.id, started, manager.name,
                                 teams_[static_cast<size_t>(manager.team)].id,
                                 manager.left == kNever ? Cell() : Cell(manager.left)});
  }
}

}  // namespace keyscore::sample
