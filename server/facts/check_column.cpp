// Null, range, text and id checks of a column's values.
#include "facts/check_column.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "facts/utf8.h"

namespace keyscore::facts {
namespace {

// 1900-01-01T00:00:00Z and 10000-01-01T00:00:00Z in microseconds since the epoch.
constexpr int64_t kFirstInstant = -2'208'988'800'000'000;
constexpr int64_t kPastLastInstant = 253'402'300'800'000'000;

template <typename T>
void CheckRange(const ColumnSchema& schema, const Column& column, const std::vector<T>& values,
                RowFaults& faults) {
  const double low = schema.minimum.value_or(-INFINITY);
  const double high = schema.maximum.value_or(INFINITY);
  for (size_t row = 0; row < values.size(); ++row) {
    const double value = static_cast<double>(values[row]);
    if (value >= low && value <= high && std::isfinite(value)) continue;
    if (!column.IsValid(row)) continue;
    if (!std::isfinite(value)) {
      faults.Add(row, schema.name,
                 absl::StrCat(value, " is no number that can be stored; send null instead"));
    } else if (value < low) {
      faults.Add(row, schema.name,
                 absl::StrCat(values[row], " is less than the minimum ", *schema.minimum));
    } else {
      faults.Add(row, schema.name,
                 absl::StrCat(values[row], " is more than the maximum ", *schema.maximum));
    }
  }
}

void CheckInstants(const ColumnSchema& schema, const Column& column,
                   const std::vector<int64_t>& values, RowFaults& faults) {
  for (size_t row = 0; row < values.size(); ++row) {
    if (values[row] >= kFirstInstant && values[row] < kPastLastInstant) continue;
    if (!column.IsValid(row)) continue;
    faults.Add(row, schema.name,
               absl::StrCat(values[row],
                            " µs since 1970 is not in the years 1900 to 9999 (is it in another "
                            "unit?)"));
  }
}

std::string Shortened(std::string_view text) {
  constexpr size_t kShown = 60;
  if (text.size() <= kShown) return std::string(text);
  size_t end = kShown;  // not in the middle of a character
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

void CheckAllowed(const ColumnSchema& schema, const Column& column, const StringValues& values,
                  RowFaults& faults) {
  const absl::flat_hash_set<std::string_view> allowed(schema.allowed_values.begin(),
                                                      schema.allowed_values.end());
  std::string_view known;  // the text before, if it is allowed: equal ones often stand together
  for (size_t row = 0; row < values.size(); ++row) {
    const std::string_view text = values[row];
    if (!column.IsValid(row) || (known.data() != nullptr && text == known)) continue;
    if (allowed.contains(text)) {
      known = text;
      continue;
    }
    if (!IsStorableUtf8(values[row])) {
      faults.Add(row, schema.name, "the text is not valid UTF-8 (or holds U+0000)");
      continue;
    }
    constexpr size_t kListed = 20;
    const size_t listed = std::min(kListed, schema.allowed_values.size());
    faults.Add(row, schema.name,
               absl::StrCat("'", Shortened(values[row]), "' is not one of ",
                            absl::StrJoin(schema.allowed_values.begin(),
                                          schema.allowed_values.begin() + listed, ", "),
                            listed < schema.allowed_values.size() ? ", …" : ""));
  }
}

// Whether a look at the column as a whole shows that no row can be at fault.
bool IsSoundText(const StringValues& values, size_t shortest, size_t longest) {
  size_t least = longest, most = 0;
  for (size_t row = 0; row < values.size(); ++row) {
    const size_t size = values.offsets[row + 1] - values.offsets[row];
    least = std::min(least, size);
    most = std::max(most, size);
  }
  return least >= shortest && most <= longest && IsPlainAscii(values.data);
}

void CheckText(const ColumnSchema& schema, const Column& column, const StringValues& values,
               bool is_id, RowFaults& faults) {
  const size_t longest = is_id ? kMaxIdBytes : kMaxStringBytes;
  if (IsSoundText(values, is_id ? 1 : 0, longest)) return;
  for (size_t row = 0; row < values.size(); ++row) {
    if (!column.IsValid(row)) continue;
    const std::string_view text = values[row];
    if (text.size() > longest) {
      faults.Add(row, schema.name,
                 absl::StrCat("the text has ", text.size(), " bytes, at most ", longest,
                              is_id ? " are allowed for an id" : " are allowed"));
    } else if (!IsStorableUtf8(text)) {
      faults.Add(row, schema.name, "the text is not valid UTF-8 (or holds U+0000)");
    } else if (is_id && text.empty()) {
      faults.Add(row, schema.name,
                 schema.nullable ? "an id must not be empty; send null for none"
                                 : "an id must not be empty");
    }
  }
}

void CheckUnique(const ColumnSchema& schema, const StringValues& values, RowFaults& faults) {
  absl::flat_hash_set<std::string_view> seen;
  seen.reserve(values.size());
  for (size_t row = 0; row < values.size(); ++row) {
    if (!seen.insert(values[row]).second) {
      faults.Add(row, schema.name,
                 absl::StrCat("'", Shortened(values[row]), "' stands earlier in the batch"));
    }
  }
}

}  // namespace

void RowFaults::Add(size_t row, const std::string& column, std::string reason) {
  if (bad_[row] != 0) return;
  bad_[row] = 1;
  rejects_.push_back({row, column, std::move(reason)});
}

std::vector<RowReject> RowFaults::TakeByRow() && {
  std::sort(rejects_.begin(), rejects_.end(),
            [](const RowReject& a, const RowReject& b) { return a.row < b.row; });
  return std::move(rejects_);
}

std::vector<size_t> RowFaults::GoodRows() const {
  std::vector<size_t> rows;
  rows.reserve(bad_.size());
  for (size_t row = 0; row < bad_.size(); ++row) {
    if (bad_[row] == 0) rows.push_back(row);
  }
  return rows;
}

void CheckColumnValues(const DatasetSchema& dataset, const ColumnSchema& schema,
                       const Column& column, RowFaults& faults) {
  if (!schema.nullable && !column.valid.empty()) {
    for (size_t row = 0; row < column.valid.size(); ++row) {
      if (column.valid[row] == 0) faults.Add(row, schema.name, "a value is required");
    }
  }
  switch (schema.type) {
    case ColumnType::kBool:
      break;
    case ColumnType::kInt64:
      CheckRange(schema, column, std::get<std::vector<int64_t>>(column.values), faults);
      break;
    case ColumnType::kDouble:
      CheckRange(schema, column, std::get<std::vector<double>>(column.values), faults);
      break;
    case ColumnType::kTimestamp:
      CheckInstants(schema, column, std::get<std::vector<int64_t>>(column.values), faults);
      break;
    case ColumnType::kString: {
      const auto& values = std::get<StringValues>(column.values);
      if (!schema.allowed_values.empty()) {
        CheckAllowed(schema, column, values, faults);
        break;
      }
      const bool is_id = schema.name == "fact_id" || schema.name == dataset.key_column ||
                         !schema.references.empty();
      CheckText(schema, column, values, is_id, faults);
      if (schema.name == "fact_id") CheckUnique(schema, values, faults);
      break;
    }
  }
}

ColumnValues EmptyValues(ColumnType type) {
  switch (type) {
    case ColumnType::kBool:
      return std::vector<uint8_t>();
    case ColumnType::kInt64:
    case ColumnType::kTimestamp:
      return std::vector<int64_t>();
    case ColumnType::kDouble:
      return std::vector<double>();
    case ColumnType::kString:
      return StringValues();
  }
  return StringValues();
}

}  // namespace keyscore::facts
