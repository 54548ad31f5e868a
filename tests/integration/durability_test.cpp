// What is acknowledged stays: over a restart, a drain and a kill; and one file has one server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "support/facts.h"
#include "support/server_fixture.h"

namespace keyscore::testing {
namespace {

using ::testing::HasSubstr;

class DurabilityTest : public EmptyServerTest {
 protected:
  void SetUp() override { StartServer({.data = data_ / "data"}); }

  static v1::AppendFactsRequest Tickets(int from, int count) {
    std::vector<std::vector<Cell>> rows;
    for (int i = from; i < from + count; ++i) {
      rows.push_back(
          {"t" + std::to_string(i), std::string("acme"), At{"2024-02-01"}, At{"2024-02-02"}});
    }
    return Batch("ticket", {"fact_id", "account_id", "occurred_at", "resolved_at"}, rows);
  }

  int64_t TicketCount() {
    v1::GetDatasetRequest get;
    get.set_name("datasets/ticket");
    const auto dataset = client().GetDataset(get);
    EXPECT_THAT(dataset, IsOk());
    return dataset.ok() ? dataset->fact_count() : -1;
  }

  const TempDir data_;
};

TEST_F(DurabilityTest, SurvivesARestart) {
  ASSERT_THAT(SendSmallWorld(client()), IsOk());
  const auto before = Card("managers/anna/scorecards/2024-Q1");
  ASSERT_THAT(before, IsOk());
  ASSERT_EQ(server_->Stop(), 0);
  StartServer({.data = data_ / "data"});
  const auto after = Card("managers/anna/scorecards/2024-Q1");
  ASSERT_THAT(after, IsOk());
  EXPECT_EQ(before->SerializeAsString(), after->SerializeAsString());
}

TEST_F(DurabilityTest, KilledServerLosesNothingAcknowledged) {
  std::atomic<int64_t> acknowledged = 0;
  std::thread sender([&] {
    for (int batch = 0; batch < 10'000; ++batch) {
      const auto response = client().AppendFacts(Tickets(batch * 50, 50));
      if (!response.ok()) return;
      acknowledged += response->rows_inserted();
    }
  });
  while (acknowledged < 1'000) absl::SleepFor(absl::Milliseconds(2));
  server_->Kill();
  sender.join();
  const int64_t promised = acknowledged;
  StartServer({.data = data_ / "data"});
  const int64_t kept = TicketCount();
  EXPECT_GE(kept, promised);
  // At most the batch under way came on top, and it came whole.
  EXPECT_LE(kept, promised + 50);
  EXPECT_EQ(kept % 50, 0);
  // Running the same import again finishes it.
  for (int batch = 0; batch * 50 < promised + 100; ++batch) {
    ASSERT_THAT(client().AppendFacts(Tickets(batch * 50, 50)), IsOk());
  }
  EXPECT_EQ(TicketCount(), (promised / 50 + 2) * 50);
}

TEST_F(DurabilityTest, SecondServerOnTheSameFileIsRefused) {
  const auto second = Server::Start({.data = data_ / "data"});
  ASSERT_FALSE(second.ok());
  // It says whose the file is, rather than that something failed.
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(std::to_string(server_->pid())));
  // The first one goes on.
  EXPECT_THAT(client().AppendFacts(Tickets(0, 5)), IsOk());
}

TEST_F(DurabilityTest, TermDrainsWhatIsUnderWay) {
  std::atomic<bool> stop = false;
  std::atomic<int64_t> acknowledged = 0;
  std::vector<std::string> errors;
  std::thread sender([&] {
    for (int batch = 0; !stop; ++batch) {
      const auto response = client().AppendFacts(Tickets(batch * 20, 20));
      if (response.ok()) {
        acknowledged += response->rows_inserted();
        continue;
      }
      // Once it drains it takes no new calls; nothing else may go wrong.
      if (response.status().code() != absl::StatusCode::kUnavailable) {
        errors.push_back(response.status().ToString());
      }
      return;
    }
  });
  while (acknowledged < 200) absl::SleepFor(absl::Milliseconds(2));
  EXPECT_EQ(server_->Stop(), 0);
  stop = true;
  sender.join();
  EXPECT_THAT(errors, ::testing::IsEmpty());
  StartServer({.data = data_ / "data"});
  EXPECT_GE(TicketCount(), acknowledged);
}

TEST_F(DurabilityTest, ForeignFileIsRefusedAndLeftAlone) {
  ASSERT_EQ(server_->Stop(), 0);
  const TempDir other;
  std::filesystem::create_directories(other / "data");
  for (const auto& entry : std::filesystem::directory_iterator(data_ / "data")) {
    if (!entry.is_regular_file()) continue;
    WriteFile(other.path() / "data" / entry.path().filename(), "this is no store at all\n");
  }
  const auto server = Server::Start({.data = other / "data"});
  EXPECT_FALSE(server.ok());
  for (const auto& entry : std::filesystem::directory_iterator(data_ / "data")) {
    if (entry.path().extension() != ".duckdb" && entry.path().extension() != ".db") continue;
    EXPECT_EQ(ReadFile(other.path() / "data" / entry.path().filename()),
              "this is no store at all\n");
  }
}

}  // namespace
}  // namespace keyscore::testing
