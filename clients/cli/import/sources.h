// The files of an import, found and loaded into tables of an in-memory DuckDB.
//
// CSV and JSON columns are loaded as text, so that nothing is converted before a mapping (or the
// dataset's schema) says so; Parquet columns keep their types. Lines of a CSV that can't be read
// are kept aside with the reason, never dropped.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/import/mapping.h"
#include "store/expression/connection.h"

namespace keyscore::cli {

struct FoundFile {
  std::string path;
  FileFormat format = FileFormat::kCsv;
};

// A line that is no record: a wrong number of columns, broken UTF-8, …
struct BadLine {
  int64_t line = 0;  // counting records from 1, the header being the first
  std::string column;
  std::string reason;
  std::string text;
};

struct LoadedFile {
  std::string path;
  FileFormat format = FileFormat::kCsv;
  int64_t first_row = 0;  // rowid of its first row in the table
  int64_t rows = 0;
  std::vector<BadLine> bad_lines;  // by line
};

struct LoadedColumn {
  std::string name;
  std::string type;  // DuckDB's name
};

struct LoadedSource {
  std::string name;  // also of the table
  std::vector<LoadedFile> files;
  std::vector<LoadedColumn> columns;
  int64_t rows = 0;

  // "sales.csv" and the record's number in it (CSV: from 1, the header being the first).
  std::pair<std::string, int64_t> Locate(int64_t rowid) const;
};

// Files by extension: csv, tsv, parquet, json, ndjson, jsonl. False = not one of ours.
bool FormatOf(const std::string& path, FileFormat& format);

// All regular files of the given files and folders (not of folders below), sorted by name.
// NOT_FOUND names a path that isn't there.
absl::StatusOr<std::vector<std::string>> ListFiles(const std::vector<std::string>& paths);

// The files that a source's pattern matches. NOT_FOUND when there is none.
absl::StatusOr<std::vector<FoundFile>> FindFiles(const SourceSpec& source,
                                                 const std::vector<std::string>& files);

// Loads the files into one table. Files of one source must have the same columns, and the ones that
// the source requires; a missing one is named with the nearest that is there.
absl::StatusOr<LoadedSource> LoadSource(const SourceSpec& source,
                                        const std::vector<FoundFile>& files,
                                        store::Connection& connection);

// The names in the first record of a CSV file. A file without any byte, a name twice, or a quote
// that never closes is an error.
absl::StatusOr<std::vector<std::string>> ReadCsvHeader(const std::string& path,
                                                       const CsvDialect& dialect);

}  // namespace keyscore::cli
