// The limits, and the order: Landlock needs descriptors, and seccomp takes the calls for the rest.
#include "kpis/sandbox/sandbox.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "fmt/format.h"
#include "kpis/sandbox/landlock.h"
#include "kpis/sandbox/system_calls.h"

namespace keyscore::kpis {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kHasShadowMemory = true;
#else
constexpr bool kHasShadowMemory = false;
#endif

enum class Hard { kToo, kAsItIs };

// Never above what is in force already.
absl::Status Limit(decltype(RLIMIT_AS) resource, const char* name, int64_t value, Hard hard) {
  rlimit limit{};
  if (getrlimit(resource, &limit) == 0) {
    limit.rlim_cur = std::min<rlim_t>(static_cast<rlim_t>(value), limit.rlim_max);
    if (hard == Hard::kToo) limit.rlim_max = limit.rlim_cur;
    if (setrlimit(resource, &limit) == 0) return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      fmt::format("the limit {} can't be set to {}: {}", name, value, std::strerror(errno)));
}

absl::Status SetLimits(const SandboxOptions& options) {
  absl::Status status;
  status.Update(Limit(RLIMIT_CORE, "RLIMIT_CORE", 0, Hard::kToo));
  status.Update(Limit(RLIMIT_MEMLOCK, "RLIMIT_MEMLOCK", 0, Hard::kToo));
  status.Update(Limit(RLIMIT_FSIZE, "RLIMIT_FSIZE", options.file_bytes, Hard::kToo));
  status.Update(Limit(RLIMIT_NOFILE, "RLIMIT_NOFILE", options.open_files, Hard::kToo));
  // Threads count as processes here, and all of the user's are counted together, so with threads
  // there is no number that is right.
  if (!options.threads) status.Update(Limit(RLIMIT_NPROC, "RLIMIT_NPROC", 0, Hard::kToo));
  if (options.memory_bytes > 0 && !kHasShadowMemory) {
    status.Update(Limit(RLIMIT_AS, "RLIMIT_AS", options.memory_bytes, Hard::kToo));
  }
  if (options.cpu_seconds > 0) {
    // SIGXCPU must end the process, whatever was inherited. The hard limit stays: who raises the
    // soft one from outside may have no privilege.
    std::signal(SIGXCPU, SIG_DFL);
    status.Update(Limit(RLIMIT_CPU, "RLIMIT_CPU", options.cpu_seconds, Hard::kAsItIs));
  }
  return status;
}

}  // namespace

absl::Status EnterSandbox(const SandboxOptions& options) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return absl::FailedPreconditionError(
        fmt::format("PR_SET_NO_NEW_PRIVS: {}", std::strerror(errno)));
  }
  if (absl::Status status = RestrictFiles(options.readable); !status.ok()) return status;
  if (absl::Status status = SetLimits(options); !status.ok()) return status;
  return RestrictSystemCalls(options.threads);
}

absl::Status CloseFileSystem() { return RefuseFilesAndCode(); }

}  // namespace keyscore::kpis
