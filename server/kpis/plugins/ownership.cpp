// Who may have written a file that lies in a plugin directory.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "kpis/isolation/unique_fd.h"
#include "kpis/plugins/trust.h"
#include "kpis/text.h"

namespace keyscore::kpis {
namespace {

constexpr size_t kMaxPathBytes = 1024;
constexpr mode_t kWritableByOthers = S_IWGRP | S_IWOTH;

// Fit for a message, and for a shell that it is pasted into.
std::string Quoted(const std::string& path) {
  std::string safe = SafeText(path, kMaxPathBytes);
  const bool plain = std::all_of(safe.begin(), safe.end(), [](char letter) {
    return absl::ascii_isalnum(static_cast<unsigned char>(letter)) ||
           std::string_view("/._-+").find(letter) != std::string_view::npos;
  });
  if (plain) return safe;
  std::string quoted = "'";
  for (const char letter : safe) {
    if (letter == '\'') {
      quoted += "'\\''";
    } else {
      quoted += letter;
    }
  }
  return quoted + "'";
}

std::string Unreadable(const std::string& path) {
  const std::string why = std::generic_category().message(errno);
  return fmt::format("{} can't be opened: {}", Quoted(path), why);
}

void CheckOwner(const std::string& path, const struct stat& info,
                std::vector<std::string>& faults) {
  if (info.st_uid != 0 && info.st_uid != geteuid()) {
    faults.push_back(fmt::format(
        "{} belongs to user {}, who may change it; it must belong to root or to user {}, whom "
        "the server runs as: chown {} {}",
        Quoted(path), info.st_uid, geteuid(), geteuid(), Quoted(path)));
  }
  if ((info.st_mode & kWritableByOthers) != 0) {
    const bool group = (info.st_mode & S_IWGRP) != 0;
    const bool others = (info.st_mode & S_IWOTH) != 0;
    faults.push_back(fmt::format("{} may be written to by {} (mode {:04o}): chmod go-w {}",
                                 Quoted(path),
                                 !others  ? "its group"
                                 : !group ? "everybody"
                                          : "its group and everybody",
                                 info.st_mode & 07777, Quoted(path)));
  }
}

void CheckFile(const std::string& path, std::vector<std::string>& faults) {
  struct stat named {};
  if (lstat(path.c_str(), &named) != 0) {
    faults.push_back(Unreadable(path));
    return;
  }
  if (!S_ISREG(named.st_mode)) {
    faults.push_back(fmt::format("{} is {}: put the library itself there", Quoted(path),
                                 S_ISLNK(named.st_mode) ? "a symbolic link" : "no regular file"));
    return;
  }
  // Of what is open, since the name may lead to something else by now. O_NONBLOCK: to a FIFO.
  const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat info {};
  if (!file.valid() || fstat(file.get(), &info) != 0) {
    faults.push_back(Unreadable(path));
  } else if (!S_ISREG(info.st_mode)) {
    faults.push_back(
        fmt::format("{} is no regular file: put the library itself there", Quoted(path)));
  } else {
    CheckOwner(path, info, faults);
  }
}

// Whoever may write to the folder can put another file in the place of this one; the sticky bit
// keeps them from it only while the file is there.
void CheckFolder(const std::string& path, std::vector<std::string>& faults) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  const std::string folder = parent.empty() ? "." : parent.string();
  const UniqueFd opened(open(folder.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY));
  struct stat info {};
  if (!opened.valid() || fstat(opened.get(), &info) != 0) {
    faults.push_back(Unreadable(folder));
  } else {
    CheckOwner(folder, info, faults);
  }
}

}  // namespace

absl::Status CheckOwnership(const std::string& path) {
  std::vector<std::string> faults;
  CheckFile(path, faults);
  CheckFolder(path, faults);
  if (faults.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrJoin(faults, "\n"));
}

}  // namespace keyscore::kpis
