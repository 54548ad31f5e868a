// What a KPI says about one row.
#pragma once

#include <cstdint>
#include <limits>

#include "keyscore/sdk/number.h"
#include "keyscore/sdk/terms.h"

namespace keyscore::sdk {

struct Result {
  State state = State::kNoData;
  double value = 0;         // in the KPI's unit; a value that is not finite becomes an ERROR row
  int64_t sample_size = 0;  // facts the value rests on
  double weight = 1;        // in a roll-up over accounts, >= 0
  double low = std::numeric_limits<double>::quiet_NaN();  // 95 % interval; NaN = none
  double high = std::numeric_limits<double>::quiet_NaN();

  // A figure; NO_DATA where `number` is null.
  static constexpr Result Value(Number number) {
    Result result;
    if (number.IsNull()) return result;
    result.state = State::kValue;
    result.value = number.value();
    return result;
  }
  // The formula has nothing to work on, for instance a denominator of 0. Never a zero.
  static constexpr Result NoData() { return {}; }
  // The KPI makes no sense for this row.
  static constexpr Result NotApplicable() {
    Result result;
    result.state = State::kNotApplicable;
    return result;
  }
  // This row can't be computed; throw Failure to fail the whole call with a message.
  static constexpr Result Error() {
    Result result;
    result.state = State::kError;
    return result;
  }

  // The number of facts the value rests on: the denominator of a rate or mean, else the facts
  // counted or summed. A negative number makes the row an ERROR.
  constexpr Result WithSample(Number facts) const {
    Result copy = *this;
    const double count = facts.value();
    copy.sample_size = count >= 0 && count < 9.2e18 ? static_cast<int64_t>(count) : -1;
    return copy;
  }
  // The row's weight in a roll-up over accounts. With a ratio's denominator the roll-up is the
  // ratio of the sums. Below 0 or not finite makes the row an ERROR.
  constexpr Result WithWeight(Number row_weight) const {
    Result copy = *this;
    copy.weight = row_weight.value();
    return copy;
  }
  // A 95 % confidence interval in the value's unit.
  constexpr Result WithInterval(double lower, double upper) const {
    Result copy = *this;
    copy.low = lower;
    copy.high = upper;
    return copy;
  }
  // Cuts the interval to the ends of the scale: a mean of marks from 1 to 5 can't be 6. The value
  // itself is left alone and stays within the interval.
  constexpr Result Within(double least, double most) const {
    Result copy = *this;
    if (low < least) copy.low = least < value ? least : value;
    if (high > most) copy.high = most > value ? most : value;
    return copy;
  }
};

}  // namespace keyscore::sdk
