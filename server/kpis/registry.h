// The registry of KPIs: an immutable snapshot that a request pins for its whole life.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "kpis/library.h"
#include "store/store.h"

namespace keyscore::kpis {

struct RefusedLibrary {
  std::string id;  // the file's name without .so
  std::string file_name;
  std::string sha256;  // empty when the file can't be read
  std::vector<std::string> reasons;
  absl::Time time;
};

// One generation. All lookups are const and lock-free.
class RegistrySnapshot {
 public:
  RegistrySnapshot(int64_t generation, std::vector<std::shared_ptr<const LoadedLibrary>> libraries,
                   std::vector<RefusedLibrary> refused);

  int64_t generation() const { return generation_; }
  // By pillar, then id.
  const std::vector<const LoadedKpi*>& kpis() const { return kpis_; }
  const LoadedKpi* FindKpi(std::string_view id) const;
  const LoadedLibrary* FindLibrary(std::string_view id) const;
  const std::vector<std::shared_ptr<const LoadedLibrary>>& libraries() const { return libraries_; }
  const std::vector<RefusedLibrary>& refused() const { return refused_; }
  // The known id nearest to one that isn't known; empty when none is near.
  std::string NearestKpi(std::string_view id) const;

 private:
  int64_t generation_;
  std::vector<std::shared_ptr<const LoadedLibrary>> libraries_;
  std::vector<RefusedLibrary> refused_;
  std::vector<const LoadedKpi*> kpis_;
  std::map<std::string, const LoadedKpi*, std::less<>> by_id_;
};

struct PluginDirectory {
  std::string path;
  bool builtin = false;  // the catalogue's four libraries are taken from here
};

class Registry {
 public:
  // Loads every *.so of the directories (in name order; built-in ones first) and admits each: its
  // datasets are defined in the store, its measures checked by it, ids are unique over all
  // libraries, roll-ups legal. A library with any fault is refused whole, with all its reasons,
  // logged and kept in the snapshot's refused list; that is no error. `staging_dir` holds the
  // staged copies. A missing directory is INVALID_ARGUMENT, and so
  // are settings that no KPI has or may take (those of a refused library are let be).
  static absl::StatusOr<std::unique_ptr<Registry>> Load(
      const std::vector<PluginDirectory>& directories, const std::string& staging_dir,
      store::Store& store, const KpiSettings& settings = {});

  std::shared_ptr<const RegistrySnapshot> Snapshot() const;

 private:
  explicit Registry(std::shared_ptr<const RegistrySnapshot> snapshot);

  mutable absl::Mutex mutex_;
  std::shared_ptr<const RegistrySnapshot> snapshot_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace keyscore::kpis
