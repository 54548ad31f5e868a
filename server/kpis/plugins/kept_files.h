// The libraries that the server keeps so that a plugin outlives a restart and can be rolled back:
// <folder>/<sha256>.so, and beside it what came with it, <sha256>.golden.yaml and <sha256>.sig.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace keyscore::kpis {

struct KeptFile {
  std::string content;
  std::string golden_vectors;  // YAML, or empty
  std::string signature;       // 64 bytes, or empty
};

// One change at a time; Has from any thread. The folder is this process's user's alone.
class KeptFiles {
 public:
  explicit KeptFiles(std::string folder) : folder_(std::move(folder)) {}

  // Makes the folder with mode 0700, or gives it that.
  absl::Status Prepare() const;

  bool Has(const std::string& sha256) const;

  // On disk when it returns. What is there under that digest already stays, if it is sound; whether
  // it was there.
  absl::StatusOr<bool> Place(const std::string& sha256, const KeptFile& file) const;

  // NOT_FOUND where it isn't kept, DATA_LOSS where it is not what it was.
  absl::StatusOr<KeptFile> Read(const std::string& sha256) const;

  void Remove(const std::string& sha256) const;

  // What a server that was killed has left over, too.
  void RemoveAllBut(const std::set<std::string>& sha256s) const;

 private:
  std::string PathOf(const std::string& sha256, const char* ending) const;

  const std::string folder_;
};

}  // namespace keyscore::kpis
