// What windows over series add up to: a table of subjects (and their accounts) by measures, with
// the accumulators that it takes to fill it from several series in turn.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "measures/memory/events.h"
#include "store/exact_sum.h"
#include "store/store.h"

namespace keyscore::measures {

class Leaf;
struct CollectScratch;

// For one thread. The groups that fill it must outlive its last Take(). A column's cells of one
// row are filled by one call of Group::Collect.
class CellTable {
 public:
  explicit CellTable(std::vector<store::Aggregate> columns);
  CellTable(const CellTable&) = delete;
  CellTable& operator=(const CellTable&) = delete;
  ~CellTable();

  // (subject, account) of each row, in the order they came; account 0 where it was not by account.
  const std::vector<std::pair<uint32_t, NameId>>& rows() const { return rows_; }
  // The finished column, row by row: the very values the engine's table would have. Call once.
  store::MeasureColumn Take(size_t column);

  // ---- For groups ----

  // An event, where its place in the order of all series matters.
  struct Place {
    int64_t time = 0;
    const Leaf* leaf = nullptr;  // null = none
    uint32_t position = 0;
    double value = 0;
  };

  // One measure's cells, by row; those beyond the end are empty.
  class Column {
   public:
    explicit Column(store::Aggregate aggregate) : aggregate_(aggregate) {}

    store::Aggregate aggregate() const { return aggregate_; }

    // Events in the window, before any of the following is added to the row.
    void AddFacts(size_t row, int64_t count, int64_t newest) {
      if (row >= cells_.size()) Grow(row);
      Cell& cell = cells_[row];
      cell.facts += count;
      if (newest > cell.newest) cell.newest = newest;
    }
    void AddCount(size_t row, int64_t count) { cells_[row].count += count; }
    void AddSum(size_t row, store::Fixed128 sum) {
      store::Fixed128& total = cells_[row].sum;
      if (__builtin_add_overflow(total, sum, &total)) Spill(row, sum);
    }
    void AddOdd(size_t row, double value);
    void AddExtreme(size_t row, double value) {
      double& extreme = cells_[row].extreme;
      const bool better = aggregate_ == store::Aggregate::kMin ? value < extreme : value > extreme;
      if (better || extreme != extreme) extreme = value;
    }
    // kFirst and kLast.
    void AddPlace(size_t row, const Place& place);
    // kList; the events of one series in their order.
    void AddListed(size_t row, const Place& place) {
      listed_.push_back({static_cast<uint32_t>(row), place});
    }

   private:
    friend class CellTable;

    // All that most aggregates need, side by side.
    struct Cell {
      int64_t facts = 0;
      int64_t newest = std::numeric_limits<int64_t>::min();
      union {
        store::Fixed128 sum = 0;
        int64_t count;
        double extreme;  // NaN = none
      };
    };
    struct Listed {
      uint32_t row = 0;
      Place place;
    };

    void Grow(size_t row);
    void Spill(size_t row, store::Fixed128 added);
    store::ExactSum& Odd(size_t row);
    void TakeLists(store::MeasureColumn& column);

    store::Aggregate aggregate_;
    absl::InlinedVector<Cell, 1> cells_;    // a card's table has one row: nothing is allocated
    absl::InlinedVector<Place, 1> places_;  // kFirst and kLast
    absl::flat_hash_map<size_t, store::ExactSum> odd_;  // what sums could not hold
    std::vector<Listed> listed_;
  };

  Column& column(size_t i) { return columns_[i]; }
  // The row's number; makes it if it is not there.
  size_t Row(uint32_t subject, NameId account);
  CollectScratch& scratch() { return *scratch_; }

 private:
  std::vector<std::pair<uint32_t, NameId>> rows_;
  absl::flat_hash_map<uint64_t, uint32_t> row_of_;  // by subject and account
  std::vector<Column> columns_;
  std::unique_ptr<CollectScratch> scratch_;
};

}  // namespace keyscore::measures
