// Facts as measures see them: whose they are, and what expressions make of them.
#include <limits>
#include <set>

#include "event_fixture.h"

namespace keyscore::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int64_t kOpenEnd = std::numeric_limits<int64_t>::max();

using EventScanTest = EventTest;

TEST_F(EventScanTest, AFactIsItsManagersOrItsOwnersAtThatTime) {
  Append("ownership", {Own("w1", "acme", "anna", "2024-01-01", "2024-06-01"),
                       Own("w2", "acme", "ben", "2024-06-01")});
  Append(
      "service_cost",
      {Cost("c0", "acme", nullptr, "2023-12-31", 1), Cost("c1", "acme", nullptr, "2024-05-31", 2.5),
       Cost("c2", "acme", nullptr, "2024-06-01", -4), Cost("c3", "acme", "cleo", "2024-06-01", 8),
       Cost("c4", nullptr, "anna", "2024-06-01", 16)});
  EXPECT_THAT(Scan(Costs(kAll, 0)), ElementsAre("c0 - acme 1", "c1 anna acme 2.5", "c2 ben acme -4",
                                                "c3 cleo acme 8", "c4 anna - 16"));
}

TEST_F(EventScanTest, AccountsCanBeScannedAlone) {
  Append("ownership", {Own("w1", "acme", "anna", "2024-01-01")});
  Append(
      "service_cost",
      {Cost("c1", "acme", nullptr, "2024-03-01", 1), Cost("c2", "bolt", nullptr, "2024-03-01", 2),
       Cost("c3", "corp", "ben", "2024-03-01", 3), Cost("c4", nullptr, "ben", "2024-03-01", 4)});
  EventScan scan = Costs(kOfAccounts, 0);
  scan.account_ids = {"acme", "corp", "nobody's"};
  EXPECT_THAT(Scan(scan), ElementsAre("c1 anna acme 1", "c3 ben corp 3"));
  scan.account_ids = {};
  EXPECT_THAT(Scan(scan), IsEmpty());
}

TEST_F(EventScanTest, ReferencesAreAtHandWithAndWithoutHistory) {
  const auto person = [](const char* id, const char* contact, const char* seniority) {
    return Fields{{"fact_id", id},
                  {"account_id", "acme"},
                  {"contact_id", contact},
                  {"seniority", seniority},
                  {"occurred_at", At("2023-01-01")}};
  };
  const auto talk = [](const char* id, const char* contact) {
    Fields fields = {{"fact_id", id},
                     {"account_id", "acme"},
                     {"manager_id", "anna"},
                     {"occurred_at", At("2024-01-01")}};
    if (contact != nullptr) fields["contact_id"] = contact;
    return fields;
  };
  Append("contact", {person("p1", "kim", "vp"), person("p2", "lee", "staff")});
  Append("interaction", {talk("i1", "kim"), talk("i2", "lee")});
  const int64_t before = store_->Watermark().value();
  Append("contact", {person("p2", "lee", "c_level")});
  Append("interaction", {talk("i3", "lee"), talk("i4", nullptr), talk("i5", "kim")});
  EventScan scan{.dataset = "interaction",
                 .measures = {{Aggregate::kCount, "", "contact.seniority in ('c_level', 'vp')"},
                              {Aggregate::kCountDistinct, "contact.seniority", ""},
                              {Aggregate::kCount, "contact.seniority", ""}}};
  EXPECT_THAT(Scan(scan),
              ElementsAre("i1 anna acme + vp +", "i2 anna acme + c_level +",
                          "i3 anna acme + c_level +", "i4 anna acme - ? ?", "i5 anna acme + vp +"));
  scan.rows = kAdded;
  scan.after = before;
  EXPECT_THAT(Scan(scan),
              ElementsAre("i3 anna acme + c_level +", "i4 anna acme - ? ?", "i5 anna acme + vp +"));
  scan.rows = kAll;
  scan.watermark = before;
  EXPECT_THAT(Scan(scan), ElementsAre("i1 anna acme + vp +", "i2 anna acme - staff +"));
}

