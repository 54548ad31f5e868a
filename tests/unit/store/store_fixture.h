// What the store's tests have in common: a store of their own, and short forms for facts and
// measures.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "facts/builtin_datasets.h"
#include "facts/validate.h"
#include "store/duckdb_store.h"
#include "store/store.h"

namespace keyscore::store {

#define ASSERT_OK(expression)                       \
  do {                                              \
    const auto& status_ = (expression);             \
    ASSERT_TRUE(status_.ok()) << StatusOf(status_); \
  } while (false)

inline absl::Status StatusOf(const absl::Status& status) { return status; }
template <typename T>
absl::Status StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}
template <typename T>
std::string MessageOfResult(const T& result) {
  return std::string(StatusOf(result).message());
}

// Midnight UTC of "2024-03-01", or an instant "2024-03-01T12:00:00Z".
absl::Time At(const std::string& text);

const facts::DatasetSchema& Builtin(const std::string& id);

// Values of one fact by column. Required columns that are left out get something harmless: the
// first allowed value, "x", false, the minimum or 0.
using Fields = std::map<std::string, Value>;
facts::ColumnBatch Batch(const facts::DatasetSchema& schema, const std::vector<Fields>& rows);
facts::ColumnBatch Batch(const std::string& builtin, const std::vector<Fields>& rows);
facts::ColumnBatch Deletion(const std::string& dataset, const std::vector<std::string>& fact_ids);

// A measure over [from, to); builders below change it.
ResolvedMeasure MeasureOf(const std::string& dataset, Aggregate aggregate, std::string value = "",
                          std::string filter = "", absl::Time from = absl::InfinitePast(),
                          absl::Time to = absl::InfiniteFuture());
// The facts whose span covers an instant.
ResolvedMeasure OpenAt(const std::string& dataset, Aggregate aggregate, std::string value,
                       std::string end_column, absl::Time instant);

inline constexpr Scope kEverything = {};
Scope Managers(std::vector<std::string> ids = {}, bool by_account = false);
Scope Accounts(std::vector<std::string> ids = {});
Scope Teams(std::vector<std::string> ids = {});

// A store in memory with the built-in datasets defined.
class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override { Open(":memory:"); }

  void Open(const std::string& path, const std::string& time_zone = "UTC");

  // Appends and expects success.
  AppendResult Append(const facts::ColumnBatch& batch);
  AppendResult Append(const std::string& dataset, const std::vector<Fields>& rows) {
    return Append(Batch(dataset, rows));
  }

  // The table of one measure: subject (or subject/account) → number; null cells are left out.
  std::map<std::string, double> Numbers(const ResolvedMeasure& measure, const Scope& scope,
                                        int64_t watermark = 0);
  MeasureTable Table(const std::vector<ResolvedMeasure>& measures, const Scope& scope,
                     int64_t watermark = 0);

  std::unique_ptr<Store> store_;
};

// The same, in a file.
class StoredTest : public StoreTest {
 protected:
  void SetUp() override;
  void TearDown() override;

  std::string path() const { return (folder_ / "facts.duckdb").string(); }
  void Reopen();

  std::filesystem::path folder_;
};

}  // namespace keyscore::store
