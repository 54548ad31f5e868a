// The fixed-point number, the growth of the expansion by one value, and the rounding of both.
#include "store/exact_sum.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace keyscore::store {
namespace {

using Int128 = Fixed128;
__extension__ using Uint128 = unsigned __int128;

constexpr int kFractionBits = 64;
constexpr uint64_t kMantissaMask = (uint64_t{1} << 52) - 1;

Int128 Join(uint64_t high, uint64_t low) {
  return static_cast<Int128>(static_cast<Uint128>(high) << 64 | low);
}

}  // namespace

void ExactSum::Init() {
  fixed_low_ = 0;
  fixed_high_ = 0;
  size_ = 0;
  capacity_ = kInline;
}

void ExactSum::Clear() {
  if (capacity_ != kInline) delete[] heap_;
  Init();
}

void ExactSum::Grow() {
  auto* larger = new double[capacity_ * 2];
  std::copy_n(components(), size_, larger);
  if (capacity_ != kInline) delete[] heap_;
  heap_ = larger;
  capacity_ *= 2;
}

void ExactSum::Add(double value) {
  // A double is mantissa * 2^(exponent - 1075); the shift brings it to units of 2^-64.
  const uint64_t bits = std::bit_cast<uint64_t>(value);
  const int exponent = static_cast<int>(bits >> 52 & 0x7FF);
  const int shift = exponent - (1075 - kFractionBits);
  if (shift < 0 || shift > 73) {
    AddToExpansion(value);
    return;
  }
  const uint64_t mantissa = (bits & kMantissaMask) | (uint64_t{1} << 52);
  Int128 units = static_cast<Int128>(static_cast<Uint128>(mantissa) << shift);
  if (bits >> 63 != 0) units = -units;
  AddFixed(units);
}

void ExactSum::SpillFixed() {
  // Four pieces of 32 bits, each exact in a double; the topmost carries the sign.
  const Int128 fixed = Join(fixed_high_, fixed_low_);
  fixed_low_ = 0;
  fixed_high_ = 0;
  for (int piece = 0; piece < 4; ++piece) {
    const Int128 rest = fixed >> (32 * piece);
    const double units = piece == 3 ? static_cast<double>(static_cast<int64_t>(rest))
                                    : static_cast<double>(static_cast<uint32_t>(rest));
    AddToExpansion(std::ldexp(units, 32 * piece - kFractionBits));
  }
}

void ExactSum::AddToExpansion(double value) {
  double* parts = components();
  uint32_t kept = 0;
  for (uint32_t i = 0; i < size_; ++i) {
    double part = parts[i];
    if (std::abs(value) < std::abs(part)) std::swap(value, part);
    const double high = value + part;
    const double low = part - (high - value);  // what the addition lost, exactly
    if (low != 0) parts[kept++] = low;
    value = high;
  }
  if (!std::isfinite(value)) {
    parts[0] = value;
    size_ = 1;
    return;
  }
  size_ = kept;
  if (value == 0) return;
  if (size_ == capacity_) {
    Grow();
    parts = components();
  }
  parts[size_++] = value;
}

void ExactSum::Add(const ExactSum& other) {
  for (uint32_t i = 0; i < other.size_; ++i) AddToExpansion(other.components()[i]);
  AddFixed(Join(other.fixed_high_, other.fixed_low_));
}

void ExactSum::AddFixed(Fixed128 fixed) {
  Int128 sum = 0;
  if (__builtin_add_overflow(Join(fixed_high_, fixed_low_), fixed, &sum)) {
    SpillFixed();
    sum = fixed;
  }
  fixed_low_ = static_cast<uint64_t>(sum);
  fixed_high_ = static_cast<uint64_t>(static_cast<Uint128>(sum) >> 64);
}

double ExactSum::Round() const {
  if (fixed_low_ != 0 || fixed_high_ != 0) {
    ExactSum whole;
    whole.Init();
    whole.Add(*this);
    whole.SpillFixed();
    const double rounded = whole.Round();
    whole.Clear();
    return rounded;
  }
  if (size_ == 0) return 0;
  const double* parts = components();
  uint32_t i = size_ - 1;
  double high = parts[i];
  double low = 0;
  while (i > 0) {
    const double before = high, part = parts[--i];
    high = before + part;
    low = part - (high - before);
    if (low != 0) break;
  }
  // `high` is rounded; a tie was broken to even without a look at the smaller components, which
  // decide it if they point the same way.
  if (i > 0 && ((low < 0 && parts[i - 1] < 0) || (low > 0 && parts[i - 1] > 0))) {
    const double doubled = low * 2, up = high + doubled;
    if (doubled == up - high) high = up;
  }
  return high;
}

}  // namespace keyscore::store
