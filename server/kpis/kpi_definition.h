// A KPI as its library describes it, copied out of the C ABI into plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "measures/measure.h"

namespace keyscore::kpis {

enum class Pillar { kRelationships = 1, kRevenue = 2, kRetention = 3, kLearning = 4 };
inline constexpr Pillar kPillars[] = {Pillar::kRelationships, Pillar::kRevenue, Pillar::kRetention,
                                      Pillar::kLearning};

enum class Direction { kHigherIsBetter = 1, kLowerIsBetter = 2, kRangeIsBest = 3 };
enum class Timing { kLeading = 1, kLagging = 2 };
enum class Controllability { kHigh = 1, kShared = 2, kLow = 3 };
enum class Rollup { kPooled = 1, kAccounts = 2 };

struct CurvePoint {
  double value = 0;  // in the KPI's unit
  double score = 0;  // 0 to 100
  bool operator==(const CurvePoint&) const = default;
};

struct KpiSetting {
  std::string name;
  std::string description;
  double value = 0;  // in force
  double default_value = 0;
  double minimum = 0;
  double maximum = 0;
};

// A figure shown beside a value: a detail of a row, or a parameter of a fitted model.
struct KpiFigure {
  std::string name;
  std::string title;
  std::string unit;
};

struct KpiDefinition {
  std::string id;
  std::string version;
  std::string title;
  std::string description;
  std::string formula;
  std::string unit;
  Pillar pillar = Pillar::kRelationships;
  Direction direction = Direction::kHigherIsBetter;
  Timing timing = Timing::kLeading;
  Controllability controllability = Controllability::kHigh;
  Rollup rollup = Rollup::kPooled;
  int cadence_days = 0;
  std::vector<measures::MeasureSpec> inputs;
  double default_weight = 0;
  std::vector<CurvePoint> curve;
  std::optional<double> default_target;
  std::string target_source;
  std::vector<std::string> actions;
  std::vector<KpiSetting> settings;
  std::vector<KpiFigure> details;
  std::vector<KpiFigure> parameters;  // of its model; empty where nothing is fitted
  bool deterministic = false;
  bool row_independent = false;
  bool reentrant = false;
  std::string plugin_id;
};

}  // namespace keyscore::kpis
