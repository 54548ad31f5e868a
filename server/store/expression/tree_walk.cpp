// The walk over the parse tree. What is not named here is refused.
#include "store/expression/tree_walk.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace keyscore::store {
namespace {

using Json = nlohmann::json;

template <typename Names>
bool Contains(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const std::array<std::string, 6> kOperators = {"OPERATOR_NOT",         "OPERATOR_IS_NULL",
                                               "OPERATOR_IS_NOT_NULL", "OPERATOR_COALESCE",
                                               "COMPARE_IN",           "COMPARE_NOT_IN"};
const std::array<std::string, 8> kComparisons = {
    "COMPARE_EQUAL",         "COMPARE_NOTEQUAL",          "COMPARE_LESSTHAN",
    "COMPARE_GREATERTHAN",   "COMPARE_LESSTHANOREQUALTO", "COMPARE_GREATERTHANOREQUALTO",
    "COMPARE_DISTINCT_FROM", "COMPARE_NOT_DISTINCT_FROM"};
const std::array<std::string, 9> kConstants = {
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "DECIMAL", "DOUBLE", "VARCHAR", "BOOLEAN", "NULL"};

std::string Quoted(const std::string& token) {
  constexpr size_t kShown = 80;
  return absl::StrCat("'", token.size() > kShown ? token.substr(0, kShown) + "..." : token, "'");
}

// Field access that can't throw: a missing or differently typed field is empty.
std::string Text(const Json& node, const char* field) {
  const auto it = node.find(field);
  return it != node.end() && it->is_string() ? it->get<std::string>() : std::string();
}
bool IsEmptyField(const Json& node, const char* field) {
  const auto it = node.find(field);
  return it == node.end() || it->is_null() || it->empty() || (it->is_boolean() && !it->get<bool>());
}

class Walker {
 public:
  explicit Walker(const ExpressionAllowList& allow_list) : allow_(allow_list) {}

  absl::Status Walk(const Json& node, size_t depth) {
    if (depth > allow_.max_depth) {
      return absl::InvalidArgumentError(
          absl::StrCat("the expression is nested deeper than ", allow_.max_depth, " levels"));
    }
    if (++nodes_ > allow_.max_nodes) {
      return absl::InvalidArgumentError(
          absl::StrCat("the expression has more than ", allow_.max_nodes, " parts"));
    }
    if (!node.is_object()) return absl::InvalidArgumentError("the expression has a part unknown");
    if (!Text(node, "alias").empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("an alias (AS ", Quoted(Text(node, "alias")),
                       ") is not allowed; give the expression alone"));
    }
    const std::string node_class = Text(node, "class"), type = Text(node, "type");
    if (node_class == "CONSTANT") return Constant(node);
    if (node_class == "COLUMN_REF") return Column(node);
    if (node_class == "FUNCTION") return Function(node, depth);
    if (node_class == "CAST") return Cast(node, depth);
    if (node_class == "CASE") return Case(node, depth);
    if (node_class == "BETWEEN") return WalkFields(node, {"input", "lower", "upper"}, depth);
    if (node_class == "CONJUNCTION") return Children(node, depth);
    if (node_class == "COMPARISON" && Contains(kComparisons, type)) {
      return WalkFields(node, {"left", "right"}, depth);
    }
    if (node_class == "OPERATOR" && Contains(kOperators, type)) return Children(node, depth);
    return Refused(node_class, type);
  }

  std::vector<std::vector<std::string>> TakeColumns() { return std::move(columns_); }

 private:
  static absl::Status Refused(const std::string& node_class, const std::string& type) {
    std::string what = absl::StrCat(node_class, " ", type);
    if (node_class == "SUBQUERY") what = "a sub-query";
    if (node_class == "WINDOW") what = "a window function (OVER)";
    if (node_class == "STAR") what = "'*'";
    if (node_class == "LAMBDA") what = "a lambda (->)";
    if (node_class == "PARAMETER") what = "a parameter ('?' or '$')";
    if (node_class == "COLLATE") what = "COLLATE";
    if (type == "ARRAY_EXTRACT" || type == "ARRAY_SLICE") what = "[ ]";
    return absl::InvalidArgumentError(
        absl::StrCat(what,
                     " is not allowed in an expression; allowed are columns, constants, "
                     "comparisons, and, or, not, in, between, is null, coalesce, case, casts "
                     "and the listed functions"));
  }

  static absl::Status Constant(const Json& node) {
    const auto value = node.find("value");
    const auto type = value == node.end() ? node.end() : value->find("type");
    const std::string id =
        value == node.end() || type == value->end() ? std::string() : Text(*type, "id");
    if (Contains(kConstants, id)) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("a constant of type ", id, " is not allowed in an expression"));
  }

  absl::Status Column(const Json& node) {
    std::vector<std::string> parts;
    const auto names = node.find("column_names");
    if (names != node.end() && names->is_array()) {
      for (const Json& name : *names) {
        if (name.is_string()) parts.push_back(name.get<std::string>());
      }
    }
    if (parts.empty() || parts.size() > allow_.max_column_parts) {
      return absl::InvalidArgumentError(
          absl::StrCat("the column name ", Quoted(absl::StrJoin(parts, ".")), " has ", parts.size(),
                       " parts, at most ", allow_.max_column_parts, " are allowed"));
    }
    if (!Contains(columns_, parts)) columns_.push_back(std::move(parts));
    return absl::OkStatus();
  }

  template <typename T>
  static bool Contains(const std::vector<T>& values, const T& value) {
    return std::find(values.begin(), values.end(), value) != values.end();
  }
  template <typename Names>
  static bool Contains(const Names& names, const std::string& name) {
    return keyscore::store::Contains(names, name);
  }

