// A random organisation whose log changes in every way there is, and measures of every kind over
// it: what is in memory is held against the engine on it.
#pragma once

#include <random>
#include <set>
#include <string>
#include <vector>

#include "measures/measure.h"
#include "measures/memory_sources.h"
#include "unit/store/store_fixture.h"

namespace keyscore::measures {

// Inputs of every aggregate, window and kind of expression.
std::vector<MeasureSpec> EveryKindOfInput();

class RandomLog {
 public:
  explicit RandomLog(uint64_t seed) : random_(seed) {}

  // Appends one batch: facts new and corrected, late and early, deletions, moves of accounts,
  // churns, contacts promoted, managers changing teams.
  void Step(store::Store& store);

  int64_t Below(int64_t limit) { return static_cast<int64_t>(random_() % limit); }
  bool Chance(int percent) { return Below(100) < percent; }
  // One of the world's periods; 2024 and some of the years around it.
  Period RandomPeriod();
  store::Scope RandomScope();

 private:
  std::string Name(const char* kind, int64_t count) { return kind + std::to_string(Below(count)); }
  absl::Time Instant();
  store::Fields Fact(const std::string& dataset);
  std::vector<std::string> SomeIds(const std::string& dataset);

  std::mt19937_64 random_;
};

// What differs between two answers to the same measures; "" = not a bit.
std::string Difference(const std::vector<store::ResolvedMeasure>& measures,
                       const store::MeasureTable& memory, const store::MeasureTable& engine);

}  // namespace keyscore::measures
