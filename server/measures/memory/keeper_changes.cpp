// Takes up what batches changed: whose facts, and what those facts look into.
#include <algorithm>
#include <limits>
#include <utility>

#include "measures/memory/keeper.h"

namespace keyscore::measures {
namespace {

// Accounts that are read anew one by one; beyond that their whole group is.
constexpr size_t kMaxAnew = 2'000;
// Rows of a directory dataset that are followed to the facts that look into them.
constexpr size_t kMaxFollowed = 1'000;
constexpr size_t kMaxRows = 10'000;   // of a page of the store
constexpr size_t kAccountColumn = 1;  // of every dataset's columns

void SetAt(std::vector<int64_t>& changed, NameId id, int64_t watermark) {
  if (id >= changed.size()) changed.resize(id + 1, 0);
  changed[id] = watermark;
}

// Whether the groups of `state` show whom a fact of the dataset concerns.
bool ShowsWhom(const MemoryState& state, const std::string& dataset) {
  bool all_there = !state.routes->engine_datasets().contains(dataset);
  bool each_fact_seen = false;
  for (size_t g = 0; g < state.groups.size(); ++g) {
    const GroupPlan& plan = state.routes->groups()[g];
    if (plan.dataset != dataset) continue;
    all_there &= state.groups[g] != nullptr;
    each_fact_seen |= state.groups[g] != nullptr && plan.time_column == "occurred_at";
  }
  return all_there || each_fact_seen;
}

}  // namespace

absl::StatusOr<Keeper::Accounts> Keeper::AccountsIn(const std::string& dataset, int64_t watermark,
                                                    const store::StopFn& stop) {
  GroupPlan plan;
  plan.dataset = dataset;
  plan.time_column = "occurred_at";
  Loader loader(shared_.store, shared_.names, plan);
  const auto nothing = Group::Build(plan.shape, {});
  const auto delta =
      loader.LoadDelta(*nothing, /*changed=*/true, {}, state_->watermark, watermark, stop);
  if (!delta.ok()) return delta.status();
  Accounts accounts(delta->accounts.begin(), delta->accounts.end());
  accounts.erase(0);
  return accounts;
}

absl::StatusOr<Keeper::Changes> Keeper::FindChanges(const MemoryState& next,
                                                    const store::StopFn& stop) {
  Changes changes;
  changes.after = state_->watermark;
  for (const store::DatasetStats& stats : next.stats) {
    int64_t before = 0;
    for (const store::DatasetStats& known : state_->stats) {
      if (known.dataset == stats.dataset) before = known.watermark;
    }
    if (stats.watermark == before) continue;
    changes.datasets.insert(stats.dataset);
    // That a dataset holds facts at all changes what is said of those without.
    changes.all |= before == 0;
    changes.all |= !ShowsWhom(next, stats.dataset);
  }
  changes.all |= changes.datasets.contains("contact") && next.routes->engine_looks_into_directory();
  for (const char* dataset : {"account", "ownership"}) {
    if (!changes.datasets.contains(dataset)) continue;
    changes.all |= !ShowsWhom(next, "book");  // which is made of both
    auto accounts = AccountsIn(dataset, next.watermark, stop);
    if (!accounts.ok()) return accounts.status();
    changes.moved.merge(*accounts);
  }
  if (changes.datasets.contains("ownership")) {
    for (const std::string& dataset : next.routes->engine_datasets()) {
      changes.all |= !ShowsWhom(next, dataset);
    }
  }
  return changes;
}

absl::StatusOr<bool> Keeper::AddLookingInto(const std::string& directory, const GroupPlan& plan,
                                            int64_t watermark, const store::StopFn& stop,
                                            Accounts& accounts) {
  // The key of a directory dataset has the name of the column that refers to it.
  const std::string key = directory + "_id";
  absl::flat_hash_set<std::string> keys;
  for (const auto rows : {store::EventScan::Rows::kRemoved, store::EventScan::Rows::kAdded}) {
    store::EventScan scan;
    scan.dataset = directory;
    scan.time_column = "occurred_at";
    scan.measures = {{store::Aggregate::kCountDistinct, key, ""}};
    scan.rows = rows;
    scan.after = state_->watermark;
    scan.watermark = watermark;
    const absl::Status scanned = shared_.store.ScanEvents(
        scan,
        [&keys](const store::EventChunk& chunk) {
          keys.insert(chunk.measures[0].texts.begin(), chunk.measures[0].texts.end());
          return absl::OkStatus();
        },
        stop);
    if (!scanned.ok()) return scanned;
  }
  if (keys.size() > kMaxFollowed) return false;
  if (keys.empty()) return true;
  store::RowQuery query;
  query.dataset = plan.dataset;
  query.conditions = {{.column = key, .op = store::Condition::Op::kIn, .operands = {}}};
  for (const std::string& id : keys) query.conditions[0].operands.emplace_back(id);
  query.watermark = watermark;
  query.limit = kMaxRows;
  const auto page = shared_.store.ListRows(query, stop);
  if (!page.ok()) return page.status();
  if (page->more) return false;
  std::vector<std::string_view> ids;
  for (const store::Row& row : page->rows) {
    const auto* account = std::get_if<std::string>(&row.values[kAccountColumn]);
    if (account == nullptr) return false;
    ids.push_back(*account);
  }
  std::vector<NameId> numbers;
  shared_.names.Intern(ids, numbers);
  accounts.insert(numbers.begin(), numbers.end());
  return true;
}

absl::Status Keeper::Rebuild(size_t g, const store::StopFn& stop, Changes& changes,
                             MemoryState& next) {
  auto group = loaders_[g]->LoadAll(next.watermark, stop);
  changes.all = true;
  ++builds_;
  if (group.ok()) {
    next.groups[g] = *std::move(group);
    return absl::OkStatus();
  }
  if (!absl::IsInvalidArgument(group.status())) return group.status();
  next.groups[g] = nullptr;
  next.left_out[g] = std::string(group.status().message());
  return absl::OkStatus();
}

absl::Status Keeper::TakeUpGroup(size_t g, Changes& changes, const store::StopFn& stop,
                                 MemoryState& next) {
  const GroupPlan& plan = next.routes->groups()[g];
  const bool changed = changes.datasets.contains(plan.dataset);
  Accounts anew = changes.moved;
  bool told = true;
  for (const std::string& directory : plan.looks_into) {
    if (!changes.datasets.contains(directory)) continue;
    if (directory != "contact" && directory != "account") {
      told = false;
      continue;
    }
    const auto found = AddLookingInto(directory, plan, next.watermark, stop, anew);
    if (!found.ok()) return found.status();
    told &= *found;
  }
  if (!changed && anew.empty() && told) return absl::OkStatus();
  if (!told || anew.size() > kMaxAnew) return Rebuild(g, stop, changes, next);

  const Group& group = *state_->groups[g];
  auto delta = loaders_[g]->LoadDelta(group, changed, anew, changes.after, next.watermark, stop);
  if (absl::IsInvalidArgument(delta.status())) return Rebuild(g, stop, changes, next);
  if (!delta.ok()) return delta.status();
  for (const EventKey& event : delta->removed) changes.series.insert(event.series);
  changes.series.insert(delta->added.series.begin(), delta->added.series.end());
  changes.accounts.insert(delta->accounts.begin(), delta->accounts.end());
  auto applied = group.Apply(delta->added, delta->removed);
  if (absl::IsNotFound(applied.status())) return Rebuild(g, stop, changes, next);
  if (!applied.ok()) return applied.status();
  next.groups[g] = *std::move(applied);
  return absl::OkStatus();
}

void Keeper::Mark(const Changes& changes, MemoryState& next) const {
  if (changes.all) {
    next.all_changed = next.watermark;
    next.managers_changed = next.accounts_changed = nullptr;
    return;
  }
  auto managers = next.managers_changed == nullptr
                      ? std::make_shared<std::vector<int64_t>>()
                      : std::make_shared<std::vector<int64_t>>(*next.managers_changed);
  auto accounts = next.accounts_changed == nullptr
                      ? std::make_shared<std::vector<int64_t>>()
                      : std::make_shared<std::vector<int64_t>>(*next.accounts_changed);
  for (const SeriesKey series : changes.series) {
    if (series.owned()) SetAt(*managers, series.name(), next.watermark);
  }
  for (const NameId account : changes.accounts) SetAt(*accounts, account, next.watermark);
  next.managers_changed = std::move(managers);
  next.accounts_changed = std::move(accounts);
}

absl::StatusOr<std::shared_ptr<const MemoryState>> Keeper::TakeUp(const store::StopFn& stop) {
  auto next = std::make_shared<MemoryState>(*state_);
  if (absl::Status read = ReadStats(*next); !read.ok()) return read;
  if (next->watermark == state_->watermark) return state_;
  auto changes = FindChanges(*next, stop);
  if (!changes.ok()) return changes.status();
  if (changes->datasets.contains("manager")) {
    auto teams = ReadTeams(next->watermark, stop);
    if (!teams.ok()) return teams.status();
    next->teams = *std::move(teams);
    next->teams_changed = next->watermark;
  }
  for (size_t g = 0; g < next->groups.size(); ++g) {
    if (next->groups[g] == nullptr) continue;
    absl::Status status = TakeUpGroup(g, *changes, stop, *next);
    if (!status.ok()) return status;
  }
  Mark(*changes, *next);
  Fit(*next);
  ++batches_;
  state_ = std::move(next);
  return state_;
}

}  // namespace keyscore::measures
