// Runs new versions of plugins in shadow: what was just answered with the version in force is
// evaluated again with the new one, in the background, and the differences are kept.
//
// A request hands over its outcomes and goes on; where the background can't keep up, requests are
// passed over and counted.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "kpis/evaluate.h"
#include "measures/calendar.h"
#include "store/store.h"

namespace keyscore::kpis {

struct ShadowComparison {
  std::string kpi_id;
  int64_t compared = 0;
  int64_t equal = 0;
  int64_t different = 0;
  double max_difference = 0;
  int64_t failed = 0;  // ERROR in shadow alone
};

struct ShadowDifference {
  std::string kpi_id;
  store::SubjectKind kind = store::SubjectKind::kManager;
  std::string subject_id;
  absl::Time period_from;
  absl::Time period_to;
  State served_state = State::kNoData;
  std::optional<double> served_value;
  State shadow_state = State::kNoData;
  std::optional<double> shadow_value;
  std::string shadow_reason;
  absl::Time time;
};

struct ShadowReport {
  std::string served_version;
  std::string served_sha256;
  std::string shadow_version;
  std::string shadow_sha256;
  absl::Time start_time;
  std::vector<ShadowComparison> kpis;
  std::vector<ShadowDifference> differences;  // the newest 100, newest first
  std::vector<std::string> only_served;       // KPI ids
  std::vector<std::string> only_shadow;
  int64_t skipped_requests = 0;
};

// A version in force and the one in its shadow.
struct ShadowPair {
  std::string plugin_id;
  std::shared_ptr<const LoadedLibrary> served;
  std::shared_ptr<const LoadedLibrary> shadow;
  absl::Time start_time;
};

// One for the host, for all plugins. May be used from any thread.
class ShadowRunner final : public EvaluationObserver {
 public:
  // What waits at most: requests, and results (of one subject and KPI) in them.
  static constexpr size_t kMaxJobs = 256;
  static constexpr size_t kMaxResults = 200'000;
  static constexpr size_t kMaxDifferences = 100;

  ShadowRunner(store::MeasureReader& store, measures::Calendar calendar);
  ~ShadowRunner() override;

  // From now on these; a pair that runs already goes on counting, others begin anew.
  void Run(const std::vector<ShadowPair>& pairs) ABSL_LOCKS_EXCLUDED(mutex_);

  bool IsWatching() const override ABSL_LOCKS_EXCLUDED(mutex_);
  void Evaluated(const EvaluationRequest& request, const EvaluationResult& result) const override
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Absent: no version of it runs in shadow.
  std::optional<ShadowReport> Report(const std::string& plugin_id) const
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Waits until all that was handed over is compared.
  void AwaitIdle() const ABSL_LOCKS_EXCLUDED(mutex_);

  // Throws away what waits and ends the background; the store isn't used afterwards.
  void Stop() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Running;
  struct Job;
  // The counts of a plugin's pair, by id.
  using AllRunning = std::map<std::string, std::shared_ptr<Running>>;

  void Loop() ABSL_LOCKS_EXCLUDED(mutex_);
  void Compare(const Job& job) ABSL_LOCKS_EXCLUDED(mutex_);
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_ || !jobs_.empty(); }
  bool IsIdle() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return jobs_.empty() && !busy_; }

  store::MeasureReader& store_;
  const measures::Calendar calendar_;
  mutable absl::Mutex mutex_;
  // Replaced, never changed; what the counts are is guarded by mutex_ as well.
  std::shared_ptr<const AllRunning> running_ ABSL_GUARDED_BY(mutex_);
  mutable std::deque<std::shared_ptr<const Job>> jobs_ ABSL_GUARDED_BY(mutex_);
  mutable size_t waiting_results_ ABSL_GUARDED_BY(mutex_) = 0;
  bool busy_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace keyscore::kpis
