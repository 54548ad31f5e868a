// Nearest names by Levenshtein distance.
#include "cli/text/nearest.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "absl/strings/ascii.h"

namespace keyscore::cli {
namespace {

size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const bool same = absl::ascii_tolower(a[i - 1]) == absl::ascii_tolower(b[j - 1]);
      const size_t changed = diagonal + (same ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row.back();
}

}  // namespace

std::string Nearest(std::string_view given, const std::vector<std::string>& known) {
  std::string best;
  size_t best_distance = std::max<size_t>(2, given.size() / 3) + 1;
  for (const std::string& name : known) {
    const size_t distance = Distance(given, name);
    // Two edits turn any two letters into any others: at least half must be kept.
    if (distance < best_distance && distance * 2 <= std::max(given.size(), name.size())) {
      best_distance = distance;
      best = name;
    }
  }
  return best;
}

std::string DidYouMean(std::string_view given, const std::vector<std::string>& known) {
  const std::string nearest = Nearest(given, known);
  return nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest);
}

}  // namespace keyscore::cli
