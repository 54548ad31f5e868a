// An import mapping: which files there are, and how their columns become facts. The YAML form is
// documented in clients/cli/mappings/README.md.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace keyscore::cli {

enum class FileFormat { kByExtension, kCsv, kParquet, kJson };

struct CsvDialect {
  char delimiter = ',';
  char quote = '"';
  std::string encoding = "utf-8";
  std::vector<std::string> null_values;  // besides the empty field
};

// A logical table, read from every file that matches.
struct SourceSpec {
  std::string name;
  std::string file;  // a name, or a pattern with * and ?
  FileFormat format = FileFormat::kByExtension;
  std::vector<std::string> columns;  // must be there
  CsvDialect csv;
};

// A LEFT JOIN: no row of the import gets lost.
struct JoinSpec {
  std::string source;
  std::string as;
  std::string on;
};

struct ColumnSpec {
  std::string name;
  std::string expression;
};

// Worth knowing, but the row is taken.
struct WarningSpec {
  std::string when;
  std::string message;
};

// The row is not taken.
struct RejectSpec {
  std::string when;
  std::string column;
  std::string reason;
};

struct ImportSpec {
  std::string dataset;
  std::string from;
  std::vector<JoinSpec> joins;
  std::string where;
  std::vector<std::string> group_by;
  std::vector<ColumnSpec> columns;
  std::vector<WarningSpec> warnings;
  std::vector<RejectSpec> rejects;
};

struct Mapping {
  std::string name;
  std::string description;
  std::string time_zone;  // IANA; empty = the server's reporting time zone
  std::vector<SourceSpec> sources;
  std::vector<ImportSpec> imports;
  std::string path;  // where it was read from, for messages

  const SourceSpec* FindSource(const std::string& name) const;
};

// Reads the YAML text. Faults are usage errors that name file, line and the nearest known key.
// Expressions are not looked at; see expressions.h.
absl::StatusOr<Mapping> ParseMapping(const std::string& yaml, const std::string& path);

// Finds a mapping: a file, when `name` has a slash or ends in .yaml; else one of the shipped ones
// beside the program, in ../share/keyscore/mappings.
absl::StatusOr<Mapping> LoadMapping(const std::string& name, const std::string& program_folder);

// Names of the shipped mappings, and "keyscore".
std::vector<std::string> ShippedMappings(const std::string& program_folder);

}  // namespace keyscore::cli
