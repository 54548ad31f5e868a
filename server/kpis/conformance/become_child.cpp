// Descriptors, signals, and the sandbox last.
#include "kpis/conformance/become_child.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_split.h"
#include "kpis/conformance/crash_report.h"
#include "kpis/sandbox/sandbox.h"

namespace keyscore::kpis::conformance {
namespace {

namespace fs = std::filesystem;

// Generous, since what a library takes is no rule of the checker's: it shall end before the machine
// runs out.
constexpr int64_t kMemoryBytes = int64_t{4} << 30;
constexpr int64_t kMaxWordsBytes = 16 << 20;
constexpr int64_t kOpenFiles = 256;

// The system's libraries, and what libc and the checker look up about this process and its machine.
std::vector<std::string> Readable(const std::vector<std::string>& libraries) {
  std::vector<std::string> readable = {"/usr",
                                       "/lib",
                                       "/lib64",
                                       "/etc/ld.so.cache",
                                       "/etc/localtime",
                                       "/proc/self",
                                       "/sys/devices/system/cpu"};
  if (const char* const folders = std::getenv("LD_LIBRARY_PATH")) {
    const std::vector<std::string> split = absl::StrSplit(folders, ':', absl::SkipEmpty());
    readable.insert(readable.end(), split.begin(), split.end());
  }
  for (const std::string& library : libraries) {
    std::error_code error;
    readable.push_back(fs::absolute(library, error).parent_path());
    // Where a link leads to, the libraries that it needs may lie too.
    const fs::path target = fs::canonical(library, error);
    if (!error) readable.push_back(target.parent_path());
  }
  return readable;
}

absl::Status Confine(const std::vector<std::string>& libraries) {
  return EnterSandbox({.memory_bytes = kMemoryBytes,
                       .open_files = kOpenFiles,
                       .file_bytes = kMaxWordsBytes,
                       .threads = true,  // the rules call a KPI from several
                       .readable = Readable(libraries)});
}

}  // namespace

// What foreign code may do to the process must not reach the parent's terminal or outlive it.
absl::Status BecomeChild(int pipe, int words, const std::vector<std::string>& libraries) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{0, 0};  // also where the sandbox can't be entered
  setrlimit(RLIMIT_CORE, &no_core);
  if (const int nowhere = open("/dev/null", O_RDWR); nowhere >= 0) {
    dup2(nowhere, STDIN_FILENO);
    dup2(nowhere, STDOUT_FILENO);
  }
  if (words >= 0) dup2(words, STDERR_FILENO);
  // Whatever else the parent has open stays its own.
  constexpr int kFirst = STDERR_FILENO + 1;
  if (pipe > kFirst) close_range(kFirst, static_cast<unsigned>(pipe) - 1, 0);
  close_range(static_cast<unsigned>(std::max(kFirst, pipe + 1)), ~0U, 0);
  std::signal(SIGXFSZ, SIG_IGN);  // words beyond the limit are lost, no more
  InstallCrashReport(pipe);
  return Confine(libraries);
}

}  // namespace keyscore::kpis::conformance
