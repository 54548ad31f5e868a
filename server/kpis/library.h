// One KPI library, loaded into the process through Boost.DLL and held open for good, or into a
// worker process of its own.
//
// A library is opened from a staged copy named by its SHA-256, so that a file replaced under our
// feet is never half-read and a new version is never mistaken for the old one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "facts/schema.h"
#include "kpis/kpi_definition.h"
#include "kpis/kpi_function.h"
#include "kpis/model_cache.h"
#include "kpis/plugin_stats.h"
#include "kpis/staging.h"

namespace keyscore::kpis {

class WorkerHost;

// A KPI ready to be evaluated. Immutable and shared by all requests that pin its generation.
struct LoadedKpi {
  KpiDefinition definition;
  std::shared_ptr<const KpiFunction> function;
  std::shared_ptr<ModelCache> models = std::make_shared<ModelCache>();  // shared by its users
};

struct LoadedLibrary {
  std::string id;
  std::string file_name;
  std::string sha256;  // hex
  std::string version;
  std::string vendor;
  std::string description;
  std::string abi_version;  // "major.minor"
  bool builtin = false;
  bool isolated = false;
  absl::Time load_time;
  std::vector<facts::DatasetSchema> datasets;
  std::vector<LoadedKpi> kpis;
  // How it does at work, up to now. Set by LoadLibrary.
  std::function<LibraryStats()> stats = {};
};

// Values of settings in place of their defaults, by KPI id and name.
using KpiSettings = std::map<std::string, std::map<std::string, double>>;

struct LibraryOptions {
  std::string staging_dir;  // private to the server, created 0700
  bool builtin = false;     // built-in ids have no namespace, others need one
  KpiSettings settings;     // of any KPIs; those of others are not looked at
  // Looks for faults that the library alone doesn't show, before any function of a KPI is called;
  // they are listed after its own. It sees a description without functions, of a faulty one what
  // could be read. May be empty.
  std::function<std::vector<std::string>(const LoadedLibrary&)> objections = {};
  // Where a library is opened for the first time, whatever it does then; null = right here.
  std::shared_ptr<WorkerHost> workers = nullptr;
  bool isolated = false;  // it stays there; needs `workers`
  // Called when one of its breakers opens or closes; may be empty.
  std::function<void()> changed = {};
};

// Opens a file and copies its description out. INVALID_ARGUMENT lists every fault at once, one a
// line (not a shared library, no entry symbol, another ABI: expected against got, malformed
// descriptors, …); FAILED_PRECONDITION lists the settings that the library's KPIs don't have or
// whose values are out of bounds. Where the file could be read, the status carries its SHA-256 in
// hex as the payload kSha256Payload.
absl::StatusOr<LoadedLibrary> LoadLibrary(const std::string& path, const LibraryOptions& options);

// The same for a copy that is in place already. `file_name` gives the id.
absl::StatusOr<LoadedLibrary> LoadStagedLibrary(const StagedFile& staged,
                                                const std::string& file_name,
                                                const LibraryOptions& options);

inline constexpr char kSha256Payload[] = "keyscore/library-sha256";

// Libraries that this process holds open, those of refused and retired generations included: none
// is ever closed, as its code and its constants may still be in use.
size_t OpenLibraryCount();

}  // namespace keyscore::kpis
