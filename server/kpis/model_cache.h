// The fitted parameters of one KPI's model, kept for the states of the facts and the periods that
// were asked for last. However many requests ask at once, one of them fits and the others wait.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "store/store.h"

namespace keyscore::kpis {

class ModelCache {
 public:
  struct Key {
    int64_t watermark = 0;  // a batch as of which the model's inputs are what they are
    absl::Time period_from;
    absl::Time period_to;
    bool operator==(const Key&) const = default;
  };
  using Parameters = std::vector<double>;
  using FitFn = absl::FunctionRef<absl::StatusOr<Parameters>()>;

  // What `fit` returns, from a call for the same key if there was one. Parameters and
  // FAILED_PRECONDITION (too little to fit) are kept; after any other failure the next caller tries
  // again. CANCELLED when `stop` says so while waiting for another caller. `fit` runs without a
  // lock.
  absl::StatusOr<Parameters> Get(const Key& key, const store::StopFn& stop, FitFn fit)
      ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  // Written once, by the caller that fits.
  struct Entry {
    bool done = false;
    absl::StatusOr<Parameters> result = absl::UnknownError("not fitted yet");
  };

  // The entry of `key`, and whether it is new, so that the caller must fit.
  std::pair<std::shared_ptr<Entry>, bool> Find(const Key& key) ABSL_LOCKS_EXCLUDED(mutex_);
  // Publishes the result, and forgets the entry where the next caller should try again.
  void Finish(const std::shared_ptr<Entry>& entry, const absl::StatusOr<Parameters>& result)
      ABSL_LOCKS_EXCLUDED(mutex_);

  absl::Mutex mutex_;
  // Newest use first; at most kMaxModels.
  std::list<std::pair<Key, std::shared_ptr<Entry>>> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace keyscore::kpis
