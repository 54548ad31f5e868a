// Checks that many tests of the catalogue share. The row is the first unless said.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "unit/plugins/catalogue.h"

namespace keyscore::catalogue {

inline void ExpectValue(const testing::RowResult& row, double value, int64_t sample_size) {
  EXPECT_EQ(row.state, KS_STATE_VALUE);
  EXPECT_DOUBLE_EQ(row.value, value);
  EXPECT_EQ(row.sample_size, sample_size);
}

inline void ExpectInterval(const testing::RowResult& row, double low, double high) {
  EXPECT_NEAR(row.low, low, 1e-4);
  EXPECT_NEAR(row.high, high, 1e-4);
}

inline void ExpectNoInterval(const testing::RowResult& row) {
  EXPECT_TRUE(std::isnan(row.low) && std::isnan(row.high)) << row.low << " to " << row.high;
}

// The KPI is 100 × part / whole with Wilson's interval: 3 of 4 is 75 (30.0642 to 95.4413), 0 of 5
// is 0 (0 to 43.4482), and of none it is no data.
inline void ExpectProportion(testing::FakeKpi kpi, const std::string& part,
                             const std::string& whole) {
  const auto result = kpi.Set(part, {3, 0, 0}).Set(whole, {4, 5, 0}).Evaluate();
  ExpectValue(result[0], 75, 4);
  ExpectInterval(result[0], 30.0642, 95.4413);
  ExpectValue(result[1], 0, 5);
  ExpectInterval(result[1], 0, 43.4482);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA);
}

// The KPI is a mean with Student's interval: of 3, 4 and 5 it is 4, with a variance of 1 and so
// ± 4.30265 / sqrt(3) = 2.48414, cut at the end of the scale; of a single 4 it has no interval; and
// of none it is no data.
inline void ExpectMean(testing::FakeKpi kpi, const std::string& sum, const std::string& count,
                       double end_of_scale) {
  const auto result =
      kpi.Set(sum, {12, 4, 0}).Set(sum + "_squares", {50, 16, 0}).Set(count, {3, 1, 0}).Evaluate();
  ExpectValue(result[0], 4, 3);
  ExpectInterval(result[0], 1.51586, std::min(6.48414, end_of_scale));
  ExpectValue(result[1], 4, 1);
  ExpectNoInterval(result[1]);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA);
}

}  // namespace keyscore::catalogue
