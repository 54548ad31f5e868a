// The answers that were given, ready to be given again; those asked for longest ago go first.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "rpc/answer.h"

namespace keyscore::rpc {

// Since the start, but for the last three.
struct AnswerStats {
  int64_t hits = 0;
  int64_t misses = 0;     // nothing was kept, or nothing that still stood
  int64_t stale = 0;      // of the misses: something was kept that no longer stood
  int64_t shared = 0;     // answered with what was being made for another call
  int64_t abandoned = 0;  // left, or out of time, before the answer was there
  int64_t evictions = 0;  // for want of room
  int64_t answers = 0;
  int64_t bytes = 0;
  int64_t max_bytes = 0;
};

// May be used from any thread. Locks are held for look-ups alone.
class AnswerCache {
 public:
  // An answer may have at most this part of all bytes.
  static constexpr int64_t kLargestPart = 16;

  // 0 = keeps nothing.
  explicit AnswerCache(int64_t max_bytes);

  bool enabled() const { return max_bytes_ > 0; }
  // Null where there is none. Whether it still stands is the caller's to see, and to count.
  std::shared_ptr<Answer> Find(const AnswerKey& key);
  // In place of what is under the key, unless that is of a newer batch.
  void Keep(const AnswerKey& key, std::shared_ptr<Answer> answer);

  void CountHit() { hits_.fetch_add(1, std::memory_order_relaxed); }
  void CountMiss(bool stale);
  void CountShared() { shared_.fetch_add(1, std::memory_order_relaxed); }
  void CountAbandoned() { abandoned_.fetch_add(1, std::memory_order_relaxed); }
  AnswerStats Stats() const;

 private:
  // What a key refers to but the scope, which is nobody's to keep.
  struct Kept {
    std::string request;
    AnswerKey key;
    std::shared_ptr<Answer> answer;
    int64_t bytes = 0;
  };
  using List = std::list<Kept>;
  struct Shard {
    mutable absl::Mutex mutex;
    List kept ABSL_GUARDED_BY(mutex);  // the last asked for first
    absl::flat_hash_map<AnswerKey, List::iterator> places ABSL_GUARDED_BY(mutex);
    int64_t bytes ABSL_GUARDED_BY(mutex) = 0;
  };

  // So few that the largest answer has room in each of them twice.
  static constexpr size_t kShards = 8;
  // By other bits of the hash than those that the maps look at first.
  Shard& ShardOf(const AnswerKey& key) { return shards_[(absl::HashOf(key) >> 48) % kShards]; }

  const int64_t max_bytes_;
  std::array<Shard, kShards> shards_;
  std::atomic<int64_t> hits_ = 0;
  std::atomic<int64_t> misses_ = 0;
  std::atomic<int64_t> stale_ = 0;
  std::atomic<int64_t> shared_ = 0;
  std::atomic<int64_t> abandoned_ = 0;
  std::atomic<int64_t> evictions_ = 0;
};

}  // namespace keyscore::rpc
