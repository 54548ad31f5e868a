// Column builders for AppendFacts.
#include "keyscore/client/fact_batch.h"

#include <utility>

namespace keyscore::client {

FactColumnBuilder::FactColumnBuilder(std::string_view name, v1::DatasetColumn::Type type)
    : name_(name), type_(type) {
  Reset();
}

void FactColumnBuilder::Reset() {
  column_.Clear();
  column_.set_name(name_);
  validity_.clear();
  rows_ = 0;
  // The array is there even when it stays empty: it carries the column's type.
  switch (type_) {
    case v1::DatasetColumn::TYPE_BOOL:
      column_.mutable_bools();
      break;
    case v1::DatasetColumn::TYPE_INT64:
      column_.mutable_int64s();
      break;
    case v1::DatasetColumn::TYPE_DOUBLE:
      column_.mutable_doubles();
      break;
    case v1::DatasetColumn::TYPE_TIMESTAMP:
      column_.mutable_timestamps();
      break;
    default:
      column_.mutable_strings();
      break;
  }
}

void FactColumnBuilder::AddNull() {
  switch (type_) {
    case v1::DatasetColumn::TYPE_BOOL:
      column_.mutable_bools()->add_values(false);
      break;
    case v1::DatasetColumn::TYPE_INT64:
      column_.mutable_int64s()->add_values(0);
      break;
    case v1::DatasetColumn::TYPE_DOUBLE:
      column_.mutable_doubles()->add_values(0);
      break;
    case v1::DatasetColumn::TYPE_TIMESTAMP:
      column_.mutable_timestamps()->add_micros(0);
      break;
    default:
      column_.mutable_strings()->add_lengths(0);
      break;
  }
  Count(false);
}

void FactColumnBuilder::Count(bool valid) {
  const size_t row = rows_++;
  if (validity_.empty()) {
    if (valid) return;
    // The first null: every row before it was valid.
    validity_.assign(row / 8, '\xff');
    validity_.push_back(static_cast<char>((1u << (row % 8)) - 1));
    return;
  }
  if (row % 8 == 0) validity_.push_back('\0');
  if (valid) validity_.back() = static_cast<char>(validity_.back() | (1u << (row % 8)));
}

size_t FactColumnBuilder::bytes() const {
  const size_t width = type_ == v1::DatasetColumn::TYPE_BOOL ? 1 : 8;
  if (!column_.has_strings()) return rows_ * width + validity_.size();
  return column_.strings().data().size() + rows_ * 2 + validity_.size();
}

v1::FactColumn FactColumnBuilder::Take() {
  column_.set_validity(std::move(validity_));
  v1::FactColumn taken = std::move(column_);
  Reset();
  return taken;
}

}  // namespace keyscore::client
