// Boost.DLL, and its messages in the user's words.
#include "kpis/open_library.h"

#include <boost/dll/shared_library.hpp>
#include <map>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "fmt/format.h"
#include "kpis/library.h"
#include "kpis/text.h"

namespace keyscore::kpis {
namespace {

constexpr size_t kMaxReasonBytes = 1'000;

// Every library ever opened, by path, until the process ends.
struct OpenLibraries {
  absl::Mutex mutex;
  std::map<std::string, boost::dll::shared_library> by_path ABSL_GUARDED_BY(mutex);
};

OpenLibraries& Opened() {
  static auto* const opened = new OpenLibraries;  // never destroyed, so never closed
  return *opened;
}

// "… (dlerror system message: /staged/path: invalid ELF header): Bad file …" in the user's words.
std::string LoaderMessage(std::string_view what, const std::string& path) {
  constexpr std::string_view kBefore = "dlerror system message: ";
  if (const size_t at = what.find(kBefore); at != std::string_view::npos) {
    what.remove_prefix(at + kBefore.size());
    what = what.substr(0, what.rfind("): "));
  }
  if (what.substr(0, path.size() + 2) == path + ": ") what.remove_prefix(path.size() + 2);
  return SafeText(what, kMaxReasonBytes);
}

}  // namespace

absl::StatusOr<ks_library_fn> OpenLibrary(const std::string& path) {
  using boost::dll::load_mode::type;
  constexpr auto kMode =
      static_cast<type>(boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  boost::dll::shared_library library;
  ks_library_fn entry = nullptr;
  try {
    library.load(path, kMode);  // runs the library's constructors, so without a lock
    if (library.has(KS_ENTRY_SYMBOL)) {
      entry = &library.get<const ks_library*(const ks_host*)>(KS_ENTRY_SYMBOL);
    }
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError("not a loadable shared library: " +
                                      LoaderMessage(error.what(), path));
  } catch (...) {
    return absl::InvalidArgumentError("its static initialisation threw an exception");
  }
  {
    OpenLibraries& opened = Opened();
    absl::MutexLock lock(&opened.mutex);
    // The same bytes opened again are the same handle: one reference of the two is enough.
    opened.by_path.try_emplace(path, std::move(library));
  }
  if (entry == nullptr) {
    return absl::InvalidArgumentError(fmt::format(
        "does not export the symbol {}; build it with the SDK's registration macro, or export "
        "that function",
        KS_ENTRY_SYMBOL));
  }
  return entry;
}

absl::StatusOr<const ks_library*> CallEntry(
    ks_library_fn entry, const ks_host* host,
    absl::FunctionRef<std::vector<std::string>()> complaints) {
  const ks_library* described = nullptr;
  try {
    described = entry(host);
  } catch (...) {
    return absl::InvalidArgumentError(
        fmt::format("{} threw an exception, which the ABI forbids", KS_ENTRY_SYMBOL));
  }
  const std::vector<std::string> logged = complaints();
  if (described != nullptr) return described;
  return absl::InvalidArgumentError(
      logged.empty() ? "declined to work under this server without saying why"
                     : "declined to work under this server: " +
                           SafeText(absl::StrJoin(logged, "; "), kMaxReasonBytes));
}

size_t OpenLibraryCount() {
  OpenLibraries& opened = Opened();
  absl::MutexLock lock(&opened.mutex);
  return opened.by_path.size();
}

}  // namespace keyscore::kpis
