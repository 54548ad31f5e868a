// Adds the events of series that fall into windows to the cells of a table.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/types/span.h"
#include "measures/memory/branch.h"
#include "measures/memory/cell_table.h"
#include "measures/memory/group.h"
#include "measures/memory/id_set.h"
#include "measures/memory/layout.h"
#include "measures/memory/leaf.h"

namespace keyscore::measures {

// Ends of a window that are not there.
inline constexpr int64_t kOpenFrom = std::numeric_limits<int64_t>::min();
inline constexpr int64_t kOpenTo = std::numeric_limits<int64_t>::max();

// What a collector works in; kept from one to the next.
struct CollectScratch {
  struct Asked {
    size_t measure = 0;
    const Layout::Measure* of = nullptr;
    CellTable::Column* column = nullptr;
    size_t set = 0;  // kCountDistinct: which of the sets below
  };
  // A window and the measures asked over it, those of one filter side by side.
  struct Window {
    store::WindowKind kind = store::WindowKind::kBetween;
    int64_t from = 0;
    int64_t to = 0;
    std::vector<Asked> asked;
  };

  std::vector<Window> windows;
  size_t window_count = 0;
  std::vector<IdSet> sets;                              // of one row
  std::vector<std::vector<uint64_t>> pairs;             // row and id, of many rows
  std::array<uint64_t, Leaf::kMostEvents / 64> mask;    // events of a leaf that count at all
  std::array<uint32_t, Leaf::kMostEvents> rows;         // of a leaf's events
  std::array<uint32_t, Leaf::kMostEvents> row_of_code;  // of a leaf's accounts
  std::array<int64_t, Leaf::kMostEvents> times;
};

class Collector {
 public:
  Collector(const Layout& layout, absl::Span<const AskedMeasure> asked, const AskedSubject& subject,
            CellTable& table);

  void Add(const Node& series);
  void Finish();

 private:
  using Asked = CollectScratch::Asked;
  using Window = CollectScratch::Window;
  using Place = Branch::Place;
  static constexpr uint32_t kNoRow = ~uint32_t{0};

  // Every event of a window goes to one row: what is known of whole leaves is used.
  void AddWhole(const Leaf& leaf, const Window& window);
  void AddWhole(const Branch& branch, const Window& window);
  void AddRange(const Leaf& leaf, size_t from, size_t to, const Window& window);
  void AddRange(const Branch& branch, Place from, Place to, const Window& window);
  void AddValues(const Leaf& leaf, size_t from, size_t to, const Asked& asked);
  void AddSums(const Branch& branch, Place from, Place to, const Asked& asked);
  void AddIds(const Leaf& leaf, size_t from, size_t to, const Asked& asked);

  // Events are looked at one by one.
  void AddPicked(const Leaf& leaf, const Window& window);
  bool Pick(const Leaf& leaf, size_t from, size_t to, const Window& window);
  void AddPicked(const Leaf& leaf, const Asked& asked);

  uint32_t Row();

  const Layout& layout_;
  const AskedSubject& subject_;
  CellTable& table_;
  CollectScratch& scratch_;
  size_t sets_ = 0;
  uint32_t row_ = kNoRow;  // of the subject, where it is not by account
};

}  // namespace keyscore::measures
