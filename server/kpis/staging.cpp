// Reads a file once, digests those bytes, and puts them in place with an atomic rename.
#include "kpis/staging.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "fmt/format.h"
#include "store/sha256.h"

namespace keyscore::kpis {
namespace {

namespace fs = std::filesystem;

constexpr char kIncoming[] = "incoming-";  // names of copies not yet in place

absl::Status PrepareDirectory(const std::string& staging_dir) {
  std::error_code error;
  fs::create_directories(staging_dir, error);
  if (!error) fs::permissions(staging_dir, fs::perms::owner_all, error);
  if (error) {
    return absl::InternalError(fmt::format("staging directory '{}' can't be made private: {}",
                                           staging_dir, error.message()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ReadLibraryFile(const std::string& path, size_t max_bytes) {
  // O_NONBLOCK: opening a FIFO by that name must not wait for a writer.
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return absl::ErrnoToStatus(errno, "can't be read");
  const absl::Cleanup close_file = [file] { close(file); };
  struct stat info {};
  if (fstat(file, &info) != 0) return absl::ErrnoToStatus(errno, "can't be read");
  if (!S_ISREG(info.st_mode)) return absl::InvalidArgumentError("is not a regular file");
  std::string bytes;
  std::array<char, 64 * 1024> chunk;
  for (;;) {
    const ssize_t count = read(file, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return absl::ErrnoToStatus(errno, "can't be read");
    if (count == 0) return bytes;
    bytes.append(chunk.data(), static_cast<size_t>(count));
    if (bytes.size() > max_bytes) {
      return absl::InvalidArgumentError(fmt::format("is larger than {} bytes", max_bytes));
    }
  }
}

namespace {

bool WriteWhole(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

absl::Status Place(const std::string& bytes, const std::string& staging_dir,
                   const std::string& target) {
  std::string temporary = absl::StrCat(staging_dir, "/", kIncoming, "XXXXXX");
  const int file = mkostemp(temporary.data(), O_CLOEXEC);
  const auto failed = [&](int error) {
    if (file >= 0) unlink(temporary.c_str());
    return absl::InternalError(fmt::format("staging directory '{}' can't be written: {}",
                                           staging_dir, std::generic_category().message(error)));
  };
  if (file < 0) return failed(errno);
  const bool written = WriteWhole(file, bytes) && fchmod(file, S_IRUSR | S_IXUSR) == 0;
  const int error = errno;
  close(file);
  if (!written) return failed(error);
  if (rename(temporary.c_str(), target.c_str()) != 0) return failed(errno);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<StagedFile> StageContent(const std::string& content,
                                        const std::string& staging_dir) {
  absl::StatusOr<std::string> digest = store::Sha256Hex(content);
  if (!digest.ok()) return digest.status();
  if (absl::Status status = PrepareDirectory(staging_dir); !status.ok()) return status;
  StagedFile staged{absl::StrCat(staging_dir, "/", *digest, ".so"), *digest};
  if (absl::Status status = Place(content, staging_dir, staged.path); !status.ok()) return status;
  return staged;
}

absl::StatusOr<StagedFile> StageFile(const std::string& path, const std::string& staging_dir) {
  absl::StatusOr<std::string> bytes = ReadLibraryFile(path);
  if (!bytes.ok()) return bytes.status();
  return StageContent(*bytes, staging_dir);
}

void ClearStaging(const std::string& staging_dir) {
  constexpr size_t kDigestLetters = 64;
  std::error_code error;
  std::vector<fs::path> stale;
  fs::directory_iterator entries(staging_dir, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const fs::path& path = entries->path();
    // Only what StageFile makes: the directory may have been set by hand to one with more in it.
    const std::string stem = path.stem().string();
    const bool ours = path.extension() == ".so" && stem.size() == kDigestLetters &&
                      std::all_of(stem.begin(), stem.end(), absl::ascii_isxdigit);
    if (ours || absl::StartsWith(stem, kIncoming) || absl::StartsWith(stem, kCheckFolder)) {
      stale.push_back(path);
    }
  }
  for (const fs::path& path : stale) fs::remove_all(path, error);
}

}  // namespace keyscore::kpis
