// One run of `keyscore import`, from files to facts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "cli/context.h"
#include "cli/import/mapping.h"
#include "cli/import/rejects.h"

namespace keyscore::cli {

struct ImportOptions {
  std::string mapping = "keyscore";  // name or file
  std::vector<std::string> paths;
  size_t batch_rows = 20'000;
  std::string rejects_path = "keyscore-rejects.csv";
  bool dry_run = false;
  bool refuse_batch = false;
  bool strict = false;  // rejects make the command fail
};

struct ImportWarning {
  std::string dataset;
  std::string message;
  int64_t count = 0;
  std::string examples;  // up to three fact_ids
};

// One dataset's line of the summary.
struct ImportedDataset {
  std::string dataset;
  int64_t read = 0;
  int64_t inserted = 0;
  int64_t updated = 0;
  int64_t replayed = 0;
  int64_t rejected = 0;
  int64_t refused = 0;
  int64_t unexplained = 0;
};

struct ReadFile {
  std::string path;
  int64_t rows = 0;
  int64_t bad_lines = 0;
};

struct ImportReport {
  std::string mapping;
  bool dry_run = false;
  std::vector<ReadFile> files;
  std::vector<std::string> left_out;  // files that no source takes, with the reason
  std::vector<ImportedDataset> datasets;
  std::vector<ImportWarning> warnings;
  std::vector<RejectsFile::Group> rejects;
  std::string rejects_path;  // empty = none was written
  int64_t rejected = 0;      // rows and unreadable lines
  int64_t durable = 0;       // rows that the server confirmed
  int64_t watermark = 0;
  double seconds = 0;
};

// Runs the import. `report` holds what was done, also when it stopped on the way; an UNAVAILABLE
// status says how much is durable and how to resume.
absl::Status RunImport(Context& context, const ImportOptions& options, ImportReport& report);

// Prints the summary in the form asked for.
void PrintImportReport(const ImportReport& report, Context& context);

}  // namespace keyscore::cli
