// Finds each subject's rows, and reads inputs from them.
#include "kpis/subject_tables.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "kpis/gather.h"

namespace keyscore::kpis {
namespace {

// The columns' cells at `rows`, unless they are just these.
std::vector<store::MeasureColumn> Picked(store::MeasureTable table,
                                         const std::vector<store::ResolvedMeasure>& measures,
                                         const std::vector<size_t>& rows) {
  const bool as_it_stands = rows.size() == table.subject_ids.size() && [&rows] {
    for (size_t i = 0; i < rows.size(); ++i) {
      if (rows[i] != i) return false;
    }
    return true;
  }();
  if (as_it_stands && !rows.empty()) return std::move(table.columns);
  std::vector<store::MeasureColumn> picked;
  picked.reserve(measures.size());
  table.columns.resize(measures.size());
  for (size_t i = 0; i < measures.size(); ++i) {
    picked.push_back(Gather(table.columns[i], measures[i].aggregate, rows));
  }
  return picked;
}

// Where each subject's rows begin, if the table stands in the order of the subjects, and theirs in
// that of accounts; else nothing. So it mostly does, and then nothing has to be moved.
std::optional<std::vector<size_t>> FirstRows(const store::MeasureTable& table,
                                             const std::vector<std::string>& subject_ids) {
  const auto rises = [](const std::string& a, const std::string& b) { return a < b; };
  for (size_t i = 1; i < subject_ids.size(); ++i) {
    if (!rises(subject_ids[i - 1], subject_ids[i])) return std::nullopt;
  }
  std::vector<size_t> first = {0};
  first.reserve(subject_ids.size() + 1);
  for (size_t row = 0; row < table.subject_ids.size(); ++row) {
    while (first.size() <= subject_ids.size() &&
           subject_ids[first.size() - 1] != table.subject_ids[row]) {
      first.push_back(row);
    }
    if (first.size() > subject_ids.size()) return std::nullopt;
    if (row > first.back() && !rises(table.account_ids[row - 1], table.account_ids[row])) {
      return std::nullopt;
    }
  }
  first.resize(subject_ids.size() + 1, table.subject_ids.size());
  return first;
}

}  // namespace

SubjectTable BySubject(store::MeasureTable table,
                       const std::vector<store::ResolvedMeasure>& measures,
                       const std::vector<std::string>& subject_ids) {
  std::vector<size_t> rows(subject_ids.size(), kNoRow);
  if (table.subject_ids == subject_ids) {
    for (size_t row = 0; row < rows.size(); ++row) rows[row] = row;
  } else if (!table.subject_ids.empty()) {
    absl::flat_hash_map<std::string_view, size_t> row_of;
    row_of.reserve(table.subject_ids.size());
    for (size_t row = 0; row < table.subject_ids.size(); ++row) {
      row_of.emplace(table.subject_ids[row], row);
    }
    for (size_t subject = 0; subject < rows.size(); ++subject) {
      const auto found = row_of.find(subject_ids[subject]);
      if (found != row_of.end()) rows[subject] = found->second;
    }
  }
  return {.columns = Picked(std::move(table), measures, rows)};
}

AccountTable ByAccount(store::MeasureTable table,
                       const std::vector<store::ResolvedMeasure>& measures,
                       const std::vector<std::string>& subject_ids) {
  if (!table.subject_ids.empty()) {
    if (auto first = FirstRows(table, subject_ids)) {
      return {.account_ids = std::move(table.account_ids),
              .first = *std::move(first),
              .columns = std::move(table.columns)};
    }
  }
  absl::flat_hash_map<std::string_view, std::vector<size_t>> rows_of;
  for (size_t row = 0; row < table.subject_ids.size(); ++row) {
    rows_of[table.subject_ids[row]].push_back(row);
  }
  for (auto& [subject, rows] : rows_of) {
    std::sort(rows.begin(), rows.end(),
              [&table](size_t a, size_t b) { return table.account_ids[a] < table.account_ids[b]; });
  }
  AccountTable ordered;
  ordered.first.reserve(subject_ids.size() + 1);
  std::vector<size_t> rows;
  rows.reserve(table.subject_ids.size());
  for (const std::string& subject : subject_ids) {
    ordered.first.push_back(rows.size());
    const auto found = rows_of.find(subject);
    if (found == rows_of.end()) continue;
    rows.insert(rows.end(), found->second.begin(), found->second.end());
  }
  ordered.first.push_back(rows.size());
  ordered.account_ids.reserve(rows.size());
  for (const size_t row : rows) ordered.account_ids.push_back(table.account_ids[row]);
  ordered.columns = Picked(std::move(table), measures, rows);
  return ordered;
}

std::vector<InputValue> InputsAt(const PlannedKpi& planned, absl::Span<const size_t> columns,
                                 const std::vector<store::MeasureColumn>& table, size_t row) {
  const auto& inputs = planned.kpi->definition.inputs;
  std::vector<InputValue> values(inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const store::MeasureColumn& column = table[columns[i]];
    InputValue& value = values[i];
    value.input = i;
    value.interval = planned.intervals[i];
    value.fact_count = column.fact_count[row];
    if (inputs[i].aggregate == store::Aggregate::kList) {
      const std::vector<double>& list = column.lists[row];
      value.values.assign(list.begin(),
                          list.begin() + static_cast<ptrdiff_t>(std::min(list.size(), kMaxListed)));
    } else if (column.valid.empty() || column.valid[row] != 0) {
      value.value = column.numbers[row];
    }
  }
  return values;
}

std::vector<InputValue> SummedInputs(const PlannedKpi& planned,
                                     const std::vector<store::MeasureColumn>& table,
                                     absl::Span<const size_t> rows) {
  const auto& inputs = planned.kpi->definition.inputs;
  std::vector<InputValue> values(inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const store::MeasureColumn& column = table[planned.columns[i]];
    InputValue& value = values[i];
    value.input = i;
    value.interval = planned.intervals[i];
    double sum = 0;
    for (const size_t row : rows) {
      value.fact_count += column.fact_count[row];
      if (!column.numbers.empty()) sum += column.numbers[row];
    }
    if (IsAdditive(inputs[i].aggregate)) value.value = sum;
  }
  return values;
}

absl::Time NewestFact(const PlannedKpi& planned, const std::vector<store::MeasureColumn>& table,
                      absl::Span<const size_t> rows) {
  absl::Time newest = absl::InfinitePast();
  const auto& inputs = planned.kpi->definition.inputs;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (IsAtInstant(inputs[i])) continue;
    for (const size_t row : rows) newest = std::max(newest, table[planned.columns[i]].newest[row]);
  }
  return newest;
}

bool HasFact(absl::Span<const size_t> columns, const std::vector<store::MeasureColumn>& table,
             size_t row) {
  return std::any_of(columns.begin(), columns.end(),
                     [&](size_t column) { return table[column].fact_count[row] > 0; });
}

}  // namespace keyscore::kpis
