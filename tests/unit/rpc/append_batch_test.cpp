// Columns of a message as columns of a batch, and lengths that don't fit.
#include "rpc/append_batch.h"

#include <gtest/gtest.h>

namespace keyscore::rpc {
namespace {

v1::AppendFactsRequest TwoTexts(const std::string& data, std::vector<uint32_t> lengths) {
  v1::AppendFactsRequest message;
  message.set_row_count(2);
  v1::FactColumn& column = *message.add_columns();
  column.set_name("fact_id");
  column.mutable_strings()->set_data(data);
  for (const uint32_t length : lengths) column.mutable_strings()->add_lengths(length);
  return message;
}

TEST(AppendBatchTest, CutsTextsAtTheirLengths) {
  auto message = TwoTexts("abc", {1, 2});
  const auto batch = TakeBatch("interaction", 10, message);
  ASSERT_TRUE(batch.ok()) << batch.status();
  const auto& values = std::get<facts::StringValues>(batch->columns[0].values);
  EXPECT_EQ(values[0], "a");
  EXPECT_EQ(values[1], "bc");
}

TEST(AppendBatchTest, RefusesLengthsThatDoNotFitTheData) {
  for (const auto& lengths : std::vector<std::vector<uint32_t>>{
           {1, 3}, {1, 1}, {0xffffffff, 0xffffffff}, {0xffffffff, 4}}) {
    auto message = TwoTexts("abc", lengths);
    EXPECT_TRUE(absl::IsInvalidArgument(TakeBatch("interaction", 10, message).status()));
  }
}

TEST(AppendBatchTest, ReadsValidityLeastSignificantBitFirst) {
  auto message = TwoTexts("abc", {1, 2});
  message.mutable_columns(0)->set_validity(std::string(1, '\x02'));
  const auto batch = TakeBatch("interaction", 10, message);
  ASSERT_TRUE(batch.ok());
  EXPECT_FALSE(batch->columns[0].IsValid(0));
  EXPECT_TRUE(batch->columns[0].IsValid(1));
}

TEST(AppendBatchTest, RefusesValidityOfTheWrongLength) {
  auto message = TwoTexts("abc", {1, 2});
  message.mutable_columns(0)->set_validity("\x03\x03");
  EXPECT_TRUE(absl::IsInvalidArgument(TakeBatch("interaction", 10, message).status()));
}

TEST(AppendBatchTest, MoreRowsThanAllowedExhaustTheLimit) {
  auto message = TwoTexts("abc", {1, 2});
  message.set_row_count(0xffffffff);
  EXPECT_TRUE(absl::IsResourceExhausted(TakeBatch("interaction", 10, message).status()));
}

TEST(AppendBatchTest, ColumnWithoutValuesIsRefused) {
  v1::AppendFactsRequest message;
  message.add_columns()->set_name("fact_id");
  EXPECT_TRUE(absl::IsInvalidArgument(TakeBatch("interaction", 10, message).status()));
}

}  // namespace
}  // namespace keyscore::rpc
