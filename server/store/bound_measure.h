// A measure whose expressions passed the checker and whose columns are known to exist.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/status/statusor.h"
#include "store/catalog.h"
#include "store/expression/expression_checker.h"
#include "store/store.h"

namespace keyscore::store {

// What a query must read of a dataset.
struct NeededColumns {
  absl::btree_set<std::string> own;
  // By the name that expressions use (contact): the columns of what it refers to.
  absl::btree_map<std::string, absl::btree_set<std::string>> referred;

  void Add(const NeededColumns& other);
};

struct BoundMeasure {
  ResolvedMeasure measure;
  std::shared_ptr<const CheckedExpression> value;   // null = none
  std::shared_ptr<const CheckedExpression> filter;  // null = none
  NeededColumns needs;
  bool uses_period = false;   // an expression names period_from or period_to
  bool plain_number = false;  // the value is nothing but a column of the dataset that holds numbers
};

// INVALID_ARGUMENT names the expression or column at fault, NOT_FOUND the dataset.
absl::StatusOr<BoundMeasure> BindMeasure(const ResolvedMeasure& measure, const Catalog& catalog,
                                         ExpressionChecker& checker);

// The column of the schema through which `alias` refers to another dataset ("contact" → the column
// contact_id); null if there is none.
const facts::ColumnSchema* FindReference(const facts::DatasetSchema& schema,
                                         const std::string& alias);

// "measure sum(amount) of dataset invoice_line", for error messages.
std::string Describe(const ResolvedMeasure& measure);

}  // namespace keyscore::store
