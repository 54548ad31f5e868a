// Decides whether a scalar SQL expression may reach an engine: DuckDB's own parser turns the text
// into a tree, and every node of the tree is held against an allow-list.
//
// The text itself is used afterwards, in parentheses; nothing is rendered again. A text passes only
// if it is a whole expression both alone and in parentheses, so it can't close a parenthesis that
// it did not open, end in a comment, or bring a clause or a second statement along.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "store/expression/allow_list.h"
#include "store/expression/connection.h"

namespace keyscore::store {

struct CheckedExpression {
  std::string sql;  // the text in parentheses
  // Columns that the expression reads, each once, in parts: {"score"}, {"contact", "seniority"}.
  // Binding them is the caller's: names like current_user look like columns here.
  std::vector<std::vector<std::string>> columns;
};

// Safe for use from several threads. What passed is remembered.
class ExpressionChecker {
 public:
  static absl::StatusOr<std::unique_ptr<ExpressionChecker>> Create(ExpressionAllowList allow_list);

  // INVALID_ARGUMENT names the token that is not allowed, and what is.
  absl::StatusOr<std::shared_ptr<const CheckedExpression>> Check(const std::string& text);

 private:
  ExpressionChecker(ExpressionAllowList allow_list, std::unique_ptr<Connection> connection)
      : allow_list_(std::move(allow_list)), connection_(std::move(connection)) {}

  absl::StatusOr<CheckedExpression> ParseAndWalk(const std::string& text);
  absl::StatusOr<std::vector<std::string>> Serialize(const std::string& alone,
                                                     const std::string& in_parentheses)
      ABSL_LOCKS_EXCLUDED(mutex_);

  const ExpressionAllowList allow_list_;
  absl::Mutex mutex_;
  std::unique_ptr<Connection> connection_ ABSL_PT_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::shared_ptr<const CheckedExpression>> passed_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace keyscore::store
