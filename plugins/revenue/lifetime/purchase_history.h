// One account's purchases, reduced to the four figures that the models of lifetime value need.
// Time is in weeks since the account's first purchase; several purchases on one day are one.
#pragma once

#include <optional>
#include <span>
#include <tuple>

namespace keyscore::catalogue::lifetime {

struct PurchaseHistory {
  double repeats = 0;  // x: days with a purchase after the first such day; a whole number
  double recency = 0;  // t_x: weeks from the first to the last purchase, 0 <= t_x <= T
  double age = 0;      // T: weeks from the first purchase to the last whole day observed
  double spend = 0;    // z: mean amount of a repeat day, the first day left out; 0 where x = 0

  friend bool operator==(const PurchaseHistory&, const PurchaseHistory&) = default;
  // By repeats first.
  friend bool operator<(const PurchaseHistory& one, const PurchaseHistory& other) {
    return std::tie(one.repeats, one.recency, one.age, one.spend) <
           std::tie(other.repeats, other.recency, other.age, other.spend);
  }
};

// `days` are day numbers in ascending order, one for each purchase, `amounts` what was paid each
// time, and `end_day` the day that the observation stops before, so that end_day - 1 is its last
// whole day. Null without a purchase, and where the figures make no sense (lists of different
// length, days that descend, anything that is not finite).
std::optional<PurchaseHistory> Summarize(std::span<const double> days,
                                         std::span<const double> amounts, double end_day);

}  // namespace keyscore::catalogue::lifetime
