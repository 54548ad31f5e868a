// The small pieces that SQL texts are put together from: names, literals, tables.
//
// Log columns of the store itself begin with an underscore and internal columns of queries with
// '@'; no column of a dataset can, so an expression can't reach them by accident.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "facts/schema.h"
#include "store/store.h"

namespace keyscore::store {

// "name", with quotes inside doubled.
std::string QuoteName(std::string_view name);
// 'text', with quotes inside doubled. The text must hold no NUL.
std::string QuoteText(std::string_view text);
// A TIMESTAMP constant. Infinite times become the first or last instant that an int64 of
// microseconds can hold.
std::string InstantLiteral(absl::Time instant);
// A constant of the value's type; NULL for none.
std::string ValueLiteral(const Value& value);
// What stands after IN: ('a', 'b', …), or a query of as many rows where they are many.
// INVALID_ARGUMENT if one holds a NUL.
absl::StatusOr<std::string> TextList(const std::vector<std::string>& texts);

// The names facts/interaction and superseded/interaction, bare and quoted. They are no SQL schemas
// of their own, because a schema and a database file of the same name can't be told apart.
std::string LogName(std::string_view dataset);
std::string SupersededName(std::string_view dataset);
std::string LogTable(std::string_view dataset);
std::string SupersededTable(std::string_view dataset);

// DuckDB's name of a column type.
std::string_view EngineType(facts::ColumnType type);

// Microseconds since the epoch, clamped where the time is infinite or out of range.
int64_t ToMicros(absl::Time instant);
absl::Time FromMicros(int64_t micros);

}  // namespace keyscore::store
