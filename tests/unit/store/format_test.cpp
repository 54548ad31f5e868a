// The layout of the file: it may change only together with its version.
#include "store/format.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "store/expression/connection.h"
#include "store_fixture.h"

namespace keyscore::store {
namespace {

using ::testing::HasSubstr;

class FormatTest : public StoredTest {
 protected:
  // Runs statements on the closed file, behind the store's back.
  std::unique_ptr<Connection> OpenRaw(const std::string& path) {
    store_.reset();
    auto database = Database::Open(path, {});
    EXPECT_TRUE(database.ok()) << database.status();
    auto connection = Connection::Open(*database);
    EXPECT_TRUE(connection.ok()) << connection.status();
    return *std::move(connection);
  }
};

TEST_F(FormatTest, IsThatOfTheGoldenFile) {
  const auto connection = OpenRaw(path());
  auto columns = connection->Query(
      "SELECT table_name || ' ' || string_agg(column_name || ' ' || data_type || "
      "CASE WHEN is_nullable THEN '' ELSE ' not null' END, ', ' ORDER BY column_index) "
      "FROM duckdb_columns() WHERE NOT internal GROUP BY table_name ORDER BY table_name");
  ASSERT_OK(columns);
  std::string found = "format version " + std::to_string(kFormatVersion) + "\n";
  columns->ForEachChunk([&found](const Chunk& chunk) {
    for (size_t row = 0; row < chunk.size(); ++row) {
      found += std::string(chunk.String(0, row)) + "\n";
    }
  });
  const char* source = std::getenv("KEYSCORE_SOURCE_DIR");
  ASSERT_NE(source, nullptr) << "run it through ctest, or set KEYSCORE_SOURCE_DIR";
  std::ifstream file(std::string(source) + "/tests/golden/store_format_v1.txt");
  ASSERT_TRUE(file) << "the golden file is missing";
  std::stringstream golden;
  golden << file.rdbuf();
  EXPECT_EQ(found, golden.str())
      << "a changed layout needs a new format version, a migration and a golden file of its own";
}

TEST_F(FormatTest, ANewerVersionIsRefused) {
  {
    const auto connection = OpenRaw(path());
    ASSERT_OK(connection->Execute("UPDATE format SET version = 2"));
  }
  const auto store = OpenDuckDbStore({.path = path()});
  EXPECT_EQ(store.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(MessageOfResult(store), HasSubstr("format version 2, this program knows up to 1"));
}

TEST_F(FormatTest, ADatabaseOfSomethingElseIsDataLoss) {
  const std::string other = (folder_ / "other.duckdb").string();
  {
    const auto connection = OpenRaw(other);
    ASSERT_OK(connection->Execute("CREATE TABLE shop (id INTEGER)"));
  }
  const auto store = OpenDuckDbStore({.path = other});
  EXPECT_EQ(store.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(MessageOfResult(store), HasSubstr("no Keyscore store"));
}

TEST_F(FormatTest, ALogThatLostRowsIsDataLoss) {
  Append("wallet", {{{"fact_id", std::string("w1")}, {"account_id", std::string("acme")}}});
  {
    const auto connection = OpenRaw(path());
    ASSERT_OK(connection->Execute("DELETE FROM \"facts/wallet\""));
  }
  const auto store = OpenDuckDbStore({.path = path()});
  EXPECT_EQ(store.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(MessageOfResult(store), HasSubstr("has 0 rows, its batches wrote 1"));
}

}  // namespace
}  // namespace keyscore::store
