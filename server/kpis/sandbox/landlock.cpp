// The three system calls by hand, for the C library has no wrappers. The rights that came after the
// oldest header we build with (Linux 6.1) are named here; the numbers are the kernel's stable ABI
// (Documentation/userspace-api/landlock.rst).
#include "kpis/sandbox/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "fmt/format.h"

namespace keyscore::kpis {
namespace {

// struct landlock_ruleset_attr of today's kernels. An older kernel takes the longer struct as long
// as what it doesn't know is 0.
struct Ruleset {
  uint64_t files = 0;
  uint64_t network = 0;
  uint64_t scopes = 0;
};

constexpr uint64_t kRefer = uint64_t{1} << 13;              // since ABI 2
constexpr uint64_t kTruncate = uint64_t{1} << 14;           // 3
constexpr uint64_t kNetwork = 0b11;                         // 4: bind and connect, TCP
constexpr uint64_t kDeviceControl = uint64_t{1} << 15;      // 5
constexpr uint64_t kScopes = 0b11;                          // 6: abstract Unix sockets and signals
constexpr uint64_t kFirstRights = (uint64_t{1} << 13) - 1;  // 1

constexpr uint64_t kReadFile = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE;
constexpr uint64_t kReadFolder = kReadFile | LANDLOCK_ACCESS_FS_READ_DIR;

Ruleset AllRights(long abi) {
  Ruleset all{.files = kFirstRights};
  if (abi >= 2) all.files |= kRefer;
  if (abi >= 3) all.files |= kTruncate;
  if (abi >= 4) all.network = kNetwork;
  if (abi >= 5) all.files |= kDeviceControl;
  if (abi >= 6) all.scopes = kScopes;
  return all;
}

absl::Status Refused(const std::string& what) {
  return absl::FailedPreconditionError(fmt::format("Landlock: {}: {}", what, std::strerror(errno)));
}

absl::Status AllowReading(int ruleset, const std::string& path) {
  const int file = open(path.c_str(), O_PATH | O_CLOEXEC);
  if (file < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return absl::OkStatus();
    return Refused(fmt::format("'{}' can't be made readable", path));
  }
  const absl::Cleanup close_file = [file] { close(file); };
  struct stat info {};
  if (fstat(file, &info) != 0) return Refused(fmt::format("'{}' can't be made readable", path));
  const landlock_path_beneath_attr rule{
      .allowed_access = S_ISDIR(info.st_mode) ? kReadFolder : kReadFile, .parent_fd = file};
  if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
    return Refused(fmt::format("'{}' can't be made readable", path));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RestrictFiles(const std::vector<std::string>& readable) {
  const long abi =
      syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1) return absl::OkStatus();  // too old, or switched off at boot
  const Ruleset rights = AllRights(abi);
  const auto ruleset =
      static_cast<int>(syscall(SYS_landlock_create_ruleset, &rights, sizeof(rights), 0));
  if (ruleset < 0) return Refused("no rule set can be made");
  const absl::Cleanup close_ruleset = [ruleset] { close(ruleset); };
  for (const std::string& path : readable) {
    if (absl::Status status = AllowReading(ruleset, path); !status.ok()) return status;
  }
  if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) {
    return Refused("the rules can't be put in force");
  }
  return absl::OkStatus();
}

}  // namespace keyscore::kpis
