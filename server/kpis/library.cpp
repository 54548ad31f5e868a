// Stages, looks at, and loads one library, here or in a worker.
#include "kpis/library.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "kpis/abi_function.h"
#include "kpis/descriptor.h"
#include "kpis/host.h"
#include "kpis/isolation/isolated_function.h"
#include "kpis/metered_function.h"
#include "kpis/open_library.h"
#include "kpis/staging.h"
#include "kpis/text.h"

namespace keyscore::kpis {
namespace {

constexpr size_t kMaxReasonBytes = 1'000;

// Looks at the library in this process, where no worker can do that.
absl::StatusOr<DescribedLibrary> DescribeHere(const StagedFile& staged, const std::string& file_id,
                                              bool builtin, DescribedLibrary* readable) {
  const auto entry = OpenLibrary(staged.path);
  if (!entry.ok()) return entry.status();
  Host& host = Host::Make(file_id);
  const auto raw = CallEntry(*entry, host.abi(), [&host] { return host.TakeComplaints(); });
  if (!raw.ok()) return raw.status();
  return DescribeLibrary(**raw, file_id, builtin, readable);
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

// Its first instances made, in this process.
absl::StatusOr<std::vector<LoadedKpi>> LoadHere(const StagedFile& staged,
                                                const std::string& file_id,
                                                const LibraryOptions& options,
                                                std::vector<DescribedKpi> described) {
  const auto entry = OpenLibrary(staged.path);
  if (!entry.ok()) return entry.status();
  Host& host = Host::Make(file_id);
  const auto raw = CallEntry(*entry, host.abi(), [&host] { return host.TakeComplaints(); });
  if (!raw.ok()) return raw.status();
  auto again = DescribeLibrary(**raw, file_id, options.builtin);
  if (!again.ok()) return again.status();
  if (again->kpis.size() != described.size()) {
    return absl::InvalidArgumentError("describes itself differently when it is opened again");
  }
  for (size_t i = 0; i < described.size(); ++i) {
    described[i].functions = again->kpis[i].functions;
  }
  return MakeKpis(std::move(described), host.abi());
}

// In the worker that has opened it.
absl::StatusOr<std::vector<LoadedKpi>> LoadThere(const std::shared_ptr<Worker>& worker,
                                                 std::vector<DescribedKpi> described) {
  std::vector<KpiDefinition> definitions;
  for (const DescribedKpi& kpi : described) definitions.push_back(kpi.definition);
  if (absl::Status made = worker->Configure(definitions); !made.ok()) return made;
  std::vector<LoadedKpi> kpis;
  for (size_t i = 0; i < definitions.size(); ++i) {
    kpis.push_back({.definition = std::move(definitions[i]),
                    .function = std::make_shared<IsolatedFunction>(worker, i)});
  }
  return kpis;
}

// Counts the calls of the library's KPIs, and makes the counts readable.
void Meter(LoadedLibrary& library, const std::shared_ptr<Worker>& worker) {
  std::vector<std::pair<std::string, std::shared_ptr<CallMeter>>> meters;
  for (LoadedKpi& kpi : library.kpis) {
    meters.emplace_back(kpi.definition.id, std::make_shared<CallMeter>());
    kpi.function = Metered(std::move(kpi.function), meters.back().second);
  }
  LibraryStats fixed{.plugin_id = library.id,
                     .version = library.version,
                     .sha256 = library.sha256,
                     .isolated = library.isolated,
                     .worker = {},
                     .kpis = {}};
  library.stats = [fixed = std::move(fixed), meters = std::move(meters), worker] {
    LibraryStats stats = fixed;
    for (size_t i = 0; i < meters.size(); ++i) {
      stats.kpis.push_back(meters[i].second->Stats(meters[i].first));
      if (worker != nullptr) stats.kpis.back().breaker = worker->Breaker(i);
    }
    if (worker != nullptr) stats.worker = worker->Stats();
    return stats;
  };
}

absl::StatusOr<LoadedLibrary> Load(const StagedFile& staged, const std::string& file_name,
                                   const LibraryOptions& options) {
  const std::string file_id = std::filesystem::path(file_name).stem().string();
  DescribedLibrary readable;
  absl::StatusOr<DescribedLibrary> described = absl::UnknownError("not looked at");
  std::shared_ptr<Worker> worker;
  if (options.workers != nullptr) {
    worker = std::make_shared<Worker>(
        options.workers,
        WorkerLibrary{.path = staged.path, .file_id = file_id, .builtin = options.builtin},
        options.changed);
    described = worker->Describe(&readable);
  } else {
    described = DescribeHere(staged, file_id, options.builtin, &readable);
  }
  const absl::Status sound = Judge(described.status(), described.ok() ? *described : readable,
                                   SafeText(file_name, kMaxReasonBytes), options);
  if (!sound.ok()) return sound;
  const absl::Status settings = ApplySettings(options.settings, described->kpis);
  if (!settings.ok()) return settings;
  const bool isolated = options.isolated && worker != nullptr;
  if (!isolated) worker.reset();  // it has seen all that it was started for
  auto kpis = isolated ? LoadThere(worker, std::move(described->kpis))
                       : LoadHere(staged, file_id, options, std::move(described->kpis));
  if (!kpis.ok()) return kpis.status();
  LoadedLibrary library{.id = std::move(described->id),
                        .file_name = file_name,
                        .sha256 = staged.sha256,
                        .version = std::move(described->version),
                        .vendor = std::move(described->vendor),
                        .description = std::move(described->description),
                        .abi_version = std::move(described->abi_version),
                        .builtin = options.builtin,
                        .isolated = isolated,
                        .load_time = absl::Now(),
                        .datasets = std::move(described->datasets),
                        .kpis = *std::move(kpis)};
  Meter(library, worker);
  return library;
}

}  // namespace

absl::StatusOr<LoadedLibrary> LoadStagedLibrary(const StagedFile& staged,
                                                const std::string& file_name,
                                                const LibraryOptions& options) {
  auto loaded = Load(staged, file_name, options);
  if (loaded.ok()) return loaded;
  absl::Status status = loaded.status();
  status.SetPayload(kSha256Payload, absl::Cord(staged.sha256));
  return status;
}

absl::StatusOr<LoadedLibrary> LoadLibrary(const std::string& path, const LibraryOptions& options) {
  const auto staged = StageFile(path, options.staging_dir);
  if (!staged.ok()) return absl::InvalidArgumentError(staged.status().message());
  return LoadStagedLibrary(*staged, std::filesystem::path(path).filename().string(), options);
}

}  // namespace keyscore::kpis
