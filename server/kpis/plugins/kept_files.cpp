// Each file is written aside, made durable, and put in place by a rename; the library last, so that
// where it is, the others are.
#include "kpis/plugins/kept_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "fmt/format.h"
#include "kpis/staging.h"
#include "store/sha256.h"

namespace keyscore::kpis {
namespace {

namespace fs = std::filesystem;

constexpr char kLibrary[] = ".so";
constexpr char kGolden[] = ".golden.yaml";
constexpr char kSignature[] = ".sig";
constexpr char kIncoming[] = ".incoming";
constexpr size_t kMaxGoldenBytes = size_t{16} << 20;

absl::Status Failed(const std::string& path, int error) {
  return absl::InternalError(
      fmt::format("'{}' can't be written: {}; give the server's user room "
                  "and the right to write there",
                  path, std::generic_category().message(error)));
}

bool WriteAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

absl::Status WriteDurably(const std::string& path, std::string_view bytes, mode_t mode) {
  const std::string aside = path + kIncoming;
  unlink(aside.c_str());
  const int file = open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0) return Failed(path, errno);
  const bool written = WriteAll(file, bytes) && fchmod(file, mode) == 0 && fsync(file) == 0;
  int error = errno;
  close(file);
  if (written && std::rename(aside.c_str(), path.c_str()) == 0) return absl::OkStatus();
  if (written) error = errno;
  unlink(aside.c_str());
  return Failed(path, error);
}

absl::Status SyncFolder(const std::string& folder) {
  const int opened = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return Failed(folder, errno);
  const absl::Cleanup close_it = [opened] { close(opened); };
  if (fsync(opened) != 0) return Failed(folder, errno);
  return absl::OkStatus();
}

// What is not there is empty.
absl::StatusOr<std::string> ReadIfThere(const std::string& path) {
  auto bytes = ReadLibraryFile(path, kMaxGoldenBytes);
  if (absl::IsNotFound(bytes.status())) return std::string();
  return bytes;
}

}  // namespace

std::string KeptFiles::PathOf(const std::string& sha256, const char* ending) const {
  return absl::StrCat(folder_, "/", sha256, ending);
}

absl::Status KeptFiles::Prepare() const {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (!error) fs::permissions(folder_, fs::perms::owner_all, error);
  if (!error) return absl::OkStatus();
  return absl::InternalError(
      fmt::format("directory '{}' can't be made private: {}", folder_, error.message()));
}

bool KeptFiles::Has(const std::string& sha256) const {
  return !sha256.empty() && access(PathOf(sha256, kLibrary).c_str(), R_OK) == 0;
}

absl::StatusOr<bool> KeptFiles::Place(const std::string& sha256, const KeptFile& file) const {
  if (Has(sha256) && Read(sha256).ok()) return true;
  absl::Status placed;
  if (!file.golden_vectors.empty()) {
    placed = WriteDurably(PathOf(sha256, kGolden), file.golden_vectors, 0400);
  }
  if (placed.ok() && !file.signature.empty()) {
    placed = WriteDurably(PathOf(sha256, kSignature), file.signature, 0400);
  }
  if (placed.ok()) placed = WriteDurably(PathOf(sha256, kLibrary), file.content, 0500);
  if (placed.ok()) placed = SyncFolder(folder_);
  if (placed.ok()) return false;
  Remove(sha256);
  return placed;
}

absl::StatusOr<KeptFile> KeptFiles::Read(const std::string& sha256) const {
  auto content = ReadLibraryFile(PathOf(sha256, kLibrary));
  if (!content.ok()) {
    return absl::NotFoundError(
        fmt::format("the library {} is not kept any more ({}); install it again",
                    sha256.substr(0, 12), std::string(content.status().message())));
  }
  const auto digest = store::Sha256Hex(*content);
  if (!digest.ok()) return digest.status();
  if (*digest != sha256) {
    return absl::DataLossError(
        fmt::format("'{}' is not the file that was installed: its SHA-256 is {}; install it again",
                    PathOf(sha256, kLibrary), *digest));
  }
  auto golden = ReadIfThere(PathOf(sha256, kGolden));
  if (!golden.ok()) return golden.status();
  auto signature = ReadIfThere(PathOf(sha256, kSignature));
  if (!signature.ok()) return signature.status();
  return KeptFile{.content = *std::move(content),
                  .golden_vectors = *std::move(golden),
                  .signature = *std::move(signature)};
}

void KeptFiles::Remove(const std::string& sha256) const {
  // The library first: without it the others are nothing.
  for (const char* ending : {kLibrary, kGolden, kSignature}) {
    unlink(PathOf(sha256, ending).c_str());
  }
}

void KeptFiles::RemoveAllBut(const std::set<std::string>& sha256s) const {
  std::error_code error;
  std::vector<fs::path> stale;
  fs::directory_iterator entries(folder_, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const std::string name = entries->path().filename().string();
    if (absl::EndsWith(name, kIncoming) || !sha256s.contains(name.substr(0, name.find('.')))) {
      stale.push_back(entries->path());
    }
  }
  for (const fs::path& path : stale) fs::remove(path, error);
}

}  // namespace keyscore::kpis
