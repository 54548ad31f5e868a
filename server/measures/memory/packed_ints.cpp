// Picks the unit and the width of the codes, and searches among them.
#include "measures/memory/packed_ints.h"

#include <algorithm>

namespace keyscore::measures {
namespace {

template <typename T>
void AppendCodes(absl::Span<const int64_t> values, int64_t base, uint64_t unit,
                 std::vector<uint8_t>& memory) {
  const size_t at = memory.size();
  memory.resize(at + values.size() * sizeof(T));
  uint8_t* to = memory.data() + at;
  for (const int64_t value : values) {
    const uint64_t difference = static_cast<uint64_t>(value) - static_cast<uint64_t>(base);
    const T code = value == kOpenEnd ? static_cast<T>(~uint64_t{0})
                                     : static_cast<T>(unit == 1 ? difference : difference / unit);
    std::memcpy(to, &code, sizeof(T));
    to += sizeof(T);
  }
}

template <typename T>
size_t LowerBoundOfCodes(const uint8_t* codes, size_t from, size_t to, uint64_t bound) {
  while (from < to) {
    const size_t middle = (from + to) / 2;
    if (LoadUnaligned<T>(codes + middle * sizeof(T)) < bound) {
      from = middle + 1;
    } else {
      to = middle;
    }
  }
  return from;
}

}  // namespace

PackedInts PackedInts::Append(absl::Span<const int64_t> values, std::vector<uint8_t>& memory) {
  PackedInts packed;
  packed.offset_ = static_cast<uint32_t>(memory.size());
  int64_t least = kOpenEnd, greatest = std::numeric_limits<int64_t>::min();
  for (const int64_t value : values) {
    if (value == kOpenEnd) {
      packed.has_open_ = true;
      continue;
    }
    least = std::min(least, value);
    greatest = std::max(greatest, value);
  }
  uint64_t range = 0;
  if (least <= greatest) {
    packed.base_ = least;
    range = static_cast<uint64_t>(greatest) - static_cast<uint64_t>(least);
    // The largest unit that divides all differences.
    size_t unit = range == 0 ? 0 : 2;
    for (const int64_t value : values) {
      if (unit == 0) break;
      if (value == kOpenEnd) continue;
      const uint64_t difference = static_cast<uint64_t>(value) - static_cast<uint64_t>(least);
      while (unit > 0 && difference % kUnits[unit] != 0) --unit;
    }
    packed.unit_ = static_cast<uint8_t>(unit);
    range /= kUnits[unit];
  }
  // With open ends the greatest code is theirs. (A range of all 64 bits has none to spare, but
  // then kOpenEnd is what its greatest code means anyway.)
  const uint64_t codes = range + (packed.has_open_ && range != ~uint64_t{0} ? 1 : 0);
  const int64_t base = packed.base_;
  const uint64_t unit = packed.unit();
  if (codes == 0) {
    packed.width_ = 0;
  } else if (codes <= 0xFF) {
    packed.width_ = 1;
    AppendCodes<uint8_t>(values, base, unit, memory);
  } else if (codes <= 0xFFFF) {
    packed.width_ = 2;
    AppendCodes<uint16_t>(values, base, unit, memory);
  } else if (codes <= 0xFFFFFFFF) {
    packed.width_ = 4;
    AppendCodes<uint32_t>(values, base, unit, memory);
  } else {
    packed.width_ = 8;
    AppendCodes<uint64_t>(values, base, unit, memory);
  }
  return packed;
}

size_t PackedInts::LowerBound(const uint8_t* memory, size_t from, size_t to, int64_t bound) const {
  if (bound <= base_) return from;
  const uint64_t difference = static_cast<uint64_t>(bound) - static_cast<uint64_t>(base_);
  const uint64_t code = (difference - 1) / unit() + 1;  // the least whose value reaches the bound
  const uint8_t* codes = memory + offset_;
  switch (width_) {
    case 0:
      return to;
    case 1:
      return LowerBoundOfCodes<uint8_t>(codes, from, to, code);
    case 2:
      return LowerBoundOfCodes<uint16_t>(codes, from, to, code);
    case 4:
      return LowerBoundOfCodes<uint32_t>(codes, from, to, code);
    default:
      return LowerBoundOfCodes<uint64_t>(codes, from, to, code);
  }
}

}  // namespace keyscore::measures
