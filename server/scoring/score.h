// From values to scores to a total: the arithmetic of section 5 of the design, pure and in a fixed
// order, so equal input gives equal bits.
#pragma once

#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "kpis/kpi_definition.h"
#include "kpis/kpi_function.h"
#include "weighting/profile.h"

namespace keyscore::scoring {

// Piecewise-linear through the points (ascending by value), clamped at both ends.
double CurveScore(absl::Span<const kpis::CurvePoint> curve, double value);

// A KPI as the total sees it.
struct Scored {
  kpis::Pillar pillar;
  kpis::State state = kpis::State::kNoData;
  double score = 0;   // state kValue only
  double weight = 0;  // nominal share of the total, 0 to 1
  weighting::MissingPolicy missing = weighting::MissingPolicy::kRedistributeInPillar;
};

// What MissingPolicy::kNeutral counts.
inline constexpr double kNeutralScore = 50;

enum class TotalState { kScored, kNotScored, kScoredWithErrors };

struct PillarScore {
  kpis::Pillar pillar;
  std::optional<double> score;  // weighted mean of its KPIs that count
  double weight = 0;            // effective
  double nominal_weight = 0;
  double coverage = 0;  // share of its nominal weight that had a value
};

struct Total {
  TotalState state = TotalState::kNotScored;
  std::optional<double> total;       // absent when not scored
  double low = 0;                    // if all that is missing scored 0
  double high = 0;                   // … or 100
  double coverage = 0;               // 0 to 1
  double error_weight = 0;           // share of the weight in ERROR, before redistribution
  std::vector<PillarScore> pillars;  // those with nominal weight, in pillar order
  // One per input; those that count (with a value, or assumed) sum to 1 where anything has a value.
  std::vector<double> effective_weights;
  std::vector<std::optional<double>> assumed;  // one per input: the score its policy assumes
  std::vector<size_t> blocked_by;              // inputs that are missing and block the total
};

// What becomes of a missing KPI (NO_DATA, ERROR) is its policy's to say. kRedistributeInPillar: its
// weight goes to the pillar's KPIs with a value in proportion, or, where there is none, to those of
// the other pillars. kRedistributeOverall: to all KPIs with a value in proportion to the weights
// that the first step gave them. kNeutral, kZero: it stays, and counts as 50 or 0; it is not
// covered for that. (An ERROR under kZero is redistributed in its pillar.) kBlock: kNotScored.
// NOT_APPLICABLE is taken out first, to its siblings and then to the other pillars, and counts
// neither as covered nor as missing: a pillar keeps its weight as long as one of its KPIs applies.
// Weights need not sum to 1; only their proportions count. The total is Σ effective weight × score
// in the order of the inputs. Coverage under minimum_coverage (by more than rounding), or no value
// at all: kNotScored, with bounds and pillar scores as far as known. An ERROR with weight:
// kScoredWithErrors, and error_weight says how much it is, whether the total is scored or not; it
// is measured as coverage is.
Total ComputeTotal(const std::vector<Scored>& kpis, double minimum_coverage);

}  // namespace keyscore::scoring
