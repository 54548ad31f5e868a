// A set of numbers that is filled, counted and emptied again and again.
#pragma once

#include <roaring/roaring.hh>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace keyscore::measures {

// Values are numbered from 0 as they come, so a plain bitmap holds most sets; numbers far out go to
// a compressed one.
class IdSet {
 public:
  void Add(uint32_t id) {
    const size_t word = id / 64;
    if (word >= words_.size() && !Reach(id)) return;
    const uint64_t bit = uint64_t{1} << (id % 64);
    uint64_t& bits = words_[word];
    if ((bits & bit) != 0) return;
    if (bits == 0) touched_.push_back(static_cast<uint32_t>(word));
    bits |= bit;
    ++count_;
  }

  size_t count() const { return count_ + static_cast<size_t>(far_.cardinality()); }

  void Clear();

 private:
  static constexpr uint32_t kNear = uint32_t{1} << 26;  // 8 MiB of bits

  // Grows the bitmap, or adds to the compressed one and returns false.
  bool Reach(uint32_t id);

  std::vector<uint64_t> words_;
  std::vector<uint32_t> touched_;  // words that are not 0
  size_t count_ = 0;               // in the words
  Roaring far_;
};

}  // namespace keyscore::measures
