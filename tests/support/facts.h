// Facts for a server: from tables of a Duck, or written down row by row.
#pragma once

#include <initializer_list>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "keyscore/client/client.h"
#include "support/duck.h"

namespace keyscore::testing {

// The rows of a query as one batch of the dataset; the columns' names and types are the query's.
v1::AppendFactsRequest BatchOf(Duck& duck, const std::string& dataset, const std::string& sql);

// Sends all the rows of a table (named as the dataset), at most 20,000 a batch.
absl::StatusOr<v1::AppendFactsResponse> SendTable(Duck& duck, const std::string& dataset,
                                                  client::Client& client);

// "2024-02-29" or "2024-02-29 12:30:00", UTC, for the cell of a timestamp column.
struct At {
  std::string text;
};
// One cell; std::monostate is null.
using Cell = std::variant<std::monostate, bool, int, double, std::string, At>;

// A batch written down: a header, then rows of as many cells. A column's type is that of its first
// cell that is not null (int: INT64).
v1::AppendFactsRequest Batch(const std::string& dataset, const std::vector<std::string>& header,
                             const std::vector<std::vector<Cell>>& rows);

// Microseconds since the epoch of such a text.
int64_t MicrosOf(const std::string& text);

}  // namespace keyscore::testing
