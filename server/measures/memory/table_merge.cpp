// A merge of sorted rows.
#include "measures/memory/table_merge.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace keyscore::measures {
namespace {

using RowKey = std::pair<std::string_view, std::string_view>;

RowKey KeyOf(const store::MeasureTable& table, size_t row) {
  return {table.subject_ids[row], table.account_ids.empty()
                                      ? std::string_view()
                                      : std::string_view(table.account_ids[row])};
}

// The usual case: the rows of one table hold those of all others, so its columns need no copying.
// False = they don't, and nothing has happened.
bool MoveIntoLargest(const std::vector<store::ResolvedMeasure>& measures,
                     std::vector<PlacedTable>& tables, store::MeasureTable& whole);

// What a count and a sum of nothing are is 0, a list is empty, anything else has no value.
bool HasValueOfNothing(store::Aggregate aggregate) {
  return aggregate == store::Aggregate::kCount || aggregate == store::Aggregate::kCountDistinct ||
         aggregate == store::Aggregate::kSum || aggregate == store::Aggregate::kList;
}

}  // namespace

void AppendCell(const store::MeasureColumn& from, size_t row, store::Aggregate aggregate,
                store::MeasureColumn& to) {
  const bool empty = row == kNoCell;
  if (aggregate == store::Aggregate::kList) {
    to.lists.push_back(empty ? std::vector<double>() : from.lists[row]);
  } else {
    to.numbers.push_back(empty ? 0 : from.numbers[row]);
  }
  to.valid.push_back(empty ? HasValueOfNothing(aggregate) : from.valid[row]);
  to.fact_count.push_back(empty ? 0 : from.fact_count[row]);
  to.newest.push_back(empty ? absl::InfinitePast() : from.newest[row]);
}

store::MeasureColumn InOrder(store::MeasureColumn column, const std::vector<size_t>& order) {
  store::MeasureColumn ordered;
  ordered.valid.reserve(order.size());
  ordered.fact_count.reserve(order.size());
  ordered.newest.reserve(order.size());
  ordered.numbers.reserve(column.numbers.empty() ? 0 : order.size());
  for (const size_t row : order) {
    if (!column.numbers.empty()) ordered.numbers.push_back(column.numbers[row]);
    if (!column.lists.empty()) ordered.lists.push_back(std::move(column.lists[row]));
    ordered.valid.push_back(column.valid[row]);
    ordered.fact_count.push_back(column.fact_count[row]);
    ordered.newest.push_back(column.newest[row]);
  }
  return ordered;
}

void Append(store::MeasureTable more, store::MeasureTable& table) {
  const auto move_all = [](auto& from, auto& to) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  };
  move_all(more.subject_ids, table.subject_ids);
  move_all(more.account_ids, table.account_ids);
  for (size_t i = 0; i < table.columns.size(); ++i) {
    store::MeasureColumn& from = more.columns[i];
    store::MeasureColumn& to = table.columns[i];
    move_all(from.numbers, to.numbers);
    move_all(from.lists, to.lists);
    move_all(from.valid, to.valid);
    move_all(from.fact_count, to.fact_count);
    move_all(from.newest, to.newest);
  }
}

namespace {

bool MoveIntoLargest(const std::vector<store::ResolvedMeasure>& measures,
                     std::vector<PlacedTable>& tables, store::MeasureTable& whole) {
  const auto largest = std::max_element(
      tables.begin(), tables.end(), [](const PlacedTable& a, const PlacedTable& b) {
        return a.table.subject_ids.size() < b.table.subject_ids.size();
      });
  const size_t rows = largest->table.subject_ids.size();
  // Per table the row for each row of the largest.
  std::vector<std::vector<size_t>> row_of(tables.size());
  for (size_t t = 0; t < tables.size(); ++t) {
    const store::MeasureTable& table = tables[t].table;
    if (&table == &largest->table) continue;
    row_of[t].assign(rows, kNoCell);
    size_t next = 0;
    for (size_t row = 0; row < rows && next < table.subject_ids.size(); ++row) {
      if (KeyOf(table, next) == KeyOf(largest->table, row)) row_of[t][row] = next++;
    }
    if (next < table.subject_ids.size()) return false;
  }
  for (size_t t = 0; t < tables.size(); ++t) {
    for (size_t i = 0; i < tables[t].places.size(); ++i) {
      const size_t place = tables[t].places[i];
      if (&tables[t] == &*largest) {
        whole.columns[place] = std::move(tables[t].table.columns[i]);
        continue;
      }
      for (const size_t row : row_of[t]) {
        AppendCell(tables[t].table.columns[i], row, measures[place].aggregate,
                   whole.columns[place]);
      }
    }
  }
  whole.subject_ids = std::move(largest->table.subject_ids);
  whole.account_ids = std::move(largest->table.account_ids);
  return true;
}

}  // namespace

store::MeasureTable MergeTables(const std::vector<store::ResolvedMeasure>& measures,
                                std::vector<PlacedTable> tables, int64_t watermark) {
  store::MeasureTable whole;
  whole.watermark = watermark;
  whole.columns.resize(measures.size());
  if (tables.size() == 1) {
    whole.subject_ids = std::move(tables[0].table.subject_ids);
    whole.account_ids = std::move(tables[0].table.account_ids);
    for (size_t i = 0; i < tables[0].places.size(); ++i) {
      whole.columns[tables[0].places[i]] = std::move(tables[0].table.columns[i]);
    }
    return whole;
  }
  if (MoveIntoLargest(measures, tables, whole)) return whole;
  bool by_account = false;
  for (const PlacedTable& placed : tables) by_account |= !placed.table.account_ids.empty();
  std::vector<size_t> next(tables.size(), 0);
  for (;;) {
    const PlacedTable* first = nullptr;
    size_t first_row = 0;
    for (size_t t = 0; t < tables.size(); ++t) {
      const store::MeasureTable& table = tables[t].table;
      if (next[t] == table.subject_ids.size()) continue;
      if (first == nullptr || KeyOf(table, next[t]) < KeyOf(first->table, first_row)) {
        first = &tables[t];
        first_row = next[t];
      }
    }
    if (first == nullptr) return whole;
    whole.subject_ids.push_back(first->table.subject_ids[first_row]);
    if (by_account) whole.account_ids.push_back(first->table.account_ids[first_row]);
    const RowKey key = KeyOf(first->table, first_row);
    for (size_t t = 0; t < tables.size(); ++t) {
      const store::MeasureTable& table = tables[t].table;
      const bool there = next[t] < table.subject_ids.size() && KeyOf(table, next[t]) == key;
      const size_t row = there ? next[t]++ : kNoCell;
      for (size_t i = 0; i < tables[t].places.size(); ++i) {
        const size_t place = tables[t].places[i];
        AppendCell(table.columns[i], row, measures[place].aggregate, whole.columns[place]);
      }
    }
  }
}

}  // namespace keyscore::measures
