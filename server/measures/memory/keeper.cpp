// Builds states from the engine, several groups at a time, within the memory allowed.
#include "measures/memory/keeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <thread>
#include <tuple>
#include <utility>

#include "absl/cleanup/cleanup.h"

namespace keyscore::measures {
namespace {

// Bytes that an event takes, about: to start with, and for each measure.
constexpr int64_t kEventBytes = 20;
constexpr int64_t kMeasureBytes = 3;

constexpr double kMi = 1 << 20;

std::string NoRoom(int64_t bytes, int64_t allowed) {
  return fmt::format("needs {:.0f} MiB beside the others, {:.0f} MiB are allowed in all",
                     static_cast<double>(bytes) / kMi, static_cast<double>(allowed) / kMi);
}

// An expression that fails on a fact fails its own KPI only, and later, as any question does.
bool IsTheExpressions(const absl::Status& status) { return absl::IsInvalidArgument(status); }

}  // namespace

absl::Status Keeper::ReadStats(MemoryState& state) const {
  auto stats = shared_.store.Stats("");
  if (!stats.ok()) return stats.status();
  // Every batch writes to one dataset, so the newest of theirs is the newest of all, in one look.
  for (const store::DatasetStats& dataset : *stats) {
    state.watermark = std::max(state.watermark, dataset.watermark);
  }
  state.stats = *std::move(stats);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const Teams>> Keeper::ReadTeams(int64_t watermark,
                                                               const store::StopFn& stop) const {
  struct Latest {
    int64_t time = 0;
    std::string fact_id;
    std::string team;
  };
  std::map<NameId, Latest> latest;
  auto teams = std::make_shared<Teams>();
  if (watermark == 0) return teams;
  store::EventScan scan;
  scan.dataset = "manager";
  scan.time_column = "occurred_at";
  scan.measures = {{store::Aggregate::kCountDistinct, "team_id", ""}};
  scan.watermark = watermark;
  std::vector<NameId> managers;
  const absl::Status scanned = shared_.store.ScanEvents(
      scan,
      [&](const store::EventChunk& chunk) {
        shared_.names.Intern(chunk.owner_ids, managers);
        for (size_t i = 0; i < chunk.size; ++i) {
          Latest& of = latest[managers[i]];
          if (!of.fact_id.empty() &&
              std::tie(of.time, of.fact_id) > std::tuple(chunk.times[i], chunk.fact_ids[i])) {
            continue;
          }
          of = {chunk.times[i], std::string(chunk.fact_ids[i]),
                std::string(chunk.measures[0].texts[i])};
        }
        return absl::OkStatus();
      },
      stop);
  if (absl::IsNotFound(scanned)) return teams;  // a store without a directory
  if (!scanned.ok()) return scanned;
  for (auto& [manager, of] : latest) {
    if (of.team.empty()) continue;
    teams->managers_of[of.team].push_back(manager);
    teams->team_of[manager] = std::move(of.team);
  }
  return teams;
}

int64_t Keeper::EstimateOf(const GroupPlan& plan, const MemoryState& state) const {
  const std::string& counted = plan.dataset == "book" ? "account" : plan.dataset;
  for (const store::DatasetStats& stats : state.stats) {
    if (stats.dataset == counted) {
      return stats.fact_count *
             (kEventBytes + kMeasureBytes * static_cast<int64_t>(plan.shape.measures.size()));
    }
  }
  return 0;
}

int64_t Keeper::BytesOf(const MemoryState& state) const {
  int64_t bytes = shared_.names.bytes();
  for (size_t g = 0; g < state.groups.size(); ++g) {
    if (state.groups[g] != nullptr) bytes += state.groups[g]->bytes() + loaders_[g]->bytes();
  }
  return bytes;
}

void Keeper::Fit(MemoryState& state) {
  int64_t bytes = BytesOf(state);
  while (bytes > options_.max_bytes) {
    size_t largest = state.groups.size();
    for (size_t g = 0; g < state.groups.size(); ++g) {
      if (state.groups[g] == nullptr) continue;
      if (largest == state.groups.size() ||
          state.groups[g]->bytes() > state.groups[largest]->bytes()) {
        largest = g;
      }
    }
    if (largest == state.groups.size()) return;
    const int64_t freed = state.groups[largest]->bytes() + loaders_[largest]->bytes();
    state.left_out[largest] = NoRoom(freed, options_.max_bytes);
    state.groups[largest] = nullptr;
    loaders_[largest] =
        std::make_unique<Loader>(shared_.store, shared_.names, state.routes->groups()[largest]);
    bytes -= freed;
  }
}

std::vector<Keeper::Loaded> Keeper::LoadGroups(const std::vector<Loader*>& loaders,
                                               int64_t watermark, const store::StopFn& stop) const {
  std::vector<Loaded> loaded(loaders.size());
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < loaders.size(); i = next++) {
      auto group = loaders[i]->LoadAll(watermark, stop);
      if (group.ok()) {
        loaded[i].group = *std::move(group);
      } else {
        loaded[i].status = group.status();
      }
    }
  };
  const size_t wanted = options_.threads > 0 ? static_cast<size_t>(options_.threads)
                                             : std::thread::hardware_concurrency();
  std::vector<std::thread> threads;
  for (size_t i = 1; i < std::min(std::max<size_t>(wanted, 1), loaders.size()); ++i) {
    threads.emplace_back(work);
  }
  work();
  for (std::thread& thread : threads) thread.join();
  return loaded;
}

