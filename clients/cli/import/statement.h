// The SQL of one import: what reads the rows of the loaded tables, evaluates the mapping's
// expressions, casts them to the dataset's types, and says of each row whether it is at fault.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/import/mapping.h"
#include "cli/import/sources.h"
#include "keyscore/v1/dataset_service.pb.h"
#include "store/expression/connection.h"

namespace keyscore::cli {

// What is wrong with a row, by the number that the statement gives it.
struct RowFault {
  std::string column;
  std::string reason;
};

struct SentColumn {
  std::string name;
  v1::DatasetColumn::Type type;
};

struct ImportStatement {
  // Columns: rowid of the source (BIGINT, null where rows are grouped), number of the fault
  // (INTEGER, 0 = none), then the columns sent.
  std::string select;
  std::vector<SentColumn> columns;
  size_t fact_id_column = 0;     // index into `columns`
  std::vector<RowFault> faults;  // fault n stands at n - 1
  std::string count;             // how many rows `select` gives
  // One a warning: SELECT count, then up to three fact_ids in a list joined by ", ".
  std::vector<std::string> warnings;
};

// Builds and binds the statement. Usage errors name the expression that doesn't fit the files'
// columns; INVALID_ARGUMENT a join that would multiply rows.
absl::StatusOr<ImportStatement> BuildStatement(const ImportSpec& import, const Mapping& mapping,
                                               const v1::Dataset& dataset,
                                               const std::vector<LoadedSource>& sources,
                                               store::Connection& connection);

}  // namespace keyscore::cli
