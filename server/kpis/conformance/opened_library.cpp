// dlopen() and a host that only listens.
#include "kpis/conformance/opened_library.h"

#include <dlfcn.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "fmt/format.h"
#include "kpis/text.h"

namespace keyscore::kpis::conformance {
namespace {

constexpr size_t kMaxMessageBytes = 500;
constexpr size_t kMaxComplaints = 10;

struct Log {
  absl::Mutex mutex;
  std::vector<std::string> complaints ABSL_GUARDED_BY(mutex);
};

Log& TheLog() {
  static auto* const log = new Log;
  return *log;
}

void Listen(void*, uint32_t level, ks_str message) {
  if (message.data == nullptr || level < KS_LOG_WARNING) return;
  Log& log = TheLog();
  absl::MutexLock lock(&log.mutex);
  if (log.complaints.size() >= kMaxComplaints) return;
  log.complaints.push_back(
      SafeText({message.data, std::min<size_t>(message.size, kMaxMessageBytes)}, kMaxMessageBytes));
}

}  // namespace

const ks_host* CheckerHost() {
  static const ks_host host = {sizeof(ks_host), KS_ABI_MAJOR, KS_ABI_MINOR, 0, nullptr, &Listen};
  return &host;
}

std::string LoggedComplaints() {
  Log& log = TheLog();
  absl::MutexLock lock(&log.mutex);
  return absl::StrJoin(log.complaints, "; ");
}

ks_library_fn OpenLibrary(const std::string& path, std::string& error) {
  void* handle = nullptr;
  try {
    // A name without a slash would be searched for in the system's folders.
    const std::string file = absl::StrContains(path, '/') ? path : "./" + path;
    handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  } catch (...) {
    error = "its static initialisation threw an exception";
    return nullptr;
  }
  if (handle == nullptr) {
    error = SafeText(dlerror(), kMaxMessageBytes);
    return nullptr;
  }
  return reinterpret_cast<ks_library_fn>(dlsym(handle, KS_ENTRY_SYMBOL));
}

std::string FileId(const std::string& path) { return std::filesystem::path(path).stem().string(); }

bool IsBuiltIn(const std::string& path) {
  const std::string id = FileId(path);
  return id == "relationships" || id == "revenue" || id == "retention" || id == "learning";
}

bool Reopen(const std::string& path, DescribedLibrary& library, Reporter& reporter) {
  reporter.Doing("opening the library again");
  std::string error;
  const ks_library_fn entry = OpenLibrary(path, error);
  const ks_library* const raw = entry == nullptr ? nullptr : entry(CheckerHost());
  const auto described = raw == nullptr
                             ? absl::StatusOr<DescribedLibrary>(absl::UnknownError(error))
                             : DescribeLibrary(*raw, FileId(path), IsBuiltIn(path));
  if (!described.ok()) {
    reporter.Fail(
        "could be opened once, but not a second time: " + std::string(described.status().message()),
        "make what the entry point returns constant");
    return false;
  }
  library = *described;
  return true;
}

}  // namespace keyscore::kpis::conformance
