// Parses with an in-memory DuckDB of its own, so that a check never waits for the store.
#include "store/expression/expression_checker.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "store/expression/tree_walk.h"

namespace keyscore::store {
namespace {

constexpr size_t kMaxRemembered = 4096;
// Depth at which DuckDB's parser gives up; well above max_depth, well below the stack's end.
constexpr char kParserDepth[] = "250";

}  // namespace

absl::StatusOr<std::unique_ptr<ExpressionChecker>> ExpressionChecker::Create(
    ExpressionAllowList allow_list) {
  absl::StatusOr<std::shared_ptr<Database>> database =
      Database::Open(":memory:", {{"threads", "1"},
                                  {"memory_limit", "256MB"},
                                  {"enable_external_access", "false"},
                                  {"autoload_known_extensions", "false"},
                                  {"autoinstall_known_extensions", "false"}});
  if (!database.ok()) return database.status();
  absl::StatusOr<std::unique_ptr<Connection>> connection = Connection::Open(*database);
  if (!connection.ok()) return connection.status();
  absl::Status set = (*connection)
                         ->Execute(absl::StrCat("SET max_expression_depth = ", kParserDepth,
                                                "; SET lock_configuration = true"));
  if (!set.ok()) return set;
  return std::unique_ptr<ExpressionChecker>(
      new ExpressionChecker(std::move(allow_list), *std::move(connection)));
}

absl::StatusOr<std::shared_ptr<const CheckedExpression>> ExpressionChecker::Check(
    const std::string& text) {
  {
    absl::MutexLock lock(&mutex_);
    const auto it = passed_.find(text);
    if (it != passed_.end()) return it->second;
  }
  absl::StatusOr<CheckedExpression> checked = ParseAndWalk(text);
  if (!checked.ok()) return checked.status();
  auto shared = std::make_shared<const CheckedExpression>(*std::move(checked));
  absl::MutexLock lock(&mutex_);
  if (passed_.size() >= kMaxRemembered) passed_.clear();
  passed_[text] = shared;
  return shared;
}

absl::StatusOr<CheckedExpression> ExpressionChecker::ParseAndWalk(const std::string& text) {
  if (text.size() > allow_list_.max_bytes) {
    return absl::InvalidArgumentError(absl::StrCat("the expression has ", text.size(),
                                                   " bytes, at most ", allow_list_.max_bytes,
                                                   " are allowed"));
  }
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    return absl::InvalidArgumentError("the expression is empty");
  }
  // The parser would read no further than to the first NUL, the engine neither.
  if (text.find('\0') != std::string::npos) {
    return absl::InvalidArgumentError("the expression holds a NUL character");
  }
  CheckedExpression checked{.sql = absl::StrCat("(", text, ")")};
  absl::StatusOr<std::vector<std::string>> trees =
      Serialize(absl::StrCat("SELECT ", text), absl::StrCat("SELECT ", checked.sql));
  if (!trees.ok()) return trees.status();
  for (const std::string& tree : *trees) {
    auto columns = WalkSelect(tree, allow_list_);
    if (!columns.ok()) return columns.status();
    checked.columns = *std::move(columns);
  }
  return checked;
}

absl::StatusOr<std::vector<std::string>> ExpressionChecker::Serialize(
    const std::string& alone, const std::string& in_parentheses) {
  std::vector<std::string> trees;
  absl::MutexLock lock(&mutex_);
  absl::StatusOr<Result> result = connection_->Query(
      "SELECT json_serialize_sql(CAST(? AS VARCHAR)), json_serialize_sql(CAST(? AS VARCHAR))",
      {alone, in_parentheses});
  if (!result.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the expression does not parse: ", std::string(result.status().message())));
  }
  result->ForEachChunk([&trees](const Chunk& chunk) {
    for (size_t column = 0; column < 2; ++column) trees.emplace_back(chunk.String(column, 0));
  });
  return trees;
}

}  // namespace keyscore::store
