// Bit-twiddling for bitmaps of events: counts and walks, in words of 64.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace keyscore::measures {

// std::popcount is a call where the target has no such instruction.
inline uint32_t CountBits(uint64_t word) {
  word -= word >> 1 & 0x5555555555555555;
  word = (word & 0x3333333333333333) + (word >> 2 & 0x3333333333333333);
  word = (word + (word >> 4)) & 0x0F0F0F0F0F0F0F0F;
  return static_cast<uint32_t>(word * 0x0101010101010101 >> 56);
}

// The lowest `count` bits, 0 to 64.
inline uint64_t LowBits(size_t count) {
  return count >= 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1;
}

// Calls visit(position) for each bit that is set, upwards; `base` is the position of bit 0.
template <typename Visit>
void ForEachBit(uint64_t word, size_t base, Visit visit) {
  while (word != 0) {
    visit(base + static_cast<size_t>(std::countr_zero(word)));
    word &= word - 1;
  }
}

// Rows become columns: bit c of word r goes to bit r of word c (Warren, "Hacker's Delight", 7-3).
inline void Transpose64(uint64_t (&words)[64]) {
  uint64_t mask = 0x00000000FFFFFFFF;
  for (size_t width = 32; width != 0; width >>= 1, mask ^= mask << width) {
    for (size_t row = 0; row < 64; row = ((row | width) + 1) & ~width) {
      const uint64_t swapped = (words[row] >> width ^ words[row | width]) & mask;
      words[row] ^= swapped << width;
      words[row | width] ^= swapped;
    }
  }
}

}  // namespace keyscore::measures
