// Column by column; the loops are plain, so that the compiler can make vectors of them.
#include "store/event_chunk.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <limits>
#include <string_view>

namespace keyscore::store {
namespace {

using Form = EventStatement::Form;

void ReadTexts(const Chunk& chunk, size_t column, std::vector<std::string_view>& texts) {
  texts.resize(chunk.size());
  for (size_t row = 0; row < chunk.size(); ++row) {
    texts[row] = chunk.IsNull(column, row) ? std::string_view() : chunk.String(column, row);
  }
}

void ReadBools(const Chunk& chunk, size_t column, std::vector<uint8_t>& flags) {
  const bool* values = chunk.Data<bool>(column);
  flags.assign(values, values + chunk.size());
  for (size_t row = 0; row < chunk.size(); ++row) {
    flags[row] &= chunk.IsNull(column, row) ? 0 : 1;
  }
}

// The numbers of different values never read the same, and those of equal ones always do.
void WriteNumber(double value, std::string& out) {
  constexpr double kWhole = 9007199254740992.0;  // 2^53
  if (std::isnan(value)) {
    out += "nan";
  } else if (std::abs(value) <= kWhole && value == std::trunc(value)) {
    fmt::format_to(std::back_inserter(out), "{}", static_cast<int64_t>(value));  // -0 is 0
  } else {
    fmt::format_to(std::back_inserter(out), "{}", value);
  }
}

// An interval counts a month as 30 days of 24 hours where it is compared.
__extension__ using Int128 = __int128;
Int128 MicrosOf(const duckdb_interval& interval) {
  constexpr Int128 kDay = Int128{86'400} * 1'000'000;
  return (Int128{interval.months} * 30 + interval.days) * kDay + interval.micros;
}

// False = values of such a type have no text.
bool WriteValue(const Chunk& chunk, size_t column, size_t row, duckdb_type type, std::string& out) {
  const auto number = [&out](auto value) { fmt::format_to(std::back_inserter(out), "{}", value); };
  switch (type) {
    case DUCKDB_TYPE_BOOLEAN:
      out += chunk.Bool(column, row) ? "true" : "false";
      return true;
    case DUCKDB_TYPE_TINYINT:
      number(int{chunk.Data<int8_t>(column)[row]});
      return true;
    case DUCKDB_TYPE_SMALLINT:
      number(chunk.Data<int16_t>(column)[row]);
      return true;
    case DUCKDB_TYPE_INTEGER:
      number(chunk.Data<int32_t>(column)[row]);
      return true;
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_TIMESTAMP:
      number(chunk.Int64(column, row));
      return true;
    case DUCKDB_TYPE_HUGEINT: {
      const duckdb_hugeint& value = chunk.Data<duckdb_hugeint>(column)[row];
      fmt::format_to(std::back_inserter(out), "{}:{}", value.upper, value.lower);
      return true;
    }
    case DUCKDB_TYPE_DOUBLE:
      WriteNumber(chunk.Double(column, row), out);
      return true;
    case DUCKDB_TYPE_INTERVAL: {
      const Int128 micros = MicrosOf(chunk.Data<duckdb_interval>(column)[row]);
      fmt::format_to(std::back_inserter(out), "{}:{}", static_cast<int64_t>(micros >> 64),
                     static_cast<uint64_t>(micros));
      return true;
    }
    default:
      return false;
  }
}

// Texts of values that are no texts; they point into `buffer`.
bool WriteValues(const Chunk& chunk, size_t column, const std::vector<uint8_t>& valid,
                 std::string& buffer, std::vector<std::string_view>& texts) {
  const duckdb_type type = chunk.Type(column);
  std::vector<size_t> ends(chunk.size());
  buffer.clear();
  for (size_t row = 0; row < chunk.size(); ++row) {
    if (valid[row] != 0 && !WriteValue(chunk, column, row, type, buffer)) return false;
    ends[row] = buffer.size();
  }
  texts.resize(chunk.size());
  size_t start = 0;
  for (size_t row = 0; row < chunk.size(); ++row) {
    texts[row] = std::string_view(buffer).substr(start, ends[row] - start);
    start = ends[row];
  }
  return true;
}

}  // namespace

absl::Status EventReader::ReadMeasure(const Chunk& chunk, size_t measure) {
  const EventStatement::Cells& cells = statement_.cells[measure];
  EventChunk::Values& values = events_.measures[measure];
  const size_t rows = chunk.size();
  if (cells.filter.has_value()) {
    ReadBools(chunk, *cells.filter, values.hit);
  } else {
    values.hit.assign(rows, 1);
  }
  values.valid = values.hit;
  if (cells.form == Form::kNone) return absl::OkStatus();
  if (cells.form == Form::kPresence) {
    const bool* present = chunk.Data<bool>(cells.value);
    for (size_t row = 0; row < rows; ++row) {
      values.valid[row] &= !chunk.IsNull(cells.value, row) && present[row] ? 1 : 0;
    }
    return absl::OkStatus();
  }
  for (size_t row = 0; row < rows; ++row) {
    values.valid[row] &= chunk.IsNull(cells.value, row) ? 0 : 1;
  }
  if (cells.form == Form::kNumber) {
    const double* numbers = chunk.Data<double>(cells.value);
    values.numbers.resize(rows);
    for (size_t row = 0; row < rows; ++row) {
      values.valid[row] &= std::isfinite(numbers[row]) ? 1 : 0;
      values.numbers[row] = values.valid[row] != 0 ? numbers[row] : 0;
    }
    return absl::OkStatus();
  }
  if (chunk.Type(cells.value) != DUCKDB_TYPE_VARCHAR) {
    if (WriteValues(chunk, cells.value, values.valid, texts_[measure], values.texts)) {
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(
        "values of this type can't be told apart; use cast(… as varchar)");
  }
  values.texts.resize(rows);
  for (size_t row = 0; row < rows; ++row) {
    values.texts[row] =
        values.valid[row] != 0 ? chunk.String(cells.value, row) : std::string_view();
  }
  return absl::OkStatus();
}

absl::StatusOr<const EventChunk*> EventReader::Read(const Chunk& chunk) {
  events_.size = chunk.size();
  ReadTexts(chunk, EventStatement::kOwnerColumn, events_.owner_ids);
  ReadTexts(chunk, EventStatement::kAccountColumn, events_.account_ids);
  ReadTexts(chunk, EventStatement::kFactColumn, events_.fact_ids);
  const auto* versions = chunk.Data<int64_t>(EventStatement::kVersionColumn);
  events_.versions.assign(versions, versions + chunk.size());
  const auto* times = chunk.Data<int64_t>(EventStatement::kTimeColumn);
  events_.times.assign(times, times + chunk.size());
  if (with_ends_) {
    const auto* ends = chunk.Data<int64_t>(EventStatement::kEndColumn);
    events_.ends.assign(ends, ends + chunk.size());
    for (size_t row = 0; row < chunk.size(); ++row) {
      if (chunk.IsNull(EventStatement::kEndColumn, row)) {
        events_.ends[row] = std::numeric_limits<int64_t>::max();
      }
    }
  }
  for (size_t i = 0; i < events_.measures.size(); ++i) {
    if (absl::Status read = ReadMeasure(chunk, i); !read.ok()) return read;
  }
  return &events_;
}

}  // namespace keyscore::store