  absl::Status Function(const Json& node, size_t depth) {
    const std::string name = absl::AsciiStrToLower(Text(node, "function_name"));
    const std::string schema = Text(node, "schema");
    const bool aggregate = allow_.aggregates.contains(name);
    const bool named = aggregate || allow_.functions.contains(name);
    if (!named || (!schema.empty() && schema != "main") || !Text(node, "catalog").empty()) {
      std::string allowed = absl::StrJoin(allow_.functions, ", ");
      if (!allow_.aggregates.empty()) {
        absl::StrAppend(&allowed, ", ", absl::StrJoin(allow_.aggregates, ", "));
      }
      return absl::InvalidArgumentError(absl::StrCat("the function ", Quoted(name),
                                                     " is not allowed in an expression; allowed "
                                                     "are coalesce, ",
                                                     allowed));
    }
    const auto order = node.find("order_bys");
    const bool ordered =
        order != node.end() && order->is_object() && !IsEmptyField(*order, "orders");
    if (!IsEmptyField(node, "filter") || ordered || !IsEmptyField(node, "export_state") ||
        (!aggregate && !IsEmptyField(node, "distinct"))) {
      return absl::InvalidArgumentError(absl::StrCat(
          "FILTER, ORDER BY and DISTINCT are not allowed inside the function ", Quoted(name)));
    }
    return Children(node, depth);
  }

  absl::Status Cast(const Json& node, size_t depth) {
    const auto type = node.find("cast_type");
    const std::string id = type == node.end() ? std::string() : Text(*type, "id");
    if (!allow_.cast_types.contains(id) || (id != "DECIMAL" && !IsEmptyField(*type, "type_info"))) {
      return absl::InvalidArgumentError(absl::StrCat("a cast to ", id.empty() ? "this type" : id,
                                                     " is not allowed; allowed are ",
                                                     absl::StrJoin(allow_.cast_types, ", ")));
    }
    if (!allow_.try_cast && !IsEmptyField(node, "try_cast")) {
      return absl::InvalidArgumentError("try_cast is not allowed; use cast");
    }
    return WalkFields(node, {"child"}, depth);
  }

  absl::Status Case(const Json& node, size_t depth) {
    const auto checks = node.find("case_checks");
    if (checks != node.end() && checks->is_array()) {
      for (const Json& check : *checks) {
        absl::Status walked = WalkFields(check, {"when_expr", "then_expr"}, depth);
        if (!walked.ok()) return walked;
      }
    }
    return WalkFields(node, {"else_expr"}, depth);
  }

  absl::Status Children(const Json& node, size_t depth) {
    const auto children = node.find("children");
    if (children == node.end() || !children->is_array()) return absl::OkStatus();
    for (const Json& child : *children) {
      if (absl::Status walked = Walk(child, depth + 1); !walked.ok()) return walked;
    }
    return absl::OkStatus();
  }

  absl::Status WalkFields(const Json& node, std::initializer_list<const char*> fields,
                          size_t depth) {
    for (const char* field : fields) {
      const auto child = node.find(field);
      if (child == node.end() || child->is_null()) continue;
      if (absl::Status walked = Walk(*child, depth + 1); !walked.ok()) return walked;
    }
    return absl::OkStatus();
  }

  const ExpressionAllowList& allow_;
  size_t nodes_ = 0;
  std::vector<std::vector<std::string>> columns_;
};

// Everything of a SELECT but its one item must be absent.
absl::Status CheckBareSelect(const Json& select) {
  static const Json kNothing = Json::object();
  const auto from = select.find("from_table");
  const auto ctes = select.find("cte_map");
  const bool bare = Text(select, "type") == "SELECT_NODE" && from != select.end() &&
                    Text(*from, "type") == "EMPTY" && IsEmptyField(select, "modifiers") &&
                    (ctes == select.end() || IsEmptyField(*ctes, "map")) &&
                    IsEmptyField(select, "where_clause") &&
                    IsEmptyField(select, "group_expressions") &&
                    IsEmptyField(select, "group_sets") && IsEmptyField(select, "having") &&
                    IsEmptyField(select, "sample") && IsEmptyField(select, "qualify");
  if (bare) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "only one expression is allowed, without FROM, WHERE, ORDER BY or another clause");
}

}  // namespace

absl::StatusOr<std::vector<std::vector<std::string>>> WalkSelect(
    const std::string& serialized, const ExpressionAllowList& allow_list) {
  const Json root = Json::parse(serialized, nullptr, /*allow_exceptions=*/false);
  if (!root.is_object()) return absl::InvalidArgumentError("the expression could not be read");
  if (!IsEmptyField(root, "error")) {
    return absl::InvalidArgumentError(
        absl::StrCat("the expression does not parse: ", Text(root, "error_message")));
  }
  const auto statements = root.find("statements");
  if (statements == root.end() || !statements->is_array() || statements->size() != 1 ||
      !statements->front().is_object()) {
    return absl::InvalidArgumentError("only one expression is allowed, no further statement");
  }
  const auto select = statements->front().find("node");
  if (select == statements->front().end() || !select->is_object()) {
    return absl::InvalidArgumentError("the expression could not be read");
  }
  if (absl::Status bare = CheckBareSelect(*select); !bare.ok()) return bare;
  const auto items = select->find("select_list");
  if (items == select->end() || !items->is_array() || items->size() != 1) {
    return absl::InvalidArgumentError("only one expression is allowed, not a list");
  }
  Walker walker(allow_list);
  if (absl::Status walked = walker.Walk(items->front(), 1); !walked.ok()) return walked;
  return walker.TakeColumns();
}

}  // namespace keyscore::store
