// Tables of measures that only the engine can compute, kept while they are true.
//
// A measure whose expressions name the period is another measure for every period. The first
// question about one is asked for all subjects of its kind at once; the answers are kept, and asked
// for again only for a subject that a batch has touched since.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "measures/source.h"

namespace keyscore::measures {

// May be used from any thread.
class EngineTables {
 public:
  explicit EngineTables(store::Store& store) : store_(store) {}

  // What the store answers as of the source's watermark.
  absl::StatusOr<store::MeasureTable> Measure(const std::vector<store::ResolvedMeasure>& measures,
                                              const store::Scope& scope, const Source& source,
                                              const store::StopFn& stop)
      ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  // The rows of one subject.
  struct Rows {
    int64_t as_of = 0;
    std::vector<std::string> account_ids;  // by account; else one row, or none
    store::MeasureColumn column;
  };
  // A measure for a kind of subject, by account or not.
  struct Key {
    store::ResolvedMeasure measure;
    store::SubjectKind kind = store::SubjectKind::kManager;
    bool by_account = false;
    bool operator==(const Key&) const = default;
    template <typename H>
    friend H AbslHashValue(H state, const Key& key) {
      const store::ResolvedMeasure& m = key.measure;
      return H::combine(std::move(state), m.dataset, m.aggregate, m.value, m.filter, m.time_column,
                        m.end_column, m.window, m.from, m.to, m.period_from, m.period_to, key.kind,
                        key.by_account);
    }
  };
  using Table = absl::flat_hash_map<std::string, std::shared_ptr<const Rows>>;  // by subject
  struct Entry {
    int64_t complete_as_of = 0;  // subjects that are missing had no row then; 0 = never asked
    Table rows;
  };
  struct Missing {
    bool all = false;
    std::vector<std::string> subject_ids;
  };

  // The kept rows of the subjects; none where some aren't kept or aren't true any more, which are
  // added to `missing`. Null rows = the subject has none.
  std::optional<std::vector<std::shared_ptr<const Rows>>> Find(
      const Key& key, const std::vector<std::string>& subject_ids, const Source& source,
      Missing& missing) ABSL_LOCKS_EXCLUDED(mutex_);
  struct Found {
    std::vector<std::vector<std::shared_ptr<const Rows>>> rows;  // by key
    std::vector<Key> missing_keys;
    Missing missing;
  };
  Found FindAll(const std::vector<Key>& keys, const std::vector<std::string>& subject_ids,
                const Source& source) ABSL_LOCKS_EXCLUDED(mutex_);
  // Waits until nobody else asks the engine.
  absl::Status TakeTurn(const store::StopFn& stop) ABSL_LOCKS_EXCLUDED(mutex_);
  // Asks for what is missing of these, and keeps it.
  absl::Status Ask(const std::vector<Key>& keys, const store::Scope& scope,
                   const std::vector<std::string>& subject_ids, const Source& source,
                   const store::StopFn& stop) ABSL_LOCKS_EXCLUDED(mutex_);
  void Keep(const std::vector<Key>& keys, const Missing& asked, int64_t as_of,
            const store::MeasureTable& table) ABSL_LOCKS_EXCLUDED(mutex_);
  Entry& EntryOf(const Key& key) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  store::Store& store_;
  absl::Mutex mutex_;
  bool asking_ ABSL_GUARDED_BY(mutex_) = false;  // one asks the engine, the others wait for it
  // Newest use first.
  std::list<std::pair<Key, Entry>> entries_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<Key, std::list<std::pair<Key, Entry>>::iterator> index_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace keyscore::measures
