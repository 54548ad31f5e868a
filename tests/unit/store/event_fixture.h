// What the tests of event scans have in common: events as lines of text.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "store_fixture.h"

namespace keyscore::store {

// Events as lines, "fact owner account measure…", sorted. A measure reads "-" where the filter
// stops the event, "?" where it has no valid value, "+" where a count has one; else it is the
// number or the text.
class EventTest : public StoreTest {
 protected:
  static std::string Cell(const EventMeasure& measure, const EventChunk::Values& values, size_t i) {
    if (values.hit[i] == 0) {
      EXPECT_EQ(values.valid[i], 0);
      return "-";
    }
    if (values.valid[i] == 0) return "?";
    if (measure.aggregate == Aggregate::kCount) return "+";
    if (measure.aggregate == Aggregate::kCountDistinct) return std::string(values.texts[i]);
    return fmt::format("{}", values.numbers[i]);
  }

  absl::StatusOr<std::vector<std::string>> TryScan(EventScan scan) {
    if (scan.watermark == 0) scan.watermark = store_->Watermark().value();
    if (scan.time_column.empty()) scan.time_column = "occurred_at";
    std::vector<std::string> lines;
    absl::Status status =
        store_->ScanEvents(scan,
                           [&](const EventChunk& chunk) {
                             EXPECT_GT(chunk.size, 0U);
                             EXPECT_EQ(chunk.measures.size(), scan.measures.size());
                             for (size_t i = 0; i < chunk.size; ++i) {
                               std::string line = fmt::format(
                                   "{} {} {}", chunk.fact_ids[i],
                                   chunk.owner_ids[i].empty() ? "-" : chunk.owner_ids[i],
                                   chunk.account_ids[i].empty() ? "-" : chunk.account_ids[i]);
                               for (size_t m = 0; m < scan.measures.size(); ++m) {
                                 line += ' ' + Cell(scan.measures[m], chunk.measures[m], i);
                               }
                               lines.push_back(std::move(line));
                             }
                             return absl::OkStatus();
                           },
                           {});
    if (!status.ok()) return status;
    std::sort(lines.begin(), lines.end());
    return lines;
  }
  std::vector<std::string> Scan(const EventScan& scan) {
    auto lines = TryScan(scan);
    EXPECT_TRUE(lines.ok()) << lines.status();
    return lines.ok() ? *lines : std::vector<std::string>();
  }

  static Fields Own(const std::string& id, const std::string& account, const std::string& manager,
                    const char* from, const char* until = nullptr) {
    Fields fields = {{"fact_id", id},
                     {"account_id", account},
                     {"manager_id", manager},
                     {"occurred_at", At(from)}};
    if (until != nullptr) fields["until"] = At(until);
    return fields;
  }
  static Fields Cost(const std::string& id, const char* account, const char* manager,
                     const char* day, double amount) {
    Fields fields = {{"fact_id", id}, {"occurred_at", At(day)}, {"amount", amount}};
    if (account != nullptr) fields["account_id"] = std::string(account);
    if (manager != nullptr) fields["manager_id"] = std::string(manager);
    return fields;
  }
  static EventScan Costs(EventScan::Rows rows, int64_t watermark, int64_t after = 0) {
    return {.dataset = "service_cost",
            .measures = {{Aggregate::kSum, "amount"}},
            .rows = rows,
            .watermark = watermark,
            .after = after};
  }
  using enum EventScan::Rows;
};

}  // namespace keyscore::store
