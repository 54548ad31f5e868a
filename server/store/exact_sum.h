// The exactly rounded sum of doubles: the same bits in whatever order the values come.
//
// An engine that sums in parallel adds in another order at every run, and floating-point addition
// is not associative, so a plain sum could not be reproduced from its receipt. Here nothing is
// rounded until the end. Values from 2^-12 to 2^62, which is nearly all that facts hold, go into a
// 128-bit fixed-point number of 64 fractional bits; the others, and what would overflow it, into an
// expansion of doubles whose bits don't overlap (Shewchuk 1997, "Adaptive Precision Floating-Point
// Arithmetic").
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace keyscore::store {

// A fixed-point number in units of 2^-64, two's complement.
__extension__ using Fixed128 = __int128;

// What a finite value is in these units. False, and nothing written, where it is not a multiple of
// one or is 2^51 or larger: thousands of those that are taken can be added without overflow.
bool ToFixed(double value, Fixed128& fixed);

// Rounded to nearest, ties to even: what ExactSum::Round() gives for the same number.
double RoundFixed(Fixed128 fixed);

// Plain data that an engine may move by copying its bytes; Clear() frees what it holds.
class ExactSum {
 public:
  void Init();
  void Clear();

  // Adds a finite value.
  void Add(double value);
  void Add(const ExactSum& other);
  void AddFixed(Fixed128 fixed);

  // The sum, rounded to nearest, ties to even. Infinite if it (or a partial sum of its large
  // values) is beyond the range of doubles.
  double Round() const;

 private:
  static constexpr uint32_t kInline = 2;

  const double* components() const { return capacity_ == kInline ? inline_ : heap_; }
  double* components() { return capacity_ == kInline ? inline_ : heap_; }
  void Grow();
  void AddToExpansion(double value);
  // Moves the fixed-point number into the expansion.
  void SpillFixed();

  uint64_t fixed_low_;  // two's complement, in halves: engines align states to 8 bytes only
  uint64_t fixed_high_;
  uint32_t size_;
  uint32_t capacity_;
  union {
    double inline_[kInline];  // ascending magnitude
    double* heap_;
  };
};

inline bool ToFixed(double value, Fixed128& fixed) {
  // A double is mantissa * 2^(exponent - 1075).
  const uint64_t bits = std::bit_cast<uint64_t>(value);
  const int exponent = static_cast<int>(bits >> 52 & 0x7FF);
  uint64_t mantissa = (bits & ((uint64_t{1} << 52) - 1)) | uint64_t{1} << 52;
  int shift = exponent - (1075 - 64);
  if (shift < 0) {
    if (value == 0) {
      fixed = 0;
      return true;
    }
    if (shift < -52 || (mantissa & ((uint64_t{1} << -shift) - 1)) != 0) return false;
    mantissa >>= -shift;
    shift = 0;
  }
  if (shift > 62) return false;
  const Fixed128 units = static_cast<Fixed128>(mantissa) << shift;
  fixed = bits >> 63 != 0 ? -units : units;
  return true;
}

inline double RoundFixed(Fixed128 fixed) { return static_cast<double>(fixed) * 0x1p-64; }

}  // namespace keyscore::store
