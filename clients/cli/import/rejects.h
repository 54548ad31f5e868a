// The file of rejects: every row that was not taken, where it came from, why, and the row itself.
#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "cli/import/sources.h"
#include "store/expression/connection.h"

namespace keyscore::cli {

// A row of an import that was not taken.
struct RejectedRow {
  int64_t rowid = -1;  // of the source; -1 where rows are grouped
  std::string fact_id;
  std::string column;
  std::string reason;
};

// Columns: source_file, record, dataset, fact_id, column, reason, row (JSON). The file is made with
// the first reject; an import without any leaves none, and removes none.
class RejectsFile {
 public:
  explicit RejectsFile(std::string path) : path_(std::move(path)) {}

  // Lines that could not be read at all.
  absl::Status AddBadLines(const LoadedSource& source);
  // Rows of an import of `dataset`; looks up where they stand and what they hold.
  absl::Status AddRows(const std::string& dataset, const LoadedSource& source,
                       const std::vector<RejectedRow>& rows, store::Connection& connection);
  // Flushes; an error where the disk is full or the folder can't be written.
  absl::Status Close();

  const std::string& path() const { return path_; }
  int64_t count() const { return count_; }

  struct Group {
    std::string dataset;  // or the file, for bad lines
    std::string column;
    std::string reason;
    int64_t count = 0;
  };
  // Rejects with the same reason together, most frequent first.
  std::vector<Group> Groups() const;

 private:
  absl::Status Open();
  void Count(const std::string& dataset, const std::string& column, const std::string& reason);

  const std::string path_;
  std::ofstream file_;
  int64_t count_ = 0;
  std::map<std::vector<std::string>, int64_t> groups_;
};

}  // namespace keyscore::cli
