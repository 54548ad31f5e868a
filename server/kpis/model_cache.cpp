// One fit at a time for a key.
#include "kpis/model_cache.h"

#include <algorithm>

#include "absl/status/status.h"

namespace keyscore::kpis {
namespace {

// A review looks at a handful of periods; parameters are a few numbers each.
constexpr size_t kMaxModels = 64;
// How often a waiting caller looks whether it is still wanted.
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(10);

bool IsKept(const absl::Status& status) {
  return status.ok() || absl::IsFailedPrecondition(status);
}

}  // namespace

absl::StatusOr<ModelCache::Parameters> ModelCache::Get(const Key& key, const store::StopFn& stop,
                                                       FitFn fit) {
  for (;;) {
    const auto [entry, is_new] = Find(key);
    if (is_new) {
      absl::StatusOr<Parameters> result = fit();
      Finish(entry, result);
      return result;
    }
    for (;;) {
      {
        absl::MutexLock lock(&mutex_);
        mutex_.AwaitWithTimeout(absl::Condition(&entry->done), kBetweenLooks);
        if (entry->done) {
          if (IsKept(entry->result.status())) return entry->result;
          break;  // the other caller was stopped, or the store failed it: our turn
        }
      }
      if (stop && stop()) return absl::CancelledError("the caller has stopped waiting");
    }
  }
}

std::pair<std::shared_ptr<ModelCache::Entry>, bool> ModelCache::Find(const Key& key) {
  absl::MutexLock lock(&mutex_);
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const auto& entry) { return entry.first == key; });
  if (found != entries_.end()) {
    entries_.splice(entries_.begin(), entries_, found);
    return {found->second, false};
  }
  entries_.emplace_front(key, std::make_shared<Entry>());
  if (entries_.size() > kMaxModels) entries_.pop_back();
  return {entries_.front().second, true};
}

void ModelCache::Finish(const std::shared_ptr<Entry>& entry,
                        const absl::StatusOr<Parameters>& result) {
  absl::MutexLock lock(&mutex_);
  entry->result = result;
  entry->done = true;
  if (IsKept(result.status())) return;
  entries_.remove_if([&](const auto& kept) { return kept.second == entry; });
}

}  // namespace keyscore::kpis
