// Grows columns, orders lists, and finishes what was accumulated.
#include "measures/memory/cell_table.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "absl/time/time.h"
#include "measures/memory/collect.h"
#include "measures/memory/leaf.h"

namespace keyscore::measures {
namespace {

using store::Aggregate;

// Whether a comes before b in the order of events.
bool ComesBefore(const CellTable::Place& a, const CellTable::Place& b) {
  if (a.time != b.time) return a.time < b.time;
  if (a.leaf == b.leaf) return a.position < b.position;
  std::string fact_id_a, fact_id_b;
  a.leaf->GetFactId(a.position, fact_id_a);
  b.leaf->GetFactId(b.position, fact_id_b);
  return fact_id_a < fact_id_b;
}

bool IsCount(Aggregate aggregate) {
  return aggregate == Aggregate::kCount || aggregate == Aggregate::kCountDistinct;
}

bool IsExtreme(Aggregate aggregate) {
  return aggregate == Aggregate::kMin || aggregate == Aggregate::kMax;
}

}  // namespace

CellTable::CellTable(std::vector<Aggregate> columns)
    : columns_(columns.begin(), columns.end()), scratch_(std::make_unique<CollectScratch>()) {}

CellTable::~CellTable() {
  for (Column& column : columns_) {
    for (auto& [row, sum] : column.odd_) sum.Clear();
  }
}

size_t CellTable::Row(uint32_t subject, NameId account) {
  const auto [row, added] =
      row_of_.try_emplace(uint64_t{subject} << 32 | account, static_cast<uint32_t>(rows_.size()));
  if (added) rows_.emplace_back(subject, account);
  return row->second;
}

void CellTable::Column::Grow(size_t row) {
  Cell empty;
  if (IsCount(aggregate_)) empty.count = 0;
  if (IsExtreme(aggregate_)) empty.extreme = std::numeric_limits<double>::quiet_NaN();
  cells_.resize(row + 1, empty);
  if (aggregate_ == Aggregate::kFirst || aggregate_ == Aggregate::kLast) places_.resize(row + 1);
}

store::ExactSum& CellTable::Column::Odd(size_t row) {
  const auto [sum, added] = odd_.try_emplace(row);
  if (added) sum->second.Init();
  return sum->second;
}

void CellTable::Column::AddOdd(size_t row, double value) { Odd(row).Add(value); }

// The sum of the two overflowed, and stands there without what it lost: takes it back.
void CellTable::Column::Spill(size_t row, store::Fixed128 added) {
  __extension__ using Unsigned = unsigned __int128;
  store::Fixed128& sum = cells_[row].sum;
  sum = static_cast<store::Fixed128>(static_cast<Unsigned>(sum) - static_cast<Unsigned>(added));
  Odd(row).AddFixed(std::exchange(sum, added));
}

void CellTable::Column::AddPlace(size_t row, const Place& place) {
  Place& known = places_[row];
  const bool better =
      known.leaf == nullptr ||
      (aggregate_ == Aggregate::kFirst ? ComesBefore(place, known) : ComesBefore(known, place));
  if (better) known = place;
}

void CellTable::Column::TakeLists(store::MeasureColumn& column) {
  std::vector<size_t> begins(column.lists.size() + 1, 0);
  for (const Listed& one : listed_) ++begins[one.row + 1];
  for (size_t row = 1; row < begins.size(); ++row) begins[row] += begins[row - 1];
  std::vector<Place> places(listed_.size());
  std::vector<size_t> next(begins.begin(), begins.end() - 1);
  for (const Listed& one : listed_) places[next[one.row]++] = one.place;
  for (size_t row = 0; row < column.lists.size(); ++row) {
    const auto from = places.begin() + static_cast<std::ptrdiff_t>(begins[row]);
    const auto to = places.begin() + static_cast<std::ptrdiff_t>(begins[row + 1]);
    if (!std::is_sorted(from, to, ComesBefore)) std::sort(from, to, ComesBefore);
    column.lists[row].reserve(static_cast<size_t>(to - from));
    for (auto place = from; place != to; ++place) column.lists[row].push_back(place->value);
  }
}

store::MeasureColumn CellTable::Take(size_t i) {
  Column& from = columns_[i];
  const Aggregate aggregate = from.aggregate_;
  const size_t size = rows_.size();
  if (size > 0 && from.cells_.size() < size) from.Grow(size - 1);
  store::MeasureColumn to;
  to.fact_count.reserve(size);
  to.newest.reserve(size);
  for (const Column::Cell& cell : from.cells_) {
    to.fact_count.push_back(cell.facts);
    to.newest.push_back(cell.facts == 0 ? absl::InfinitePast() : absl::FromUnixMicros(cell.newest));
  }
  to.valid.assign(size, 1);
  if (aggregate == Aggregate::kList) {
    to.lists.resize(size);
    from.TakeLists(to);
    return to;
  }
  to.numbers.resize(size);
  for (size_t row = 0; row < size; ++row) {
    const Column::Cell& cell = from.cells_[row];
    double& number = to.numbers[row];
    if (IsCount(aggregate)) {
      number = static_cast<double>(cell.count);
    } else if (aggregate == Aggregate::kSum) {
      number = store::RoundFixed(cell.sum);
    } else if (IsExtreme(aggregate)) {
      to.valid[row] = !std::isnan(cell.extreme);
      // The engine, too, gives 0.0 for either zero.
      if (to.valid[row] != 0) number = cell.extreme + 0.0;
    } else {
      to.valid[row] = from.places_[row].leaf != nullptr;
      number = from.places_[row].value + 0.0;
    }
  }
  for (auto& [row, sum] : from.odd_) {
    sum.AddFixed(from.cells_[row].sum);
    to.numbers[row] = sum.Round() + 0.0;
  }
  return to;
}

}  // namespace keyscore::measures
