// One library through the whole admission.
#include "kpis/plugins/examine.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "kpis/admission.h"
#include "kpis/plugins/conformance_run.h"
#include "kpis/plugins/trust.h"
#include "kpis/text.h"
#include "spdlog/spdlog.h"
#include "store/sha256.h"

namespace keyscore::kpis {
namespace {

namespace fs = std::filesystem;

constexpr char kLibraryEnding[] = ".so";
constexpr size_t kMaxGoldenBytes = size_t{16} << 20;
constexpr size_t kMaxSignatureBytes = 64;

// What may lie beside a library; empty where it doesn't.
absl::StatusOr<std::string> ReadBeside(const fs::path& path, size_t max_bytes) {
  auto bytes = ReadLibraryFile(path.string(), max_bytes);
  if (absl::IsNotFound(bytes.status())) return std::string();
  if (bytes.ok()) return bytes;
  return absl::InvalidArgumentError(
      fmt::format("'{}' {}", path.filename().string(), std::string(bytes.status().message())));
}

// What the checker found, one line a finding.
std::vector<std::string> Broken(const std::vector<ConformanceResult>& checks) {
  std::vector<std::string> lines;
  for (const ConformanceResult& check : checks) {
    if (check.outcome != CheckOutcome::kFailed) continue;
    const std::string rule = fmt::format("breaks the rule '{}'", check.rule);
    if (check.failures.empty()) lines.push_back(absl::StrCat(rule, ": ", check.note));
    for (const ConformanceFailure& failure : check.failures) {
      lines.push_back(fmt::format("{}: {}{}{}{}", rule,
                                  failure.kpi_id.empty() ? "" : "KPI '" + failure.kpi_id + "': ",
                                  failure.happened, failure.fix.empty() ? "" : "; ", failure.fix));
    }
  }
  for (std::string& line : lines) line = SafeText(line, 1'000);
  return lines;
}

}  // namespace

bool IsCatalogueLibrary(std::string_view id) {
  return id == "relationships" || id == "revenue" || id == "retention" || id == "learning";
}

absl::StatusOr<std::string> IdOf(const std::string& file_name) {
  const fs::path path(file_name);
  if (path.extension() != kLibraryEnding || path.stem().empty() || path.filename() != path ||
      file_name.size() > 255 || SafeText(file_name, 255) != file_name) {
    return absl::InvalidArgumentError(
        fmt::format("file_name '{}' is not the name of a library; give the file's name alone, such "
                    "as acme_health.so",
                    SafeText(file_name, 255)));
  }
  return path.stem().string();
}

absl::StatusOr<Offer> ReadOffer(const std::string& path, size_t max_bytes) {
  auto content = ReadLibraryFile(path, max_bytes);
  if (!content.ok()) return absl::InvalidArgumentError(content.status().message());
  const fs::path file(path);
  auto golden = ReadBeside(fs::path(file).replace_extension(".golden.yaml"), kMaxGoldenBytes);
  if (!golden.ok()) return golden.status();
  auto signature = ReadBeside(fs::path(path + ".sig"), kMaxSignatureBytes);
  if (!signature.ok()) return signature.status();
  return Offer{.file_name = file.filename().string(),
               .file = {.content = *std::move(content),
                        .golden_vectors = *std::move(golden),
                        .signature = *std::move(signature)},
               .path = path};
}

Examiner::Examiner(const PluginHostOptions& options, store::Store& store,
                   std::shared_ptr<WorkerHost> workers, std::function<void()> changed)
    : options_(options),
      store_(store),
      staging_dir_((fs::path(options.data_directory) / "staging").string()),
      workers_(std::move(workers)),
      changed_(std::move(changed)) {}

bool Examiner::IsIsolated(const std::string& id, bool builtin) const {
  if (workers_ == nullptr) return false;
  return builtin ? options_.isolated.contains(id) : !options_.in_process.contains(id);
}

absl::Status Examiner::CheckOrigin(const Offer& offer, const std::string& sha256) const {
  if (offer.builtin) return absl::OkStatus();
  std::vector<std::string> reasons;
  if (!offer.path.empty()) {
    const absl::Status owned = CheckOwnership(offer.path);
    if (!owned.ok()) reasons.emplace_back(owned.message());
  }
  const absl::Status trusted =
      CheckTrust(options_.trust, sha256, offer.file.content, offer.file.signature);
  if (!trusted.ok()) reasons.emplace_back(trusted.message());
  if (reasons.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(reasons, "\n"));
}

absl::StatusOr<std::vector<ConformanceResult>> Examiner::Conform(const Offer& offer,
                                                                 const StagedFile& staged,
                                                                 const store::StopFn& stop) const {
  // The checker takes the id from the file's name, so the library must lie under its own.
  std::string folder = absl::StrCat(staging_dir_, "/", kCheckFolder, "XXXXXX");
  if (mkdtemp(folder.data()) == nullptr) {
    return absl::InternalError(fmt::format("staging directory '{}' can't be written: {}",
                                           staging_dir_, std::generic_category().message(errno)));
  }
  const absl::Cleanup remove_folder = [&folder] {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  };
  const fs::path library = fs::path(folder) / offer.file_name;
  std::error_code error;
  fs::create_hard_link(staged.path, library, error);
  if (error) fs::copy_file(staged.path, library, error);
  std::string golden;
  if (!offer.file.golden_vectors.empty()) {
    golden = fs::path(library).replace_extension(".golden.yaml").string();
    std::ofstream out(golden, std::ios::binary);
    out << offer.file.golden_vectors;
    if (!out.flush()) error = std::make_error_code(std::errc::io_error);
  }
  if (error) {
    return absl::InternalError(
        fmt::format("'{}' can't be written: {}", library.string(), error.message()));
  }
  return RunConformance(options_.conformance, library.string(), golden, stop);
}

absl::StatusOr<Candidate> Examiner::ExamineStaged(Offer offer, const StagedFile& staged,
                                                  const Libraries& others,
                                                  const store::StopFn& stop) const {
  const auto id = IdOf(offer.file_name);
  if (!id.ok()) return id.status();
  if (absl::Status origin = CheckOrigin(offer, staged.sha256); !origin.ok()) return origin;

  const bool isolated = IsIsolated(*id, offer.builtin);
  const bool check =
      !offer.builtin && !offer.admitted && options_.conformance.mode != ConformanceMode::kOff;
  LibraryOptions options{
      .staging_dir = staging_dir_,
      .builtin = offer.builtin,
      .settings = options_.settings,
      .objections =
          [&](const LoadedLibrary& described) { return FindObjections(described, others, store_); },
      .workers = workers_,
      .isolated = isolated || (check && workers_ != nullptr),
      .changed = changed_};
  auto loaded = LoadStagedLibrary(staged, offer.file_name, options);
  if (!loaded.ok()) return loaded.status();

  std::vector<ConformanceResult> checks;
  if (check) {
    auto checked = Conform(offer, staged, stop);
    if (!checked.ok()) return checked.status();
    checks = *std::move(checked);
    if (const std::vector<std::string> broken = Broken(checks); !broken.empty()) {
      if (options_.conformance.mode == ConformanceMode::kRequired) {
        return absl::InvalidArgumentError(absl::StrJoin(broken, "\n"));
      }
      for (const std::string& line : broken) spdlog::warn("plugin {}: {}", *id, line);
    }
  }
  if (options.isolated != isolated) {  // nothing spoke against it, so now in this process
    options.isolated = isolated;
    loaded = LoadStagedLibrary(staged, offer.file_name, options);
    if (!loaded.ok()) return loaded.status();
  }
  return Candidate{.sha256 = staged.sha256,
                   .file = std::move(offer.file),
                   .library = std::make_shared<const LoadedLibrary>(*std::move(loaded)),
                   .checks = std::move(checks)};
}

absl::StatusOr<Candidate> Examiner::Examine(Offer offer, const Libraries& others,
                                            const store::StopFn& stop) const {
  const auto digest = store::Sha256Hex(offer.file.content);
  if (!digest.ok()) return digest.status();
  std::error_code ignored;
  const bool known = fs::exists(fs::path(staging_dir_) / (*digest + kLibraryEnding), ignored);
  const auto staged = StageContent(offer.file.content, staging_dir_);
  if (!staged.ok()) return staged.status();
  auto candidate = ExamineStaged(std::move(offer), *staged, others, stop);
  if (candidate.ok()) return candidate;
  // What is refused shall not fill the disk; what is in force under the same digest needs its copy.
  if (!known) fs::remove(staged->path, ignored);
  absl::Status status = candidate.status();
  status.SetPayload(kSha256Payload, absl::Cord(staged->sha256));
  return status;
}

}  // namespace keyscore::kpis
