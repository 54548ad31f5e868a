// A list in order of use and a map into it, several times over.
#include "rpc/answer_cache.h"

#include <iterator>
#include <utility>

namespace keyscore::rpc {

AnswerCache::AnswerCache(int64_t max_bytes) : max_bytes_(max_bytes) {}

std::shared_ptr<Answer> AnswerCache::Find(const AnswerKey& key) {
  if (!enabled()) return nullptr;
  Shard& shard = ShardOf(key);
  absl::MutexLock lock(&shard.mutex);
  const auto found = shard.places.find(key);
  if (found == shard.places.end()) return nullptr;
  shard.kept.splice(shard.kept.begin(), shard.kept, found->second);
  return found->second->answer;
}

void AnswerCache::Keep(const AnswerKey& key, std::shared_ptr<Answer> answer) {
  const int64_t bytes = answer->bytes() + static_cast<int64_t>(key.request.size());
  if (bytes > max_bytes_ / kLargestPart) return;
  List added;
  Kept& kept = added.emplace_back();
  kept.request = key.request;
  kept.key = key;
  kept.key.request = kept.request;
  kept.answer = std::move(answer);
  kept.bytes = bytes;

  List dropped;  // ends after the lock
  Shard& shard = ShardOf(key);
  absl::MutexLock lock(&shard.mutex);
  if (const auto found = shard.places.find(key); found != shard.places.end()) {
    if (found->second->answer->true_until > kept.answer->true_until) return;
    shard.bytes -= found->second->bytes;
    dropped.splice(dropped.begin(), shard.kept, found->second);
    shard.places.erase(found);
  }
  shard.bytes += bytes;
  shard.kept.splice(shard.kept.begin(), added);
  shard.places.emplace(kept.key, shard.kept.begin());
  while (shard.bytes > max_bytes_ / static_cast<int64_t>(kShards)) {
    const auto oldest = std::prev(shard.kept.end());
    shard.bytes -= oldest->bytes;
    shard.places.erase(oldest->key);
    dropped.splice(dropped.begin(), shard.kept, oldest);
    evictions_.fetch_add(1, std::memory_order_relaxed);
  }
}

void AnswerCache::CountMiss(bool stale) {
  misses_.fetch_add(1, std::memory_order_relaxed);
  if (stale) stale_.fetch_add(1, std::memory_order_relaxed);
}

AnswerStats AnswerCache::Stats() const {
  AnswerStats stats{.hits = hits_,
                    .misses = misses_,
                    .stale = stale_,
                    .shared = shared_,
                    .abandoned = abandoned_,
                    .evictions = evictions_,
                    .max_bytes = max_bytes_};
  for (const Shard& shard : shards_) {
    absl::MutexLock lock(&shard.mutex);
    stats.answers += static_cast<int64_t>(shard.kept.size());
    stats.bytes += shard.bytes;
  }
  return stats;
}

}  // namespace keyscore::rpc
