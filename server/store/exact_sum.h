// The exactly rounded sum of doubles: the same bits in whatever order the values come.
//
// An engine that sums in parallel adds in another order at every run, and floating-point addition
// is not associative, so a plain sum could not be reproduced from its receipt. Here nothing is
// rounded until the end. Values from 2^-12 to 2^62, which is nearly all that facts hold, go into a
// 128-bit fixed-point number of 64 fractional bits; the others, and what would overflow it, into an
// expansion of doubles whose bits don't overlap (Shewchuk 1997, "Adaptive Precision Floating-Point
// Arithmetic").
#pragma once

#include <cstddef>
#include <cstdint>

namespace keyscore::store {

// Plain data that an engine may move by copying its bytes; Clear() frees what it holds.
class ExactSum {
 public:
  void Init();
  void Clear();

  // Adds a finite value.
  void Add(double value);
  void Add(const ExactSum& other);

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

}  // namespace keyscore::store
