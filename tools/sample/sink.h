// Where the rows go: one table a dataset in a scratch DuckDB file beside the output, filled by
// appenders and at the end written as Parquet or CSV. Memory stays bounded however many rows come.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sample/clock.h"
#include "sample/datasets.h"

namespace keyscore::sample {

// One value of a row; without arguments it is null.
struct Cell {
  enum class Kind { kNull, kBool, kInteger, kNumber, kText, kInstant };

  Cell() = default;
  Cell(bool value) : kind(Kind::kBool), integer(value) {}                 // NOLINT(*-explicit-*)
  Cell(int64_t value) : kind(Kind::kInteger), integer(value) {}           // NOLINT(*-explicit-*)
  Cell(double value) : kind(Kind::kNumber), number(value) {}              // NOLINT(*-explicit-*)
  Cell(std::string value) : kind(Kind::kText), text(std::move(value)) {}  // NOLINT(*-explicit-*)
  Cell(Instant value) : kind(Kind::kInstant), integer(value.micros) {}    // NOLINT(*-explicit-*)
  Cell(const char*) = delete;                                             // would be a bool

  Kind kind = Kind::kNull;
  int64_t integer = 0;
  double number = 0;
  std::string text;
};

enum class Format { kParquet, kCsv };

class Sink {
 public:
  // Makes the folder and the scratch file in it.
  static absl::StatusOr<std::unique_ptr<Sink>> Open(const std::filesystem::path& folder);
  ~Sink();
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  // Cells in the order of the dataset's columns. The first failure is kept for Finish.
  void Add(Dataset dataset, std::initializer_list<Cell> cells);

  int64_t rows(Dataset dataset) const { return rows_[static_cast<size_t>(dataset)]; }
  int64_t total_rows() const;

  // Writes {dataset}.parquet or .csv for every dataset, ordered by time, and drops the scratch
  // file.
  absl::Status Finish(Format format);

  // One number by SQL over the tables, for the summary; before Finish.
  absl::StatusOr<double> Ask(const std::string& sql);

 private:
  struct Handles;
  explicit Sink(std::filesystem::path folder);
  absl::Status Start();
  absl::Status Run(const std::string& sql);
  absl::Status Flush();

  std::filesystem::path folder_;
  std::filesystem::path scratch_;
  std::unique_ptr<Handles> handles_;
  std::array<int64_t, kDatasetCount> rows_{};
  absl::Status status_;
};

}  // namespace keyscore::sample
