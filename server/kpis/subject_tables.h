// The measures of an evaluation, put in the order of the subjects that it asks about.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "kpis/evaluate.h"
#include "kpis/plan.h"
#include "store/store.h"

namespace keyscore::kpis {

// Row s is subject s: without a fact, where the store had no row.
struct SubjectTable {
  std::vector<store::MeasureColumn> columns;
};

// Subject s has the rows [first[s], first[s + 1]), in order of account id.
struct AccountTable {
  std::vector<std::string> account_ids;
  std::vector<size_t> first;
  std::vector<store::MeasureColumn> columns;
};

// `table` answers `measures`. Takes over its columns where they stand in this order already.
SubjectTable BySubject(store::MeasureTable table,
                       const std::vector<store::ResolvedMeasure>& measures,
                       const std::vector<std::string>& subject_ids);
AccountTable ByAccount(store::MeasureTable table,
                       const std::vector<store::ResolvedMeasure>& measures,
                       const std::vector<std::string>& subject_ids);

// The KPI's inputs at one row of the table where they stand in `columns`.
std::vector<InputValue> InputsAt(const PlannedKpi& planned, absl::Span<const size_t> columns,
                                 const std::vector<store::MeasureColumn>& table, size_t row);
// Those of a subject's accounts, summed where that means something.
std::vector<InputValue> SummedInputs(const PlannedKpi& planned,
                                     const std::vector<store::MeasureColumn>& table,
                                     absl::Span<const size_t> rows);
// The newest fact of the windows that aren't instants.
absl::Time NewestFact(const PlannedKpi& planned, const std::vector<store::MeasureColumn>& table,
                      absl::Span<const size_t> rows);
// Whether any of the columns has a fact in the row.
bool HasFact(absl::Span<const size_t> columns, const std::vector<store::MeasureColumn>& table,
             size_t row);

}  // namespace keyscore::kpis