TEST_F(EventScanTest, TheBookIsOwnershipsOrLives) {
  Append("account",
         {{{"fact_id", "a1"},
           {"account_id", "acme"},
           {"occurred_at", At("2023-01-01")},
           {"churned_at", At("2025-01-01")}},
          {{"fact_id", "a2"}, {"account_id", "bolt"}, {"occurred_at", At("2024-05-01")}}});
  Append("ownership",
         {Own("w1", "acme", "anna", "2023-06-01", "2024-01-01"),
          Own("w2", "acme", "ben", "2024-01-01"), Own("w3", "bolt", "ben", "2024-01-01")});
  std::map<std::string, std::pair<int64_t, int64_t>> spans;
  EventScan scan{.dataset = "book",
                 .time_column = "occurred_at",
                 .end_column = "ended_at",
                 .measures = {{Aggregate::kMin, "unix_seconds(started_at)"}},
                 .watermark = store_->Watermark().value()};
  ASSERT_OK(store_->ScanEvents(scan,
                               [&](const EventChunk& chunk) {
                                 for (size_t i = 0; i < chunk.size; ++i) {
                                   EXPECT_EQ(chunk.versions[i], 0);
                                   EXPECT_EQ(chunk.measures[0].valid[i], 1);
                                   spans[fmt::format("{} {} {}", chunk.fact_ids[i],
                                                     chunk.owner_ids[i], chunk.account_ids[i])] = {
                                       chunk.times[i], chunk.ends[i]};
                                 }
                                 return absl::OkStatus();
                               },
                               {}));
  const auto span = [](const char* from, const char* to) {
    return std::pair(absl::ToUnixMicros(At(from)),
                     to == nullptr ? kOpenEnd : absl::ToUnixMicros(At(to)));
  };
  EXPECT_THAT(spans, ElementsAre(std::pair("a1/w1 anna acme", span("2023-06-01", "2024-01-01")),
                                 std::pair("a1/w2 ben acme", span("2024-01-01", "2025-01-01")),
                                 std::pair("a2/w3 ben bolt", span("2024-05-01", nullptr))));

  scan.rows = kOfAccounts;
  scan.account_ids = {"bolt"};
  EXPECT_THAT(Scan(scan), ElementsAre("a2/w3 ben bolt 1714521600"));  // 2024-05-01
  scan.of_accounts = true;
  scan.rows = kAll;
  EXPECT_THAT(Scan(scan), ElementsAre("a1 - acme 1672531200", "a2 - bolt 1714521600"));
  scan.rows = kOfAccounts;
  EXPECT_THAT(Scan(scan), ElementsAre("a2 - bolt 1714521600"));
  for (const auto rows : {kAdded, kRemoved}) {
    scan.rows = rows;
    EXPECT_EQ(TryScan(scan).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(EventScanTest, OnlyValuesThatTheFilterLetsThroughAreComputed) {
  const auto talk = [](const char* id, const char* channel, const char* topic) {
    return Fields{{"fact_id", id},
                  {"manager_id", "anna"},
                  {"occurred_at", At("2024-01-01")},
                  {"channel", channel},
                  {"topic", topic}};
  };
  Append("interaction", {talk("i1", "email", "12.5"), talk("i2", "call", "education")});
  EventScan scan{.dataset = "interaction",
                 .measures = {{Aggregate::kSum, "cast(topic as double)", "channel = 'email'"},
                              {Aggregate::kCountDistinct, "topic", "channel = 'email'"},
                              {Aggregate::kCountDistinct, "topic", "minutes > 5"},
                              {Aggregate::kCount, "", ""}}};
  EXPECT_THAT(Scan(scan), ElementsAre("i1 anna - 12.5 12.5 - +", "i2 anna - - - - +"));

  scan.measures = {{Aggregate::kCount, "", ""}, {Aggregate::kMax, "cast(topic as double)", ""}};
  const absl::Status failed = TryScan(scan).status();
  EXPECT_EQ(failed.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(failed.message()),
              HasSubstr("measure max(cast(topic as double)) of dataset 'interaction'"));
}

TEST_F(EventScanTest, FactsWithoutTheTimeAreLeftOutAndOpenEndsAreTheGreatestTime) {
  const auto deal = [](const char* id, const char* opened, const char* closed) {
    Fields fields = {{"fact_id", id}, {"manager_id", "anna"}, {"occurred_at", At(opened)}};
    if (closed != nullptr) fields["closed_at"] = At(closed);
    return fields;
  };
  Append("opportunity",
         {deal("o1", "2024-01-01", "2024-02-01"), deal("o2", "2024-01-02", nullptr)});
  EventScan scan{.dataset = "opportunity", .time_column = "closed_at"};
  EXPECT_THAT(Scan(scan), ElementsAre("o1 anna -"));
  scan.time_column = "occurred_at";
  scan.end_column = "closed_at";
  scan.watermark = store_->Watermark().value();
  std::map<std::string, int64_t> ends;
  ASSERT_OK(store_->ScanEvents(scan,
                               [&](const EventChunk& chunk) {
                                 for (size_t i = 0; i < chunk.size; ++i)
                                   ends[std::string(chunk.fact_ids[i])] = chunk.ends[i];
                                 return absl::OkStatus();
                               },
                               {}));
  EXPECT_THAT(ends, ElementsAre(std::pair("o1", absl::ToUnixMicros(At("2024-02-01"))),
                                std::pair("o2", kOpenEnd)));
}

TEST_F(EventScanTest, TextsAreEqualWhereTheEngineCountsOneValue) {
  Append("service_cost",
         {Cost("c1", "a", "anna", "2024-01-01", 0), Cost("c2", "a", "anna", "2024-01-02", -7),
          Cost("c3", "a", "anna", "2024-01-02T06:00:00Z", 0.1),
          Cost("c4", "a", "anna", "2024-01-03", 1e300),
          Cost("c5", "b", "anna", "2024-01-03", 9007199254740993.0)});
  const std::vector<std::string> values = {"amount * 0",  // 0 and -0
                                           "amount / 0",  // NaN and both infinities, or null
                                           "amount",
                                           "calendar_day(occurred_at)",
                                           "occurred_at",
                                           "amount > 1",
                                           "account_id",
                                           "length(account_id)",
                                           "1.50",
                                           "occurred_at - cast('2024-01-01' as timestamp)",
                                           "cast(length(account_id) as bigint) * 2"};
  EventScan scan{.dataset = "service_cost",
                 .time_column = "occurred_at",
                 .watermark = store_->Watermark().value()};
  std::vector<ResolvedMeasure> measures;
  for (const std::string& value : values) {
    scan.measures.push_back({Aggregate::kCountDistinct, value});
    measures.push_back(MeasureOf("service_cost", Aggregate::kCountDistinct, value));
  }
  std::vector<std::set<std::string>> texts(values.size());
  ASSERT_OK(store_->ScanEvents(scan,
                               [&](const EventChunk& chunk) {
                                 for (size_t m = 0; m < values.size(); ++m) {
                                   for (size_t i = 0; i < chunk.size; ++i) {
                                     if (chunk.measures[m].valid[i] != 0)
                                       texts[m].emplace(chunk.measures[m].texts[i]);
                                   }
                                 }
                                 return absl::OkStatus();
                               },
                               {}));
  const MeasureTable table = Table(measures, kEverything);
  for (size_t m = 0; m < values.size(); ++m) {
    EXPECT_EQ(static_cast<double>(texts[m].size()), table.columns[m].numbers[0]) << values[m];
  }
  EXPECT_THAT(texts[0], ElementsAre("0"));
  EXPECT_THAT(texts[2], ElementsAre("-7", "0", "0.1", "1e+300", "9007199254740992"));
  EXPECT_THAT(texts[6], ElementsAre("a", "b"));
}

TEST_F(EventScanTest, NumbersThatAreNotFiniteAreNotValid) {
  Append("service_cost",
         {Cost("c1", "a", "anna", "2024-01-01", 1e300), Cost("c2", "a", "anna", "2024-01-01", 3)});
  EXPECT_THAT(Scan({.dataset = "service_cost",
                    .measures = {{Aggregate::kSum, "amount * amount"},
                                 {Aggregate::kCount, "amount * amount"}}}),
              ElementsAre("c1 anna a ? +", "c2 anna a 9 +"));
}

TEST_F(EventScanTest, WhatMakesNoSenseIsRefused) {
  Append("service_cost", {Cost("c1", "a", "anna", "2024-01-01", 1)});
  const auto code = [&](EventScan scan) { return TryScan(std::move(scan)).status().code(); };
  using enum absl::StatusCode;
  EXPECT_EQ(code({.dataset = "service_cost",
                  .measures = {{Aggregate::kCount, "", "occurred_at < period_to"}}}),
            kInvalidArgument);
  EXPECT_EQ(code({.dataset = "nothing"}), kNotFound);
  EXPECT_EQ(code({.dataset = "service_cost", .time_column = "amount"}), kInvalidArgument);
  EXPECT_EQ(code({.dataset = "service_cost", .end_column = "gone_at"}), kInvalidArgument);
  EXPECT_EQ(code({.dataset = "service_cost", .watermark = 2}), kInvalidArgument);
  EXPECT_EQ(code({.dataset = "service_cost", .rows = kAdded, .watermark = 1, .after = 2}),
            kInvalidArgument);
}

// One batch, column by column, as fields by name take long.
facts::ColumnBatch ManyCosts(int rows) {
  facts::StringValues ids, accounts, managers;
  std::vector<int64_t> times;
  std::vector<double> amounts;
  std::vector<uint8_t> managed;
  for (int i = 0; i < rows; ++i) {
    ids.push_back(fmt::format("c{}", i));
    accounts.push_back(fmt::format("account {}", i % 97));
    managers.push_back(i % 3 == 0 ? "" : fmt::format("manager {}", i % 11));
    managed.push_back(i % 3 == 0 ? 0 : 1);
    times.push_back(int64_t{i} * 60'000'000);
    amounts.push_back(i % 1'000 / 8.0);
  }
  using facts::ColumnType;
  return {.dataset = "service_cost",
          .row_count = static_cast<size_t>(rows),
          .columns = {{"fact_id", ColumnType::kString, ids, {}},
                      {"account_id", ColumnType::kString, accounts, {}},
                      {"manager_id", ColumnType::kString, managers, managed},
                      {"occurred_at", ColumnType::kTimestamp, times, {}},
                      {"amount", ColumnType::kDouble, amounts, {}}}};
}

TEST_F(EventScanTest, AFewHundredThousandFactsComeInChunksEachOnce) {
  constexpr int kRows = 300'000;
  Append("ownership", {Own("w1", "account 5", "anna", "1969-01-01")});
  Append(ManyCosts(kRows));
  const EventScan scan{.dataset = "service_cost",
                       .time_column = "occurred_at",
                       .measures = {{Aggregate::kSum, "amount", "amount >= 100"}},
                       .watermark = store_->Watermark().value()};
  size_t chunks = 0, largest = 0, hits = 0, annas = 0;
  double sum = 0;  // eighths, so that it is exact
  std::vector<int> seen(kRows);
  std::set<int64_t> versions;
  ASSERT_OK(store_->ScanEvents(scan,
                               [&](const EventChunk& chunk) {
                                 ++chunks;
                                 largest = std::max(largest, chunk.size);
                                 for (size_t i = 0; i < chunk.size; ++i) {
                                   ++seen[static_cast<size_t>(chunk.times[i] / 60'000'000)];
                                   versions.insert(chunk.versions[i]);
                                   annas += chunk.owner_ids[i] == "anna" ? 1 : 0;
                                   hits += chunk.measures[0].hit[i];
                                   sum += chunk.measures[0].numbers[i];
                                 }
                                 return absl::OkStatus();
                               },
                               {}));
  EXPECT_GT(chunks, 50U);
  EXPECT_LE(largest, 10'000U);
  EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), kRows);
  EXPECT_EQ(versions.size(), static_cast<size_t>(kRows));
  // 100 to 124.875 in eighths: 200 of every 1,000.
  EXPECT_EQ(hits, 60'000U);
  EXPECT_EQ(sum, 300 * 200 * (100 + 124.875) / 2);
  // i % 97 = 5 and i % 3 = 0: one of 291, the first at 102.
  EXPECT_EQ(annas, static_cast<size_t>((kRows - 102 + 290) / 291));
}

TEST_F(EventScanTest, ASinksErrorAndAStopEndTheScan) {
  Append(ManyCosts(20'000));
  const EventScan scan{.dataset = "service_cost",
                       .time_column = "occurred_at",
                       .measures = {{Aggregate::kSum, "amount"}},
                       .watermark = store_->Watermark().value()};
  int calls = 0;
  const absl::Status refused = store_->ScanEvents(scan,
                                                  [&](const EventChunk&) {
                                                    ++calls;
                                                    return absl::InvalidArgumentError("enough");
                                                  },
                                                  {});
  EXPECT_EQ(refused, absl::InvalidArgumentError("enough"));
  EXPECT_EQ(calls, 1);
  const absl::Status stopped = store_->ScanEvents(
      scan, [](const EventChunk&) { return absl::OkStatus(); }, [] { return true; });
  EXPECT_EQ(stopped.code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(Scan(scan).size(), 20'000U);  // the connection is as good as before
}

}  // namespace
}  // namespace keyscore::store
