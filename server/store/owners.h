// Who owned which account when, in memory: ownership as it was known right after some batch.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace keyscore::store {

// A row of the dataset ownership; instants in microseconds since the epoch.
struct OwnershipRow {
  static constexpr int64_t kOpen = std::numeric_limits<int64_t>::max();
  std::string fact_id, account_id, manager_id;
  int64_t from = 0;
  int64_t until = kOpen;  // exclusive
};

// Immutable. About 40 bytes a span, and the ids once each.
class Owners {
 public:
  explicit Owners(std::vector<OwnershipRow> rows);

  // The manager of the row that covers the instant; of several, that with the latest start (then
  // the greatest fact_id). Absent = nobody.
  std::optional<std::string_view> At(std::string_view account_id, int64_t instant) const;

 private:
  struct Span {
    int64_t from;
    int64_t until;
    uint32_t manager;
  };
  struct Range {
    uint32_t first = 0;
    uint32_t count = 0;
  };
  uint32_t NumberOf(const std::string& manager_id);
  // Rows of one account, by start and fact_id.
  void AddAccount(const OwnershipRow* rows, size_t count);

  std::vector<std::string> managers_;
  absl::flat_hash_map<std::string, uint32_t> numbers_;  // of managers; empty when built
  std::vector<Span> spans_;  // an account's stand together, in order, and don't overlap
  absl::flat_hash_map<std::string, Range> accounts_;
};

}  // namespace keyscore::store
