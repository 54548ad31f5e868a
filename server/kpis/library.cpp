// Stages, opens, negotiates with and describes one library.
#include "kpis/library.h"

#include <algorithm>
#include <boost/dll/shared_library.hpp>
#include <filesystem>
#include <map>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "fmt/format.h"
#include "keyscore/kpi_abi.h"
#include "kpis/abi_function.h"
#include "kpis/descriptor.h"
#include "kpis/host.h"
#include "kpis/staging.h"
#include "kpis/text.h"

namespace keyscore::kpis {
namespace {

constexpr size_t kMaxReasonBytes = 1'000;

// Every library ever opened, by staged path, until the process ends.
struct OpenLibraries {
  absl::Mutex mutex;
  std::map<std::string, boost::dll::shared_library> by_path ABSL_GUARDED_BY(mutex);
};

OpenLibraries& Opened() {
  static auto* const opened = new OpenLibraries;  // never destroyed, so never closed
  return *opened;
}

// "… (dlerror system message: /staged/path: invalid ELF header): Bad file …" in the user's words.
std::string LoaderMessage(std::string_view what, const std::string& staged_path) {
  constexpr std::string_view kBefore = "dlerror system message: ";
  if (const size_t at = what.find(kBefore); at != std::string_view::npos) {
    what.remove_prefix(at + kBefore.size());
    what = what.substr(0, what.rfind("): "));
  }
  if (what.substr(0, staged_path.size() + 2) == staged_path + ": ") {
    what.remove_prefix(staged_path.size() + 2);
  }
  return SafeText(what, kMaxReasonBytes);
}

absl::StatusOr<const boost::dll::shared_library*> Open(const std::string& staged_path) {
  using boost::dll::load_mode::type;
  constexpr auto kMode =
      static_cast<type>(boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  boost::dll::shared_library library;
  try {
    // Runs the library's constructors, so without a lock.
    library.load(staged_path, kMode);
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError("not a loadable shared library: " +
                                      LoaderMessage(error.what(), staged_path));
  } catch (...) {
    return absl::InvalidArgumentError("its static initialisation threw an exception");
  }
  OpenLibraries& opened = Opened();
  absl::MutexLock lock(&opened.mutex);
  // The same bytes opened again are the same handle: one reference of the two is enough.
  return &opened.by_path.try_emplace(staged_path, std::move(library)).first->second;
}

absl::StatusOr<const ks_library*> CallEntry(const boost::dll::shared_library& library, Host& host) {
  const ks_library* described = nullptr;
  try {
    if (!library.has(KS_ENTRY_SYMBOL)) {
      return absl::InvalidArgumentError(fmt::format(
          "does not export the symbol {}; build it with the SDK's registration macro, or export "
          "that function",
          KS_ENTRY_SYMBOL));
    }
    described = library.get<const ks_library*(const ks_host*)>(KS_ENTRY_SYMBOL)(host.abi());
  } catch (...) {
    return absl::InvalidArgumentError(
        fmt::format("{} threw an exception, which the ABI forbids", KS_ENTRY_SYMBOL));
  }
  const std::vector<std::string> complaints = host.TakeComplaints();
  if (described != nullptr) return described;
  return absl::InvalidArgumentError(
      complaints.empty() ? "declined to work under this server without saying why"
                         : "declined to work under this server: " +
                               SafeText(absl::StrJoin(complaints, "; "), kMaxReasonBytes));
}

// The status of the description, with what others object to.
absl::Status Judge(absl::Status status, const DescribedLibrary& described,
                   const std::string& file_name, const LibraryOptions& options) {
  if (!options.objections) return status;
  LoadedLibrary seen{.id = described.id, .file_name = file_name, .datasets = described.datasets};
  for (const DescribedKpi& kpi : described.kpis) {
    seen.kpis.push_back({.definition = kpi.definition, .function = nullptr});
  }
  std::vector<std::string> faults;
  if (!status.ok()) faults.emplace_back(status.message());
  for (const std::string& objection : options.objections(seen)) {
    faults.push_back(SafeText(objection, kMaxReasonBytes));
  }
  if (faults.empty()) return status;
  return absl::InvalidArgumentError(absl::StrJoin(faults, "\n"));
}

// Puts the settings in force; all faults, one a line.
absl::Status ApplySettings(const KpiSettings& settings, std::vector<DescribedKpi>& described) {
  std::vector<std::string> faults;
  for (DescribedKpi& kpi : described) {
    const auto given = settings.find(kpi.definition.id);
    if (given == settings.end()) continue;
    for (const auto& [setting_name, value] : given->second) {
      const std::string& name = setting_name;  // clang 14 captures no structured binding
      const std::string where = fmt::format("kpi_settings.{}.{}", kpi.definition.id, name);
      auto& known = kpi.definition.settings;
      const auto setting = std::find_if(known.begin(), known.end(),
                                        [&name](const KpiSetting& s) { return s.name == name; });
      if (setting == known.end()) {
        faults.push_back(fmt::format(
            "{}: the KPI has no such setting; it has {}", where,
            known.empty() ? "none"
                          : absl::StrJoin(known, ", ", [](std::string* out, const KpiSetting& s) {
                              out->append(s.name);
                            })));
      } else if (!(value >= setting->minimum && value <= setting->maximum)) {
        faults.push_back(fmt::format("{}: is {}, it must lie between {} and {}", where, value,
                                     setting->minimum, setting->maximum));
      } else {
        setting->value = value;
      }
    }
  }
  if (!faults.empty()) return absl::FailedPreconditionError(absl::StrJoin(faults, "\n"));
  return absl::OkStatus();
}

// The functions of the KPIs, each with its first instance made. All faults, one a line.
absl::StatusOr<std::vector<LoadedKpi>> MakeKpis(std::vector<DescribedKpi> described,
                                                const ks_host* host) {
  std::vector<LoadedKpi> kpis;
  std::vector<std::string> faults;
  for (DescribedKpi& kpi : described) {
    auto function = MakeAbiFunction(kpi.definition, kpi.functions, host);
    if (function.ok()) {
      kpis.push_back({.definition = std::move(kpi.definition), .function = *std::move(function)});
    } else {
      faults.push_back(fmt::format("KPI '{}' can't be created: {}", kpi.definition.id,
                                   std::string(function.status().message())));
    }
  }
  if (!faults.empty()) return absl::InvalidArgumentError(absl::StrJoin(faults, "\n"));
  return kpis;
}

absl::StatusOr<LoadedLibrary> LoadStaged(const StagedFile& staged, const std::string& file_name,
                                         const LibraryOptions& options) {
  const std::string file_id = std::filesystem::path(file_name).stem().string();
  const auto library = Open(staged.path);
  if (!library.ok()) return library.status();
  Host& host = Host::Make(SafeText(file_id, 80));
  const auto raw = CallEntry(**library, host);
  if (!raw.ok()) return raw.status();
  DescribedLibrary readable;
  auto described = DescribeLibrary(**raw, file_id, options.builtin, &readable);
  const absl::Status sound = Judge(described.status(), described.ok() ? *described : readable,
                                   SafeText(file_name, kMaxReasonBytes), options);
  if (!sound.ok()) return sound;
  const absl::Status settings = ApplySettings(options.settings, described->kpis);
  if (!settings.ok()) return settings;
  auto kpis = MakeKpis(std::move(described->kpis), host.abi());
  if (!kpis.ok()) return kpis.status();
  return LoadedLibrary{.id = std::move(described->id),
                       .file_name = file_name,
                       .sha256 = staged.sha256,
                       .version = std::move(described->version),
                       .vendor = std::move(described->vendor),
                       .description = std::move(described->description),
                       .abi_version = std::move(described->abi_version),
                       .builtin = options.builtin,
                       .load_time = absl::Now(),
                       .datasets = std::move(described->datasets),
                       .kpis = *std::move(kpis)};
}

}  // namespace

absl::StatusOr<LoadedLibrary> LoadLibrary(const std::string& path, const LibraryOptions& options) {
  const auto staged = StageFile(path, options.staging_dir);
  if (!staged.ok()) return absl::InvalidArgumentError(staged.status().message());
  const std::string file_name = std::filesystem::path(path).filename().string();
  auto loaded = LoadStaged(*staged, file_name, options);
  if (loaded.ok()) return loaded;
  absl::Status status = loaded.status();
  status.SetPayload(kSha256Payload, absl::Cord(staged->sha256));
  return status;
}

size_t OpenLibraryCount() {
  OpenLibraries& opened = Opened();
  absl::MutexLock lock(&opened.mutex);
  return opened.by_path.size();
}

}  // namespace keyscore::kpis
