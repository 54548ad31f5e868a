// The registry of KPIs: an immutable snapshot that a request pins for its whole life, and the place
// where the next one is put in its stead.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "kpis/derived.h"
#include "kpis/library.h"
#include "store/store.h"

namespace keyscore::kpis {

class EvaluationObserver;  // evaluate.h

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
                   std::vector<RefusedLibrary> refused,
                   std::shared_ptr<const EvaluationObserver> observer = nullptr);

  int64_t generation() const { return generation_; }
  // By pillar, then id.
  const std::vector<const LoadedKpi*>& kpis() const { return kpis_; }
  const LoadedKpi* FindKpi(std::string_view id) const;
  const LoadedLibrary* FindLibrary(std::string_view id) const;
  const std::vector<std::shared_ptr<const LoadedLibrary>>& libraries() const { return libraries_; }
  const std::vector<RefusedLibrary>& refused() const { return refused_; }
  // Who wants to see what is evaluated with these KPIs; null = nobody.
  const EvaluationObserver* observer() const { return observer_.get(); }
  // What others have worked out for this generation.
  Derived& derived() const { return derived_; }
  // The known id nearest to one that isn't known; empty when none is near.
  std::string NearestKpi(std::string_view id) const;

 private:
  int64_t generation_;
  std::vector<std::shared_ptr<const LoadedLibrary>> libraries_;
  std::vector<RefusedLibrary> refused_;
  std::shared_ptr<const EvaluationObserver> observer_;
  std::vector<const LoadedKpi*> kpis_;
  std::map<std::string, const LoadedKpi*, std::less<>> by_id_;
  mutable Derived derived_;  // refers to the others, so goes first
};

struct PluginDirectory {
  std::string path;
  bool builtin = false;  // the catalogue's four libraries are taken from here
};

// May be used from any thread. Which libraries are in force is the plugin host's to decide
// (plugins/plugin_host.h).
class Registry {
 public:
  // Generation 0, without any KPI.
  Registry();

  // Puts the next generation in force, at once and for everyone who asks from now on; its number.
  int64_t Publish(std::vector<std::shared_ptr<const LoadedLibrary>> libraries,
                  std::vector<RefusedLibrary> refused,
                  std::shared_ptr<const EvaluationObserver> observer = nullptr)
      ABSL_LOCKS_EXCLUDED(mutex_);

  std::shared_ptr<const RegistrySnapshot> Snapshot() const ABSL_LOCKS_EXCLUDED(mutex_);

  // Earlier generations that a request still pins.
  size_t DrainingGenerations() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  mutable absl::Mutex mutex_;
  std::shared_ptr<const RegistrySnapshot> snapshot_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::weak_ptr<const RegistrySnapshot>> earlier_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace keyscore::kpis
