// Keeps the measures in memory up with the log: builds them, and takes up what batches change.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "measures/memory/loader.h"
#include "measures/memory/memory_source.h"
#include "measures/memory/state.h"
#include "measures/memory_sources.h"

namespace keyscore::measures {

// Used from one thread; the states it makes from any.
class Keeper {
 public:
  Keeper(MemoryShared& shared, const MemoryOptions& options) : shared_(shared), options_(options) {}

  // The newest state with these routes; groups that stood before stay. What fits no memory, or has
  // an expression that fails on a fact, is left out and says why; only a failing store fails this.
  absl::StatusOr<std::shared_ptr<const MemoryState>> Build(std::shared_ptr<const Routes> routes,
                                                           const store::StopFn& stop);
  // The newest state with the routes it has.
  absl::StatusOr<std::shared_ptr<const MemoryState>> TakeUp(const store::StopFn& stop);

  const std::shared_ptr<const MemoryState>& state() const { return state_; }
  // What stands in `state`; the counts of questions are left to the caller.
  MemoryReport Report() const;

 private:
  using Accounts = absl::flat_hash_set<NameId>;
  // What happened between two watermarks.
  struct Changes {
    int64_t after = 0;
    absl::flat_hash_set<std::string> datasets;  // that were written to
    Accounts moved;                             // whose ownership or life changed
    bool all = false;                           // everybody's figures may have changed
    // Whose events were added, removed or replaced.
    absl::flat_hash_set<SeriesKey> series;
    Accounts accounts;
  };

  struct Loaded {
    std::shared_ptr<const Group> group;
    absl::Status status;
  };

  // The newest watermark, and the datasets as of it.
  absl::Status ReadStats(MemoryState& state) const;
  absl::StatusOr<std::shared_ptr<const Teams>> ReadTeams(int64_t watermark,
                                                         const store::StopFn& stop) const;
  std::vector<Loaded> LoadGroups(const std::vector<Loader*>& loaders, int64_t watermark,
                                 const store::StopFn& stop) const;
  int64_t EstimateOf(const GroupPlan& plan, const MemoryState& state) const;
  // Leaves out what there is no room for, the largest first.
  void Fit(MemoryState& state);
  int64_t BytesOf(const MemoryState& state) const;

  absl::StatusOr<Changes> FindChanges(const MemoryState& next, const store::StopFn& stop);
  absl::StatusOr<Accounts> AccountsIn(const std::string& dataset, int64_t watermark,
                                      const store::StopFn& stop);
  // The accounts whose facts of the group look into rows of `directory` that changed; false = that
  // can't be told.
  absl::StatusOr<bool> AddLookingInto(const std::string& directory, const GroupPlan& plan,
                                      int64_t watermark, const store::StopFn& stop,
                                      Accounts& accounts);
  absl::Status TakeUpGroup(size_t g, Changes& changes, const store::StopFn& stop,
                           MemoryState& next);
  absl::Status Rebuild(size_t g, const store::StopFn& stop, Changes& changes, MemoryState& next);
  void Mark(const Changes& changes, MemoryState& next) const;

  MemoryShared& shared_;
  const MemoryOptions options_;
  std::shared_ptr<const MemoryState> state_;
  std::vector<std::shared_ptr<Loader>> loaders_;  // by the routes' groups
  int64_t builds_ = 0;
  int64_t batches_ = 0;
};

}  // namespace keyscore::measures
