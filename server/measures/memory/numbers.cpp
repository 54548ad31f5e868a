// Chooses among the encodings.
#include "measures/memory/numbers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace keyscore::measures {
namespace {

using store::Fixed128;

template <typename T, typename Make>
void AppendEach(size_t count, std::vector<uint8_t>& memory, Make make) {
  const size_t at = memory.size();
  memory.resize(at + count * sizeof(T));
  uint8_t* to = memory.data() + at;
  for (size_t i = 0; i < count; ++i, to += sizeof(T)) {
    const T value = make(i);
    std::memcpy(to, &value, sizeof(T));
  }
}

bool SameBits(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

bool IsInt32(double number) {
  return std::abs(number) <= std::numeric_limits<int32_t>::max() &&
         SameBits(static_cast<int32_t>(number), number);
}

bool IsCents(double number) {
  const double cents = std::nearbyint(number * 100);
  return std::abs(cents) <= std::numeric_limits<int32_t>::max() &&
         SameBits(static_cast<int32_t>(cents) / 100.0, number);
}

int TrailingZeros(Fixed128 bits) {
  const auto low = static_cast<uint64_t>(bits);
  return low != 0 ? std::countr_zero(low)
                  : 64 + std::countr_zero(static_cast<uint64_t>(bits >> 64));
}

template <typename T>
bool Fits(Fixed128 least, Fixed128 greatest) {
  return least >= std::numeric_limits<T>::min() && greatest <= std::numeric_limits<T>::max();
}

}  // namespace

EncodedNumbers AppendNumbers(absl::Span<const double> numbers, std::vector<uint8_t>& memory) {
  const size_t count = numbers.size();
  if (std::all_of(numbers.begin(), numbers.end(), IsInt32)) {
    const bool narrow = std::all_of(numbers.begin(), numbers.end(), [](double number) {
      return std::abs(number) <= std::numeric_limits<int16_t>::max();
    });
    if (narrow) {
      AppendEach<int16_t>(count, memory,
                          [&](size_t i) { return static_cast<int16_t>(numbers[i]); });
      return {Encoding::kInt16, 0};
    }
    AppendEach<int32_t>(count, memory, [&](size_t i) { return static_cast<int32_t>(numbers[i]); });
    return {Encoding::kInt32, 0};
  }
  if (std::all_of(numbers.begin(), numbers.end(), IsCents)) {
    AppendEach<int32_t>(count, memory, [&](size_t i) {
      return static_cast<int32_t>(std::nearbyint(numbers[i] * 100));
    });
    return {Encoding::kCents32, 0};
  }
  AppendEach<double>(count, memory, [&](size_t i) { return numbers[i]; });
  return {Encoding::kDouble, 0};
}

EncodedNumbers AppendSums(absl::Span<const double> numbers, std::vector<uint8_t>& memory) {
  const size_t count = numbers.size();
  std::vector<Fixed128> sums(count + 1);
  Fixed128 least = 0, greatest = 0, bits = 0;
  for (size_t i = 0; i < count; ++i) {
    Fixed128 units = 0;
    if (!store::ToFixed(numbers[i], units)) {
      AppendEach<double>(count, memory, [&](size_t at) { return numbers[at]; });
      return {Encoding::kOddDouble, 0};
    }
    const Fixed128 sum = sums[i] + units;
    sums[i + 1] = sum;
    bits |= units;
    least = std::min(least, sum);
    greatest = std::max(greatest, sum);
  }
  const int zeros = bits == 0 ? 0 : TrailingZeros(bits);
  const auto shift = static_cast<uint8_t>(zeros);
  least >>= zeros;
  greatest >>= zeros;
  if (Fits<int16_t>(least, greatest)) {
    AppendEach<int16_t>(count + 1, memory,
                        [&](size_t i) { return static_cast<int16_t>(sums[i] >> zeros); });
    return {Encoding::kPrefix16, shift};
  }
  if (Fits<int32_t>(least, greatest)) {
    AppendEach<int32_t>(count + 1, memory,
                        [&](size_t i) { return static_cast<int32_t>(sums[i] >> zeros); });
    return {Encoding::kPrefix32, shift};
  }
  const bool in_cents = std::all_of(numbers.begin(), numbers.end(), IsCents);
  if (!in_cents && Fits<int64_t>(least, greatest)) {
    AppendEach<int64_t>(count + 1, memory,
                        [&](size_t i) { return static_cast<int64_t>(sums[i] >> zeros); });
    return {Encoding::kPrefix64, shift};
  }
  const EncodedNumbers encoded = AppendNumbers(numbers, memory);
  AppendEach<Fixed128>(count / kCheckpointEvery + 1, memory,
                       [&](size_t i) { return sums[i * kCheckpointEvery]; });
  return encoded;
}

}  // namespace keyscore::measures
