// Quoting and literals.
#include "store/sql_builder.h"

#include <fmt/format.h>

#include <limits>

namespace keyscore::store {
namespace {

// The engine compares a row with each of a list's constants in turn, and looks it up in a hash
// table where they come from a query.
constexpr size_t kMaxConstants = 32;

std::string Quote(std::string_view text, char quote) {
  std::string quoted(1, quote);
  for (const char c : text) {
    if (c == quote) quoted += quote;
    quoted += c;
  }
  quoted += quote;
  return quoted;
}

}  // namespace

std::string QuoteName(std::string_view name) { return Quote(name, '"'); }

std::string QuoteText(std::string_view text) { return Quote(text, '\''); }

int64_t ToMicros(absl::Time instant) {
  // DuckDB keeps the two extreme values for its own infinities.
  constexpr int64_t kLast = std::numeric_limits<int64_t>::max() - 1;
  if (instant >= absl::FromUnixMicros(kLast)) return kLast;
  if (instant <= absl::FromUnixMicros(-kLast)) return -kLast;
  return absl::ToUnixMicros(instant);
}

absl::Time FromMicros(int64_t micros) { return absl::FromUnixMicros(micros); }

std::string InstantLiteral(absl::Time instant) {
  return fmt::format("make_timestamp({}::BIGINT)", ToMicros(instant));
}

std::string ValueLiteral(const Value& value) {
  struct Visitor {
    std::string operator()(std::monostate) const { return "NULL"; }
    std::string operator()(bool flag) const { return flag ? "TRUE" : "FALSE"; }
    std::string operator()(int64_t number) const { return fmt::format("({}::BIGINT)", number); }
    std::string operator()(double number) const { return fmt::format("('{}'::DOUBLE)", number); }
    std::string operator()(const std::string& text) const { return QuoteText(text); }
    std::string operator()(absl::Time instant) const { return InstantLiteral(instant); }
  };
  return std::visit(Visitor(), value);
}

absl::StatusOr<std::string> TextList(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) {
    if (text.find('\0') != std::string::npos) {
      return absl::InvalidArgumentError("an id must not hold a NUL character");
    }
    list += list.empty() ? "" : ", ";
    list += QuoteText(text);
  }
  return texts.size() > kMaxConstants ? "(SELECT unnest([" + list + "]))" : "(" + list + ")";
}

std::string LogName(std::string_view dataset) { return fmt::format("facts/{}", dataset); }

std::string SupersededName(std::string_view dataset) {
  return fmt::format("superseded/{}", dataset);
}

std::string LogTable(std::string_view dataset) { return QuoteName(LogName(dataset)); }

std::string SupersededTable(std::string_view dataset) { return QuoteName(SupersededName(dataset)); }

std::string_view EngineType(facts::ColumnType type) {
  switch (type) {
    case facts::ColumnType::kBool:
      return "BOOLEAN";
    case facts::ColumnType::kInt64:
      return "BIGINT";
    case facts::ColumnType::kDouble:
      return "DOUBLE";
    case facts::ColumnType::kString:
      return "VARCHAR";
    case facts::ColumnType::kTimestamp:
      return "TIMESTAMP";
  }
  return "VARCHAR";
}

}  // namespace keyscore::store
