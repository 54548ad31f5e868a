// One account's purchases, reduced to four figures; see the header.
#include "plugins/revenue/lifetime/purchase_history.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace keyscore::catalogue::lifetime {
namespace {

constexpr double kDaysPerWeek = 7;

}  // namespace

std::optional<PurchaseHistory> Summarize(std::span<const double> days,
                                         std::span<const double> amounts, double end_day) {
  if (days.empty() || days.size() != amounts.size() || !std::isfinite(end_day)) return std::nullopt;
  const double first = days.front();
  const double last = days.back();
  if (!std::isfinite(first) || !std::isfinite(last)) return std::nullopt;
  PurchaseHistory history;
  double total = 0;
  for (std::size_t i = 0; i < days.size(); ++i) {
    if (i > 0 && !(days[i] >= days[i - 1])) return std::nullopt;
    if (days[i] == first) continue;
    if (days[i] != days[i - 1]) ++history.repeats;
    total += amounts[i];
  }
  if (!std::isfinite(total)) return std::nullopt;
  history.recency = (last - first) / kDaysPerWeek;
  // A period that ends in the middle of a day may hold purchases of that day.
  history.age = std::max((end_day - 1 - first) / kDaysPerWeek, history.recency);
  if (history.repeats > 0) history.spend = total / history.repeats;
  return history;
}

}  // namespace keyscore::catalogue::lifetime
