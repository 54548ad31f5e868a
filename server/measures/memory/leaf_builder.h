// Packs rows into leaves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "measures/memory/layout.h"
#include "measures/memory/leaf.h"

namespace keyscore::measures {

// Keeps its buffers from one leaf to the next. For one thread.
class LeafBuilder {
 public:
  explicit LeafBuilder(const Layout& layout);

  // Of 1 to Leaf::kMostEvents rows in the layout's order.
  LeafPtr Build(absl::Span<const uint64_t* const> rows);

 private:
  using Rows = absl::Span<const uint64_t* const>;

  static constexpr size_t kSlots = 2 * Leaf::kMostEvents;
  struct Slot {
    uint32_t epoch = 0;
    uint32_t id = 0;
    uint16_t code = 0;
  };

  void NumberIds();
  void CollectBitmaps(Rows rows);
  uint16_t Share(size_t first_word, size_t events);
  void AppendBits(LeafFields& leaf);
  void AppendAccounts(Rows rows, LeafFields& leaf);
  void AppendMeasure(Rows rows, size_t measure);
  // The rows' words for which the measure's bit is set.
  void CollectValues(Rows rows, size_t measure, size_t value);

  const Layout& layout_;
  std::vector<uint8_t> memory_;
  std::vector<Leaf::Column> columns_;
  std::vector<uint64_t> flags_;           // hits, then valids, by measure and block
  std::vector<const uint64_t*> bitmaps_;  // those of the leaf that differ
  std::vector<int64_t> numbers_;
  std::vector<uint64_t> values_;
  std::vector<double> doubles_;
  std::vector<uint32_t> ids_;
  std::vector<uint32_t> distinct_;
  std::vector<uint16_t> codes_;
  std::vector<Slot> slots_;  // a hash table; those of another epoch are empty
  uint32_t epoch_ = 0;
  std::vector<std::string_view> fact_ids_;
  size_t blocks_ = 0;
};

}  // namespace keyscore::measures
