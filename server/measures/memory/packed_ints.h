// Integers in as few bytes as their range takes: a base, a unit, and codes of 0 to 8 bytes that
// stand in the memory of a leaf, unaligned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "absl/types/span.h"

namespace keyscore::measures {

template <typename T>
T LoadUnaligned(const uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

template <typename T>
void AppendUnaligned(std::vector<uint8_t>& to, T value) {
  const size_t at = to.size();
  to.resize(at + sizeof(T));
  std::memcpy(to.data() + at, &value, sizeof(T));
}

// An end that is not there.
inline constexpr int64_t kOpenEnd = std::numeric_limits<int64_t>::max();

// Where such integers stand and how they are read. `memory` is the leaf's.
class PackedInts {
 public:
  // Appends the codes. Values that are kOpenEnd get a code of their own, so that they don't widen
  // the others.
  static PackedInts Append(absl::Span<const int64_t> values, std::vector<uint8_t>& memory);

  int64_t At(const uint8_t* memory, size_t i) const {
    const uint64_t code = Code(memory, i);
    if (has_open_ && code == open_code()) return kOpenEnd;
    return static_cast<int64_t>(static_cast<uint64_t>(base_) + code * unit());
  }

  // The first position in [from, to) whose value is at least `bound`, else `to`; for values in
  // ascending order.
  size_t LowerBound(const uint8_t* memory, size_t from, size_t to, int64_t bound) const;

 private:
  uint64_t Code(const uint8_t* memory, size_t i) const {
    const uint8_t* codes = memory + offset_;
    switch (width_) {
      case 0:
        return 0;
      case 1:
        return codes[i];
      case 2:
        return LoadUnaligned<uint16_t>(codes + i * 2);
      case 4:
        return LoadUnaligned<uint32_t>(codes + i * 4);
      default:
        return LoadUnaligned<uint64_t>(codes + i * 8);
    }
  }
  uint64_t unit() const { return kUnits[unit_]; }
  uint64_t open_code() const { return ~uint64_t{0} >> (64 - 8 * width_); }

  // Microseconds; what facts hold is mostly whole seconds or days.
  static constexpr uint64_t kUnits[] = {1, 1'000'000, 86'400'000'000};

  int64_t base_ = 0;
  uint32_t offset_ = 0;
  uint8_t width_ = 0;  // bytes a code
  uint8_t unit_ = 0;
  bool has_open_ = false;
};

}  // namespace keyscore::measures
