// Finds libraries, loads and admits them, and keeps the result as a snapshot.
#include "kpis/registry.h"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <system_error>
#include <tuple>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "fmt/format.h"
#include "kpis/admission.h"
#include "kpis/staging.h"
#include "kpis/text.h"
#include "spdlog/spdlog.h"

namespace keyscore::kpis {
namespace {

namespace fs = std::filesystem;

// The libraries of a directory in name order.
absl::StatusOr<std::vector<fs::path>> ListLibraries(const std::string& directory) {
  std::error_code error;
  std::vector<fs::path> files;
  fs::directory_iterator entries(directory, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    if (entries->path().extension() == ".so") files.push_back(entries->path());
  }
  if (error) {
    return absl::InvalidArgumentError(
        fmt::format("plugin directory '{}' can't be read: {}; create it or correct its path",
                    directory, error.message()));
  }
  std::sort(files.begin(), files.end());
  return files;
}

// The catalogue's own libraries. Others may lie beside them; their ids need a namespace all the
// same.
bool IsCatalogueLibrary(std::string_view id) {
  return id == "relationships" || id == "revenue" || id == "retention" || id == "learning";
}

// Edits (insert, delete, replace a character) that turn one text into the other.
size_t EditDistance(std::string_view from, std::string_view to) {
  std::vector<size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= from.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= to.size(); ++j) {
      const size_t replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

// Loads the files one by one, each against those admitted before it.
class Loader {
 public:
  Loader(std::string staging_dir, store::Store& store, const KpiSettings& settings)
      : staging_dir_(std::move(staging_dir)), store_(store), settings_(settings) {}

  void Load(const fs::path& file, bool builtin_directory) {
    const bool builtin = builtin_directory && IsCatalogueLibrary(file.stem().string());
    auto loaded = LoadLibrary(file.string(), {.staging_dir = staging_dir_,
                                              .builtin = builtin,
                                              .settings = settings_,
                                              .objections = [this](const LoadedLibrary& described) {
                                                return FindObjections(described, admitted_, store_);
                                              }});
    if (absl::IsFailedPrecondition(loaded.status())) {
      setting_faults_.emplace_back(loaded.status().message());
    }
    if (!loaded.ok()) {
      const auto digest = loaded.status().GetPayload(kSha256Payload);
      Refuse(file, digest.has_value() ? std::string(*digest) : "",
             absl::StrSplit(loaded.status().message(), '\n'));
      return;
    }
    auto library = std::make_shared<const LoadedLibrary>(*std::move(loaded));
    std::vector<std::string> reasons = DefineDatasets(*library, store_);
    if (!reasons.empty()) {
      Refuse(file, library->sha256, std::move(reasons));
      return;
    }
    spdlog::info("plugin {} {} admitted: KPIs {}, datasets {}, ABI {}, sha256 {}", library->id,
                 library->version, library->kpis.size(), library->datasets.size(),
                 library->abi_version, library->sha256);
    admitted_.push_back(std::move(library));
  }

  // What is wrong with the settings, one a line; empty = nothing. A KPI whose library was refused
  // may be back tomorrow, so its settings are no fault.
  std::string SettingFaults(const RegistrySnapshot& snapshot) const {
    std::vector<std::string> faults = setting_faults_;
    for (const auto& [id, values] : settings_) {
      if (snapshot.FindKpi(id) != nullptr || !snapshot.refused().empty()) continue;
      const std::string near = snapshot.NearestKpi(id);
      faults.push_back(fmt::format("kpi_settings.{}: there is no such KPI{}", id,
                                   near.empty() ? "" : "; did you mean '" + near + "'?"));
    }
    return absl::StrJoin(faults, "\n");
  }

  std::shared_ptr<const RegistrySnapshot> Finish() {
    return std::make_shared<const RegistrySnapshot>(1, std::move(admitted_), std::move(refused_));
  }

 private:
  void Refuse(const fs::path& file, std::string sha256, std::vector<std::string> reasons) {
    RefusedLibrary refused{.id = SafeText(file.stem().string(), 256),
                           .file_name = SafeText(file.filename().string(), 256),
                           .sha256 = std::move(sha256),
                           .reasons = std::move(reasons),
                           .time = absl::Now()};
    spdlog::error("plugin {} refused: {}", refused.file_name, absl::StrJoin(refused.reasons, "; "));
    refused_.push_back(std::move(refused));
  }

  const std::string staging_dir_;
  store::Store& store_;
  const KpiSettings& settings_;
  std::vector<std::string> setting_faults_;
  std::vector<std::shared_ptr<const LoadedLibrary>> admitted_;
  std::vector<RefusedLibrary> refused_;
};

}  // namespace

RegistrySnapshot::RegistrySnapshot(int64_t generation,
                                   std::vector<std::shared_ptr<const LoadedLibrary>> libraries,
                                   std::vector<RefusedLibrary> refused)
    : generation_(generation), libraries_(std::move(libraries)), refused_(std::move(refused)) {
  for (const auto& library : libraries_) {
    for (const LoadedKpi& kpi : library->kpis) {
      kpis_.push_back(&kpi);
      by_id_.emplace(kpi.definition.id, &kpi);
    }
  }
  std::sort(kpis_.begin(), kpis_.end(), [](const LoadedKpi* a, const LoadedKpi* b) {
    return std::tie(a->definition.pillar, a->definition.id) <
           std::tie(b->definition.pillar, b->definition.id);
  });
}

const LoadedKpi* RegistrySnapshot::FindKpi(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

const LoadedLibrary* RegistrySnapshot::FindLibrary(std::string_view id) const {
  for (const auto& library : libraries_) {
    if (library->id == id) return library.get();
  }
  return nullptr;
}

std::string RegistrySnapshot::NearestKpi(std::string_view id) const {
  constexpr size_t kLongestId = 128;  // no known id is longer, and the search is quadratic
  if (id.size() > kLongestId) return "";
  std::string nearest;
  size_t least = std::max<size_t>(2, id.size() / 3) + 1;  // farther is no likeness
  for (const auto& [known, kpi] : by_id_) {
    // "churn" is near "churn_rate", however many letters that takes.
    const bool opens = id.size() >= 4 && std::string_view(known).substr(0, id.size()) == id;
    const size_t distance = opens ? 1 : EditDistance(id, known);
    if (distance < least) {
      least = distance;
      nearest = known;
    }
  }
  return nearest;
}

Registry::Registry(std::shared_ptr<const RegistrySnapshot> snapshot)
    : snapshot_(std::move(snapshot)) {}

absl::StatusOr<std::unique_ptr<Registry>> Registry::Load(
    const std::vector<PluginDirectory>& directories, const std::string& staging_dir,
    store::Store& store, const KpiSettings& settings) {
  std::vector<PluginDirectory> ordered = directories;
  std::stable_partition(ordered.begin(), ordered.end(),
                        [](const PluginDirectory& directory) { return directory.builtin; });
  ClearStaging(staging_dir);
  Loader loader(staging_dir, store, settings);
  for (const PluginDirectory& directory : ordered) {
    const auto files = ListLibraries(directory.path);
    if (!files.ok()) return files.status();
    for (const fs::path& file : *files) loader.Load(file, directory.builtin);
  }
  auto snapshot = loader.Finish();
  if (std::string faults = loader.SettingFaults(*snapshot); !faults.empty()) {
    return absl::InvalidArgumentError(faults);
  }
  return std::unique_ptr<Registry>(new Registry(std::move(snapshot)));
}

std::shared_ptr<const RegistrySnapshot> Registry::Snapshot() const {
  absl::MutexLock lock(&mutex_);
  return snapshot_;
}

}  // namespace keyscore::kpis
