// Look-ups in a snapshot, and the change from one to the next.
#include "kpis/registry.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace keyscore::kpis {
namespace {

// Edits (insert, delete, replace a character) that turn one text into the other.
size_t EditDistance(std::string_view from, std::string_view to) {
  std::vector<size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= from.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= to.size(); ++j) {
      const size_t replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

RegistrySnapshot::RegistrySnapshot(int64_t generation,
                                   std::vector<std::shared_ptr<const LoadedLibrary>> libraries,
                                   std::vector<RefusedLibrary> refused,
                                   std::shared_ptr<const EvaluationObserver> observer)
    : generation_(generation),
      libraries_(std::move(libraries)),
      refused_(std::move(refused)),
      observer_(std::move(observer)) {
  for (const auto& library : libraries_) {
    for (const LoadedKpi& kpi : library->kpis) {
      kpis_.push_back(&kpi);
      by_id_.emplace(kpi.definition.id, &kpi);
    }
  }
  std::sort(kpis_.begin(), kpis_.end(), [](const LoadedKpi* a, const LoadedKpi* b) {
    return std::tie(a->definition.pillar, a->definition.id) <
           std::tie(b->definition.pillar, b->definition.id);
  });
}

const LoadedKpi* RegistrySnapshot::FindKpi(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

const LoadedLibrary* RegistrySnapshot::FindLibrary(std::string_view id) const {
  for (const auto& library : libraries_) {
    if (library->id == id) return library.get();
  }
  return nullptr;
}

std::string RegistrySnapshot::NearestKpi(std::string_view id) const {
  constexpr size_t kLongestId = 128;  // no known id is longer, and the search is quadratic
  if (id.size() > kLongestId) return "";
  std::string nearest;
  size_t least = std::max<size_t>(2, id.size() / 3) + 1;  // farther is no likeness
  for (const auto& [known, kpi] : by_id_) {
    // "churn" is near "churn_rate", however many letters that takes.
    const bool opens = id.size() >= 4 && std::string_view(known).substr(0, id.size()) == id;
    const size_t distance = opens ? 1 : EditDistance(id, known);
    if (distance < least) {
      least = distance;
      nearest = known;
    }
  }
  return nearest;
}

Registry::Registry()
    : snapshot_(std::make_shared<const RegistrySnapshot>(
          0, std::vector<std::shared_ptr<const LoadedLibrary>>(), std::vector<RefusedLibrary>())) {}

int64_t Registry::Publish(std::vector<std::shared_ptr<const LoadedLibrary>> libraries,
                          std::vector<RefusedLibrary> refused,
                          std::shared_ptr<const EvaluationObserver> observer) {
  std::shared_ptr<const RegistrySnapshot>
      before;  // may be the last of its kind, so outlives the lock
  absl::MutexLock lock(&mutex_);
  const int64_t generation = snapshot_->generation() + 1;
  std::erase_if(earlier_, [](const auto& snapshot) { return snapshot.expired(); });
  earlier_.push_back(snapshot_);
  before = std::exchange(
      snapshot_, std::make_shared<const RegistrySnapshot>(generation, std::move(libraries),
                                                          std::move(refused), std::move(observer)));
  return generation;
}

std::shared_ptr<const RegistrySnapshot> Registry::Snapshot() const {
  absl::MutexLock lock(&mutex_);
  return snapshot_;
}

size_t Registry::DrainingGenerations() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<size_t>(std::count_if(
      earlier_.begin(), earlier_.end(), [](const auto& snapshot) { return !snapshot.expired(); }));
}

}  // namespace keyscore::kpis
