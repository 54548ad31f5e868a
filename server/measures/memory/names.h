// Numbers in the place of texts: of the ids of managers and accounts, and of values that are
// counted once.
//
// Texts are told apart by 128 bits of two hashes that are seeded anew in every process: of a
// billion texts, two fall together with a probability of about 10^-21.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"

namespace keyscore::measures {

// Texts are added, never taken out; a text's number never changes. May be used from any thread.
class Names {
 public:
  enum class Keep { kTexts, kNumbersOnly };
  explicit Names(Keep keep = Keep::kTexts) : keeps_texts_(keep == Keep::kTexts) {}

  // The number of each text; those that are new get the next one. "" is 0.
  void Intern(absl::Span<const std::string_view> texts, std::vector<uint32_t>& numbers)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // 0 = not known (or "").
  uint32_t Find(std::string_view text) const ABSL_LOCKS_EXCLUDED(mutex_);
  // The texts of many numbers at once, where they are kept; they stay valid as long as the names.
  std::vector<std::string_view> TextsOf(absl::Span<const uint32_t> numbers) const
      ABSL_LOCKS_EXCLUDED(mutex_);
  // Resident, about.
  int64_t bytes() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Print {
    uint64_t first = 0;
    uint64_t second = 0;
    bool operator==(const Print&) const = default;
  };
  struct PrintHash {
    size_t operator()(const Print& print) const { return print.first; }
  };
  static Print PrintOf(std::string_view text);
  // Looks up those that are not "" and fills their numbers; the places of those not known.
  std::vector<size_t> LookUp(absl::Span<const std::string_view> texts,
                             absl::Span<const Print> prints, std::vector<uint32_t>& numbers) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  const bool keeps_texts_;
  mutable absl::Mutex mutex_;
  uint32_t last_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<Print, uint32_t, PrintHash> numbers_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::string> texts_ ABSL_GUARDED_BY(mutex_) = {""};  // elements never move
  int64_t heap_bytes_ ABSL_GUARDED_BY(mutex_) = 0;  // of texts too long to stand in a string object
};

}  // namespace keyscore::measures
