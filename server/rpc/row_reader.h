// Reads the columns of a store's row by their names.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "facts/schema.h"
#include "store/store.h"

namespace keyscore::rpc {

class RowReader {
 public:
  RowReader(const facts::DatasetSchema& schema, const store::Row& row)
      : schema_(schema), row_(row) {}

  // Empty, false or nothing where the value is null.
  std::string Text(std::string_view column) const;
  bool Flag(std::string_view column) const;
  std::optional<absl::Time> Time(std::string_view column) const;

  const store::Row& row() const { return row_; }

 private:
  const store::Value& At(std::string_view column) const;

  const facts::DatasetSchema& schema_;
  const store::Row& row_;
};

// Calls `each` for every row of the query, page by page; the query's limit and start are ours to
// set.
absl::Status ForEachRow(store::Store& store, store::RowQuery query, const store::StopFn& stop,
                        absl::FunctionRef<void(const store::Row&)> each);

}  // namespace keyscore::rpc
