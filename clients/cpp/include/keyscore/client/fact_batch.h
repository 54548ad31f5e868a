// Builds a batch of facts, column by column, in the form in which AppendFacts takes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "keyscore/v1/dataset_service.pb.h"
#include "keyscore/v1/fact_service.pb.h"

namespace keyscore::client {

// One column. Add one value a row with the function of the column's type, or AddNull().
class FactColumnBuilder {
 public:
  FactColumnBuilder(std::string_view name, v1::DatasetColumn::Type type);

  void AddBool(bool value) {
    column_.mutable_bools()->add_values(value);
    Count(true);
  }
  void AddInt64(int64_t value) {
    column_.mutable_int64s()->add_values(value);
    Count(true);
  }
  void AddDouble(double value) {
    column_.mutable_doubles()->add_values(value);
    Count(true);
  }
  // Must be UTF-8; the server rejects the row otherwise.
  void AddString(std::string_view value) {
    v1::StringValues* strings = column_.mutable_strings();
    strings->mutable_data()->append(value);
    strings->add_lengths(static_cast<uint32_t>(value.size()));
    Count(true);
  }
  // Microseconds since 1970-01-01T00:00:00Z.
  void AddTimestamp(int64_t micros) {
    column_.mutable_timestamps()->add_micros(micros);
    Count(true);
  }
  void AddNull();

  v1::DatasetColumn::Type type() const { return type_; }
  size_t rows() const { return rows_; }
  size_t bytes() const;  // approximately, on the wire

  // The finished column; the builder starts over with none.
  v1::FactColumn Take();

 private:
  void Count(bool valid);
  void Reset();

  std::string name_;
  v1::DatasetColumn::Type type_;
  v1::FactColumn column_;
  std::string validity_;  // bits, least significant first; empty until the first null
  size_t rows_ = 0;
};

}  // namespace keyscore::client
