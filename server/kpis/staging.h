// The server's private copies of library files.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace keyscore::kpis {

struct StagedFile {
  std::string path;    // <staging_dir>/<sha256>.so, mode 0500
  std::string sha256;  // hex, of the bytes that stand at `path`
};

// A library is a few megabytes; what is larger is something else.
inline constexpr size_t kMaxLibraryBytes = size_t{256} << 20;

// The bytes of a regular file. NOT_FOUND or INVALID_ARGUMENT for one that can't be read, is no
// regular file or is larger than `max_bytes`.
absl::StatusOr<std::string> ReadLibraryFile(const std::string& path,
                                            size_t max_bytes = kMaxLibraryBytes);

// Puts a library's bytes in place under the name of their digest, so that the code that runs is the
// code that was digested, whatever happens to the original. Makes the directory with mode 0700, or
// gives it that. INTERNAL where the staging directory can't be written.
absl::StatusOr<StagedFile> StageContent(const std::string& content, const std::string& staging_dir);

// ReadLibraryFile, then StageContent.
absl::StatusOr<StagedFile> StageFile(const std::string& path, const std::string& staging_dir);

// Removes the copies that earlier runs of the server left behind, and the folders in which they
// were checking one. What this process has loaded stays loaded.
inline constexpr char kCheckFolder[] = "check-";  // names of such folders begin so
void ClearStaging(const std::string& staging_dir);

}  // namespace keyscore::kpis
