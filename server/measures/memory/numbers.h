// How a leaf keeps the numbers of a measure: those of its valid events only, in their order.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "measures/memory/packed_ints.h"
#include "store/exact_sum.h"

namespace keyscore::measures {

enum class Encoding : uint8_t {
  kNone,  // no numbers
  // Sums: of the first 0, 1, 2, … numbers, in units of 2^(shift - 64).
  kPrefix16,
  kPrefix32,
  kPrefix64,
  // The numbers themselves. Those of a sum are followed by the sums of the first 0, 16, 32, …, in
  // units of 2^-64.
  kInt16,
  kInt32,
  kCents32,  // a hundredth of an integer, rounded: what a price in a double is
  kDouble,
  // A sum's numbers without sums: some is so large, or so small, that they are not kept as such.
  kOddDouble,
  // Distinct values as u32; then which of them each event has.
  kCodes8,
  kCodes16,
};

inline bool IsPrefix(Encoding encoding) {
  return encoding >= Encoding::kPrefix16 && encoding <= Encoding::kPrefix64;
}

inline constexpr size_t kCheckpointEvery = 16;

inline double NumberAt(Encoding encoding, const uint8_t* numbers, size_t i) {
  switch (encoding) {
    case Encoding::kInt16:
      return LoadUnaligned<int16_t>(numbers + i * 2);
    case Encoding::kInt32:
      return LoadUnaligned<int32_t>(numbers + i * 4);
    case Encoding::kCents32:
      return LoadUnaligned<int32_t>(numbers + i * 4) / 100.0;
    default:
      return LoadUnaligned<double>(numbers + i * 8);
  }
}

inline size_t NumberWidth(Encoding encoding) {
  switch (encoding) {
    case Encoding::kInt16:
      return 2;
    case Encoding::kInt32:
    case Encoding::kCents32:
      return 4;
    default:
      return 8;
  }
}

// A sum's number that ToFixed takes.
inline store::Fixed128 FixedOf(double number) {
  store::Fixed128 fixed = 0;
  store::ToFixed(number, fixed);
  return fixed;
}

inline store::Fixed128 PrefixAt(Encoding encoding, uint8_t shift, const uint8_t* sums, size_t i) {
  store::Fixed128 sum = 0;
  if (encoding == Encoding::kPrefix16) {
    sum = LoadUnaligned<int16_t>(sums + i * 2);
  } else if (encoding == Encoding::kPrefix32) {
    sum = LoadUnaligned<int32_t>(sums + i * 4);
  } else {
    sum = LoadUnaligned<int64_t>(sums + i * 8);
  }
  return sum << shift;
}

struct EncodedNumbers {
  Encoding encoding = Encoding::kNone;
  uint8_t shift = 0;
};

// Append the numbers to a leaf's memory in what takes least room and gives back the same bits (for
// sums: the same sum).
EncodedNumbers AppendNumbers(absl::Span<const double> numbers, std::vector<uint8_t>& memory);
EncodedNumbers AppendSums(absl::Span<const double> numbers, std::vector<uint8_t>& memory);

}  // namespace keyscore::measures
