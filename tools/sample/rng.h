// Random numbers that are the same on every machine: SplitMix64 and integer arithmetic only. The
// standard library's distributions are left to its implementers, and floating point may be
// contracted differently from one processor to the next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace keyscore::sample {

class Rng {
 public:
  explicit Rng(uint64_t state) : state_(state) {}

  // An independent stream for one thing of one kind, so that more accounts leave the first ones as
  // they were.
  static Rng For(uint64_t seed, uint64_t kind, uint64_t index) {
    Rng mixer(seed * 0x9e3779b97f4a7c15u + 1);
    mixer.state_ ^= kind * 0xd1342543de82ef95u;
    mixer.Next();
    mixer.state_ ^= index * 0xaf251af3b0f025b5u;
    return Rng(mixer.Next());
  }

  // G. Steele, D. Lea, C. Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014.
  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  // 0 <= result < bound. The bias of the plain remainder is below bound / 2^64.
  int64_t Below(int64_t bound) {
    return static_cast<int64_t>(Next() % static_cast<uint64_t>(bound));
  }

  // Both ends included.
  int64_t Between(int64_t low, int64_t high) { return low + Below(high - low + 1); }

  // Bell-shaped between both ends: the mean of four uniform draws.
  int64_t Bell(int64_t low, int64_t high) {
    int64_t sum = 0;
    for (int i = 0; i < 4; ++i) sum += Below(high - low + 1);
    return low + sum / 4;
  }

  bool Percent(int64_t percent) { return Below(100) < percent; }

  // How often something happens that is expected `millionths` times in a million.
  int64_t Times(int64_t millionths) {
    if (millionths <= 0) return 0;
    return millionths / 1'000'000 + (Below(1'000'000) < millionths % 1'000'000 ? 1 : 0);
  }

  // An index, each with its weight.
  size_t Pick(std::initializer_list<int> weights) {
    int64_t total = 0;
    for (int weight : weights) total += weight;
    int64_t left = Below(total);
    size_t index = 0;
    for (int weight : weights) {
      if (left < weight) return index;
      left -= weight;
      ++index;
    }
    return 0;
  }

 private:
  uint64_t state_;
};

}  // namespace keyscore::sample
