// Columns of batches: values, nulls and their bits.
#include "keyscore/client/fact_batch.h"

#include <gtest/gtest.h>

#include <vector>

namespace keyscore::client {
namespace {

bool Valid(const v1::FactColumn& column, size_t row) {
  return column.validity().empty() ||
         (static_cast<unsigned char>(column.validity()[row / 8]) >> (row % 8) & 1) != 0;
}

TEST(FactColumnBuilderTest, ColumnWithoutNullsHasNoValidity) {
  FactColumnBuilder builder("amount", v1::DatasetColumn::TYPE_DOUBLE);
  for (int i = 0; i < 20; ++i) builder.AddDouble(i);
  const v1::FactColumn column = builder.Take();
  EXPECT_EQ(column.name(), "amount");
  EXPECT_TRUE(column.validity().empty());
  EXPECT_EQ(column.doubles().values_size(), 20);
}

TEST(FactColumnBuilderTest, FirstNullMayStandAnywhere) {
  for (size_t first_null = 0; first_null < 20; ++first_null) {
    FactColumnBuilder builder("n", v1::DatasetColumn::TYPE_INT64);
    for (size_t row = 0; row < 20; ++row) {
      if (row == first_null || row == 19) {
        builder.AddNull();
      } else {
        builder.AddInt64(static_cast<int64_t>(row));
      }
    }
    const v1::FactColumn column = builder.Take();
    ASSERT_EQ(column.validity().size(), 3u);
    ASSERT_EQ(column.int64s().values_size(), 20);
    for (size_t row = 0; row < 20; ++row) {
      EXPECT_EQ(Valid(column, row), row != first_null && row != 19) << first_null << " " << row;
    }
  }
}

TEST(FactColumnBuilderTest, TextsStandEndToEndAndNullsAreEmpty) {
  FactColumnBuilder builder("name", v1::DatasetColumn::TYPE_STRING);
  builder.AddString("ab");
  builder.AddNull();
  builder.AddString("");
  builder.AddString("cde");
  const v1::FactColumn column = builder.Take();
  EXPECT_EQ(column.strings().data(), "abcde");
  EXPECT_EQ(
      std::vector<uint32_t>(column.strings().lengths().begin(), column.strings().lengths().end()),
      (std::vector<uint32_t>{2, 0, 0, 3}));
  EXPECT_FALSE(Valid(column, 1));
  EXPECT_TRUE(Valid(column, 2));
}

TEST(FactColumnBuilderTest, EmptyColumnStillHasItsType) {
  FactColumnBuilder builder("when", v1::DatasetColumn::TYPE_TIMESTAMP);
  EXPECT_TRUE(builder.Take().has_timestamps());
}

TEST(FactColumnBuilderTest, TakeStartsOver) {
  FactColumnBuilder builder("flag", v1::DatasetColumn::TYPE_BOOL);
  builder.AddNull();
  builder.Take();
  builder.AddBool(true);
  const v1::FactColumn column = builder.Take();
  EXPECT_EQ(column.name(), "flag");
  EXPECT_TRUE(column.validity().empty());
  EXPECT_EQ(column.bools().values_size(), 1);
}

}  // namespace
}  // namespace keyscore::client
