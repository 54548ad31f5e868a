// What an expression may consist of. Measures and the import's mappings have a list each.
#pragma once

#include <cstddef>
#include <string>

#include "absl/container/btree_set.h"

namespace keyscore::store {

struct ExpressionAllowList {
  // Scalar functions and operators by DuckDB's names, lower case ("+", "||", "~~" for LIKE).
  absl::btree_set<std::string> functions;
  // Aggregate functions; empty = none. They may be DISTINCT, but take no FILTER and no ORDER BY.
  absl::btree_set<std::string> aggregates;
  // Target types of casts, by DuckDB's names, upper case.
  absl::btree_set<std::string> cast_types;
  bool try_cast = false;
  // Most parts of a column's name: 2 allows contact.seniority.
  size_t max_column_parts = 2;

  size_t max_bytes = 4096;
  size_t max_depth = 64;
  size_t max_nodes = 1000;
};

// Of measures: what DuckDB, PostgreSQL and ClickHouse have in common, and the host's own
// days_between, hours_between and unix_seconds (host_functions.h).
const ExpressionAllowList& MeasureAllowList();

}  // namespace keyscore::store
