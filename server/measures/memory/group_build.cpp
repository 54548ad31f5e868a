// Builds a group from columns: rows are laid out series by series, ordered there, and packed.
#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "measures/memory/group.h"
#include "measures/memory/layout.h"
#include "measures/memory/leaf_builder.h"
#include "measures/memory/series_edit.h"

namespace keyscore::measures {
namespace {

struct FreeWords {
  void operator()(uint64_t* words) const { std::free(words); }
};
using Words = std::unique_ptr<uint64_t[], FreeWords>;

// Uninitialised. In huge pages where there are some: rows are written here and there, and of small
// pages the first touch would cost more than the writing.
Words AllocateWords(size_t count) {
  constexpr size_t kHugePage = size_t{2} << 20;
  const size_t bytes = (count * sizeof(uint64_t) / kHugePage + 1) * kHugePage;
  void* memory = std::aligned_alloc(kHugePage, bytes);
  if (memory == nullptr) throw std::bad_alloc();
  if (bytes > kHugePage) madvise(memory, bytes, MADV_HUGEPAGE);  // advice: it may be ignored
  return Words(static_cast<uint64_t*>(memory));
}

// The series that occur, and how many events each has.
struct SeriesCount {
  std::vector<SeriesKey> keys;
  std::vector<size_t> counts;
  std::vector<std::vector<uint32_t>> of_part;  // which of the series each event is of
};

SeriesCount CountSeries(const std::vector<EventBatch>& parts) {
  SeriesCount series;
  absl::flat_hash_map<SeriesKey, uint32_t> numbers;
  for (const EventBatch& part : parts) {
    std::vector<uint32_t>& of_part = series.of_part.emplace_back();
    of_part.reserve(part.size());
    for (const SeriesKey key : part.series) {
      const auto [number, added] =
          numbers.try_emplace(key, static_cast<uint32_t>(series.keys.size()));
      if (added) {
        series.keys.push_back(key);
        series.counts.push_back(0);
      }
      ++series.counts[number->second];
      of_part.push_back(number->second);
    }
  }
  return series;
}

void FreeAllButFactIds(EventBatch& part) {
  EventBatch freed;
  freed.series.swap(part.series);
  freed.accounts.swap(part.accounts);
  freed.times.swap(part.times);
  freed.ends.swap(part.ends);
  freed.versions.swap(part.versions);
  freed.measures.swap(part.measures);
}

// The parts' rows, those of a series side by side: series i has the rows from begins[i] on. Frees
// the parts' columns but for the fact_ids, which the rows point to.
Words LayOut(const Layout& layout, std::vector<EventBatch>& parts, const SeriesCount& series,
             std::vector<size_t>& begins) {
  size_t total = 0;
  for (const size_t count : series.counts) {
    begins.push_back(total);
    total += count;
  }
  constexpr size_t kRowsAtATime = Layout::kRowsAtATime;
  const size_t stride = layout.stride();
  Words rows = AllocateWords(total * stride);
  std::vector<size_t> next = begins;
  std::vector<uint64_t> some(kRowsAtATime * stride);
  for (size_t p = 0; p < parts.size(); ++p) {
    EventBatch& part = parts[p];
    for (size_t from = 0; from < part.size(); from += kRowsAtATime) {
      const size_t count = std::min(kRowsAtATime, part.size() - from);
      layout.WriteRows(part, from, count, some.data());
      for (size_t i = 0; i < count; ++i) {
        const size_t row = next[series.of_part[p][from + i]]++;
        std::memcpy(rows.get() + row * stride, some.data() + i * stride, stride * sizeof(uint64_t));
      }
    }
    FreeAllButFactIds(part);
  }
  return rows;
}

}  // namespace

std::shared_ptr<const Group> Group::Build(GroupShape shape, std::vector<EventBatch> parts) {
  auto made = std::make_shared<const Layout>(std::move(shape));
  const Layout& layout = *made;
  const SeriesCount series = CountSeries(parts);
  std::vector<size_t> begins;
  const Words rows = LayOut(layout, parts, series, begins);

  std::vector<size_t> by_key(series.keys.size());
  for (size_t i = 0; i < by_key.size(); ++i) by_key[i] = i;
  std::sort(by_key.begin(), by_key.end(),
            [&](size_t a, size_t b) { return series.keys[a] < series.keys[b]; });

  LeafBuilder builder(layout);
  std::vector<Series::Entry> entries;
  std::vector<Accounts::Entry> accounts;
  int64_t event_count = 0, bytes = 0;
  std::vector<std::pair<int64_t, const uint64_t*>> order;  // the time beside the row: few misses
  std::vector<const uint64_t*> ordered;
  const auto before = [&](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : layout.Before(a.second, b.second);
  };
  for (const size_t i : by_key) {
    order.clear();
    for (size_t row = begins[i]; row < begins[i] + series.counts[i]; ++row) {
      const uint64_t* at = rows.get() + row * layout.stride();
      order.emplace_back(Layout::Time(at), at);
    }
    if (!std::is_sorted(order.begin(), order.end(), before)) {
      std::sort(order.begin(), order.end(), before);
    }
    ordered.clear();
    for (const auto& [time, row] : order) ordered.push_back(row);
    NodePtr node = MakeSeries(layout, builder, ordered);
    event_count += static_cast<int64_t>(ordered.size());
    bytes += BytesOf(*node);
    const size_t first = accounts.size();
    for (const LeafPtr& leaf : LeavesOf(*node)) {
      for (size_t code = 0; code < leaf->accounts(); ++code) {
        if (const NameId account = leaf->Account(code); account != 0) {
          accounts.push_back({{account, series.keys[i]}, Nothing()});
        }
      }
    }
    const auto less = [](const auto& a, const auto& b) { return a.first < b.first; };
    const auto from = accounts.begin() + static_cast<std::ptrdiff_t>(first);
    std::sort(from, accounts.end(), less);
    accounts.erase(std::unique(from, accounts.end(),
                               [](const auto& a, const auto& b) { return a.first == b.first; }),
                   accounts.end());
    entries.emplace_back(series.keys[i], std::move(node));
  }
  std::sort(accounts.begin(), accounts.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return std::shared_ptr<const Group>(new Group(std::move(made), Series(std::move(entries)),
                                                Accounts(std::move(accounts)), event_count, bytes));
}

}  // namespace keyscore::measures
