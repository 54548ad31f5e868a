// A card of four KPIs for totals worked by hand, and what is expected of one.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "scoring/score.h"

namespace keyscore::scoring {

// Relationships 60 % in two halves, revenue 20 %, retention 20 %.
inline std::vector<Scored> Card(kpis::State engagement, kpis::State plan, kpis::State conversion,
                                kpis::State nps) {
  return {{kpis::Pillar::kRelationships, engagement, 80, 0.3},
          {kpis::Pillar::kRelationships, plan, 40, 0.3},
          {kpis::Pillar::kRevenue, conversion, 50, 0.2},
          {kpis::Pillar::kRetention, nps, 100, 0.2}};
}

inline void ExpectWeights(const Total& total, const std::vector<double>& expected) {
  ASSERT_EQ(total.effective_weights.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(total.effective_weights[i], expected[i], 1e-12) << "KPI " << i;
  }
}

inline void ExpectScored(const Total& total, double expected, double low, double high,
                         double coverage) {
  EXPECT_EQ(total.state, TotalState::kScored);
  ASSERT_TRUE(total.total.has_value());
  EXPECT_NEAR(*total.total, expected, 1e-10);
  EXPECT_NEAR(total.low, low, 1e-10);
  EXPECT_NEAR(total.high, high, 1e-10);
  EXPECT_NEAR(total.coverage, coverage, 1e-12);
}

}  // namespace keyscore::scoring