absl::StatusOr<std::shared_ptr<const MemoryState>> Keeper::Build(
    std::shared_ptr<const Routes> routes, const store::StopFn& stop) {
  if (state_ != nullptr) {
    if (auto current = TakeUp(stop); !current.ok()) return current.status();
  }
  auto next = std::make_shared<MemoryState>();
  if (state_ != nullptr) {
    *next = *state_;
  } else {
    if (absl::Status read = ReadStats(*next); !read.ok()) return read;
    next->all_changed = next->watermark;
    auto teams = ReadTeams(next->watermark, stop);
    if (!teams.ok()) return teams.status();
    next->teams = *std::move(teams);
  }
  const size_t count = routes->groups().size();
  next->routes = routes;
  next->groups.assign(count, nullptr);
  next->left_out.assign(count, "");
  std::vector<std::shared_ptr<Loader>> loaders(count);
  for (size_t g = 0; g < count; ++g) {
    const GroupPlan& plan = routes->groups()[g];
    for (size_t old = 0; state_ != nullptr && old < state_->groups.size(); ++old) {
      if (state_->groups[old] == nullptr || !plan.HasSameEvents(state_->routes->groups()[old])) {
        continue;
      }
      next->groups[g] = state_->groups[old];
      loaders[g] = loaders_[old];
    }
    if (loaders[g] == nullptr) {
      loaders[g] = std::make_shared<Loader>(shared_.store, shared_.names, plan);
    }
  }
  loaders_.swap(loaders);
  absl::Cleanup restore = [&] { loaders_.swap(loaders); };

  // The smallest first, as many as there is room for; then the largest of those first, so that
  // threads end together.
  std::vector<size_t> wanted;
  for (size_t g = 0; g < count; ++g) {
    if (next->groups[g] == nullptr) wanted.push_back(g);
  }
  const auto smaller = [&](size_t a, size_t b) {
    return EstimateOf(routes->groups()[a], *next) < EstimateOf(routes->groups()[b], *next);
  };
  std::stable_sort(wanted.begin(), wanted.end(), smaller);
  int64_t room = options_.max_bytes - BytesOf(*next);
  std::vector<size_t> admitted;
  for (const size_t g : wanted) {
    const int64_t estimate = EstimateOf(routes->groups()[g], *next);
    if (estimate > room) {
      next->left_out[g] = NoRoom(estimate, options_.max_bytes);
      continue;
    }
    room -= estimate;
    admitted.insert(admitted.begin(), g);
  }
  std::vector<Loader*> loading;
  for (const size_t g : admitted) loading.push_back(loaders_[g].get());
  const std::vector<Loaded> loaded = LoadGroups(loading, next->watermark, stop);
  for (size_t i = 0; i < admitted.size(); ++i) {
    const size_t g = admitted[i];
    if (loaded[i].status.ok()) {
      next->groups[g] = loaded[i].group;
    } else if (IsTheExpressions(loaded[i].status)) {
      next->left_out[g] = std::string(loaded[i].status.message());
    } else {
      return loaded[i].status;
    }
  }
  Fit(*next);
  ++builds_;
  std::move(restore).Cancel();
  state_ = std::move(next);
  return state_;
}

MemoryReport Keeper::Report() const {
  MemoryReport report;
  report.max_bytes = options_.max_bytes;
  report.builds = builds_;
  report.batches = batches_;
  if (state_ == nullptr) return report;
  report.watermark = state_->watermark;
  report.bytes = BytesOf(*state_);
  for (size_t g = 0; g < state_->groups.size(); ++g) {
    const GroupPlan& plan = state_->routes->groups()[g];
    MemoryReport::Dataset& dataset = report.datasets.emplace_back();
    dataset.name = plan.Describe();
    dataset.measures = plan.shape.measures.size();
    dataset.left_out = state_->left_out[g];
    if (state_->groups[g] == nullptr) continue;
    dataset.events = state_->groups[g]->event_count();
    dataset.bytes = state_->groups[g]->bytes() + loaders_[g]->bytes();
    report.events += dataset.events;
  }
  return report;
}

}  // namespace keyscore::measures
