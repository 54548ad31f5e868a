// A writer that a broken connection costs nothing.
#include "keyscore/client/fact_writer.h"

#include <gtest/gtest.h>

#include "keyscore/client/error.h"
#include "keyscore/client/fact_batch.h"
#include "unit/client/fake_server.h"

namespace keyscore::client {
namespace {

v1::AppendFactsRequest Batch(const std::vector<std::string>& ids) {
  FactColumnBuilder id("fact_id", v1::DatasetColumn::TYPE_STRING);
  for (const std::string& text : ids) id.AddString(text);
  v1::AppendFactsRequest batch;
  batch.set_dataset("datasets/deal");
  batch.set_row_count(static_cast<uint32_t>(ids.size()));
  *batch.add_columns() = id.Take();
  return batch;
}

class FactWriterTest : public ::testing::Test {
 protected:
  FactWriterTest() : client_(*Connect(server_.address(), {})) {
    options_.initial_backoff = absl::Milliseconds(1);
  }

  keyscore::testing::FakeServer server_;
  std::unique_ptr<Client> client_;
  FactWriterOptions options_;
};

TEST_F(FactWriterTest, TotalsAddUpOverBatches) {
  FactWriter writer(client_.get(), options_);
  int done = 0;
  const auto count = [&done](const v1::AppendFactsRequest& sent, const v1::AppendFactsResponse&) {
    done += static_cast<int>(sent.row_count());
  };
  ASSERT_TRUE(writer.Write(Batch({"a", "b"}), count).ok());
  ASSERT_TRUE(writer.Write(Batch({"b", "c"}), count).ok());
  ASSERT_TRUE(writer.Finish().ok());
  EXPECT_EQ(done, 4);
  EXPECT_EQ(writer.totals().batches, 2);
  EXPECT_EQ(writer.totals().inserted, 3);
  EXPECT_EQ(writer.totals().replayed, 1);
}

TEST_F(FactWriterTest, LostAnswerIsSentAgainAndCountsAsReplayed) {
  server_.lost_answers = 1;
  FactWriter writer(client_.get(), options_);
  ASSERT_TRUE(writer.Write(Batch({"a", "b"}), nullptr).ok());
  ASSERT_TRUE(writer.Finish().ok());
  EXPECT_EQ(writer.totals().retries, 1);
  EXPECT_EQ(writer.totals().replayed, 2);
  EXPECT_EQ(server_.facts.size(), 2u);
}

TEST_F(FactWriterTest, GivesUpAfterMaxAttemptsAndStaysFailed) {
  server_.unavailable_after = 1;
  options_.max_attempts = 3;
  FactWriter writer(client_.get(), options_);
  ASSERT_TRUE(writer.Write(Batch({"a"}), nullptr).ok());
  ASSERT_TRUE(writer.Write(Batch({"b"}), nullptr).ok());
  EXPECT_TRUE(IsUnreachable(writer.Finish()));
  EXPECT_EQ(server_.calls, 4);  // one that went well, three that did not
  EXPECT_TRUE(IsUnreachable(writer.Write(Batch({"c"}), nullptr)));
  EXPECT_EQ(server_.calls, 4);
  EXPECT_EQ(writer.totals().rows, 1);
}

}  // namespace
}  // namespace keyscore::client
