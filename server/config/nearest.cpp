// Edit distance over the candidates, cut off where a candidate can't win any more.
#include "config/nearest.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace keyscore::config {
namespace {

// Names longer than this are compared by their beginnings.
constexpr size_t kMaxCompared = 64;

// Optimal string alignment distance.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::string Nearest(std::string_view name, const std::vector<std::string>& candidates) {
  name = name.substr(0, kMaxCompared);
  std::string best;
  size_t best_distance = std::max<size_t>(1, name.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::string_view compared = std::string_view(candidate).substr(0, kMaxCompared);
    const size_t longer = std::max(compared.size(), name.size());
    const size_t shorter = std::min(compared.size(), name.size());
    if (longer - shorter >= best_distance) continue;
    const size_t distance = Distance(name, compared);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string DidYouMean(const std::string& name, const std::vector<std::string>& candidates) {
  const std::string nearest = Nearest(name, candidates);
  return nearest.empty() ? "" : absl::StrCat(" Did you mean '", nearest, "'?");
}

}  // namespace keyscore::config
