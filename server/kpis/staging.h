// The server's private copies of library files.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace keyscore::kpis {

struct StagedFile {
  std::string path;    // <staging_dir>/<sha256>.so, mode 0500
  std::string sha256;  // hex, of the bytes that stand at `path`
};

// A library is a few megabytes; what is larger is something else.
inline constexpr size_t kMaxLibraryBytes = size_t{256} << 20;

// Copies a regular file under the name of its digest, so that the code that runs is the code that
// was digested, whatever happens to the original. Makes the directory with mode 0700, or gives it
// that. NOT_FOUND or INVALID_ARGUMENT for a file that can't be read or is no regular file; INTERNAL
// where the staging directory can't be written.
absl::StatusOr<StagedFile> StageFile(const std::string& path, const std::string& staging_dir);

// Removes the copies that earlier runs of the server left behind. What this process has loaded
// stays loaded.
void ClearStaging(const std::string& staging_dir);

}  // namespace keyscore::kpis
