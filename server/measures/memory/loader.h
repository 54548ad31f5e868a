// Brings the events of a group from the store.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "measures/memory/group.h"
#include "measures/memory/names.h"
#include "measures/memory/routes.h"
#include "store/store.h"

namespace keyscore::measures {

// Of one group. Not safe for use from several threads; `names` may be shared with other loaders.
class Loader {
 public:
  Loader(store::Store& store, Names& names, GroupPlan plan);

  const GroupPlan& plan() const { return plan_; }

  // Everything as of the watermark, as a group.
  absl::StatusOr<std::shared_ptr<const Group>> LoadAll(int64_t watermark,
                                                       const store::StopFn& stop);

  // What a group as of `after` must lose and gain to stand as of `watermark`. All events of the
  // accounts in `anew` are replaced; those of other facts only where `changed`, that is where a
  // batch in between wrote to the dataset.
  struct Delta {
    EventBatch added;
    std::vector<EventKey> removed;
    std::vector<NameId> accounts;  // of the events, also those that stand as before
  };
  absl::StatusOr<Delta> LoadDelta(const Group& group, bool changed,
                                  const absl::flat_hash_set<NameId>& anew, int64_t after,
                                  int64_t watermark, const store::StopFn& stop);

  int64_t bytes() const;  // of the numbers of distinct values

 private:
  // The numbers of a measure's values.
  const std::vector<uint32_t>& Number(const store::EventChunk& chunk, size_t m);
  void Append(const store::EventChunk& chunk, const absl::flat_hash_set<NameId>* without,
              EventBatch& batch);
  absl::Status Scan(store::EventScan::Rows rows, int64_t after, int64_t watermark,
                    std::vector<std::string> accounts, const absl::flat_hash_set<NameId>* without,
                    size_t part_events, const store::StopFn& stop, std::vector<EventBatch>& parts);

  store::Store& store_;
  Names& names_;
  const GroupPlan plan_;
  const bool ordered_;
  int64_t last_version_ = 0;  // of rows of the book, which have none of their own
  // By value expression: measures of the same values share their numbers.
  std::map<std::string, std::unique_ptr<Names>> values_;
  std::vector<Names*> values_of_;            // by measure; null = counts nothing distinct
  std::vector<uint32_t> owners_, accounts_;  // scratch
  std::vector<std::vector<uint32_t>> ids_;   // scratch, by measure
};

}  // namespace keyscore::measures
