// What the server finds when it starts: libraries that are built in, that lie in directories, that
// were installed; and what their documents say of them.
#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "fmt/format.h"
#include "kpis/admission.h"
#include "kpis/plugins/plugin_host_impl.h"
#include "kpis/staging.h"
#include "kpis/text.h"
#include "spdlog/spdlog.h"
#include "store/sha256.h"

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

void Refuse(HostedPlugin& plugin, const absl::Status& status) {
  const auto digest = status.GetPayload(kSha256Payload);
  plugin.state = PluginState::kRefused;
  plugin.refused_sha256 = digest.has_value() ? std::string(*digest) : "";
  plugin.refusal_reasons = absl::StrSplit(status.message(), '\n');
  plugin.refusal_time = absl::Now();
  spdlog::error("plugin {} refused: {}", plugin.file_name,
                absl::StrJoin(plugin.refusal_reasons, "; "));
}

// Lists what was found beside what was found before under the same id: an admitted one first.
void Add(HostedPlugin plugin, HostedPlugins& state) {
  const auto demote = [&state](const HostedPlugin& refused) {
    state.duplicates.push_back({.id = refused.id,
                                .file_name = refused.file_name,
                                .sha256 = refused.refused_sha256,
                                .reasons = refused.refusal_reasons,
                                .time = refused.refusal_time});
  };
  const auto known = state.by_id.find(plugin.id);
  if (known == state.by_id.end()) {
    state.by_id.emplace(plugin.id, std::move(plugin));
  } else if (known->second.state == PluginState::kRefused &&
             plugin.state != PluginState::kRefused) {
    demote(known->second);
    known->second = std::move(plugin);
  } else {
    demote(plugin);
  }
}

}  // namespace

absl::StatusOr<HostedPlugins> PluginHostImpl::ReadDocuments() const {
  const auto revisions = store_.ListConfig(kPluginKind);
  if (!revisions.ok()) return revisions.status();
  HostedPlugins stored;
  for (const store::ConfigRevision& revision : *revisions) {
    auto document = ParsePluginDocument(revision);
    if (!document.ok()) return document.status();
    HostedPlugin& plugin = stored.by_id[revision.id];
    plugin.id = revision.id;
    plugin.state = document->state;
    plugin.source = document->source;
    plugin.file_name = document->file_name;
    plugin.revision = revision.revision;
    plugin.document = *std::move(document);
  }
  return stored;
}

absl::Status PluginHostImpl::Admit(const Candidate& candidate, HostedPlugin& plugin) const {
  const auto there = kept_.Place(candidate.sha256, candidate.file);
  if (!there.ok()) return there.status();
  const auto& document = plugin.document;
  if (document.has_value() && document->HasAdmitted(candidate.sha256) &&
      document->active.sha256 == candidate.sha256) {
    return absl::OkStatus();
  }
  const HostedPlugin before = plugin;
  Step step{.action = "admit",
            .plugin = WithActive(plugin, candidate, plugin.source, plugin.path),
            .candidate = &candidate};
  absl::Status written =
      Write(&before, step, {.author = "keyscored", .reason = "found in a plugin directory"});
  if (!written.ok()) return written;
  plugin = std::move(step.plugin);
  return absl::OkStatus();
}

absl::Status PluginHostImpl::LoadInto(HostedPlugin& plugin, absl::StatusOr<Offer> offer,
                                      const HostedPlugins& state) {
  if (!offer.ok()) {
    Refuse(plugin, offer.status());
    return absl::OkStatus();
  }
  const auto candidate = examiner_.Examine(*std::move(offer), state.Active(), {});
  if (absl::IsFailedPrecondition(candidate.status())) {
    setting_faults_.emplace_back(candidate.status().message());
  }
  if (!candidate.ok()) {
    Refuse(plugin, candidate.status());
    return absl::OkStatus();
  }
  const LoadedLibrary& library = *candidate->library;
  if (const auto reasons = DefineDatasets(library, store_); !reasons.empty()) {
    absl::Status refused = absl::InvalidArgumentError(absl::StrJoin(reasons, "\n"));
    refused.SetPayload(kSha256Payload, absl::Cord(library.sha256));
    Refuse(plugin, refused);
    return absl::OkStatus();
  }
  if (plugin.source == PluginSource::kDirectory) {
    absl::Status admitted = Admit(*candidate, plugin);
    if (!admitted.ok()) return admitted;
  }
  plugin.state = PluginState::kActive;
  plugin.active = candidate->library;
  spdlog::info("plugin {} {} admitted: KPIs {}, datasets {}, ABI {}, sha256 {}", library.id,
               library.version, library.kpis.size(), library.datasets.size(), library.abi_version,
               library.sha256);
  return absl::OkStatus();
}

absl::Status PluginHostImpl::LoadFile(const std::string& path, bool builtin_directory,
                                      const HostedPlugins& stored, HostedPlugins& state) {
  const fs::path file(path);
  const std::string id = SafeText(file.stem().string(), 255);
  const std::string file_name = SafeText(file.filename().string(), 255);
  const bool builtin = builtin_directory && IsCatalogueLibrary(id);
  HostedPlugin plugin;
  if (const HostedPlugin* const known = stored.Find(id); known != nullptr) {
    plugin = *known;
    if (known->source == PluginSource::kInstalled && !builtin) {
      spdlog::info(
          "plugin {}: the file {} in a plugin directory is passed over, as the version "
          "that was installed is in its place; reload the plugin to take the file",
          id, file_name);
      return absl::OkStatus();
    }
  } else {
    auto fresh = Fresh(id, file_name);
    if (!fresh.ok()) return fresh.status();
    plugin = *std::move(fresh);
  }
  plugin.source = builtin ? PluginSource::kBuiltin : PluginSource::kDirectory;
  plugin.file_name = file_name;
  plugin.path = path;
  const HostedPlugin* const first = state.Find(id);
  if (first != nullptr && first->state == PluginState::kDisabled) {
    Refuse(plugin, absl::InvalidArgumentError(
                       fmt::format("another library with the id '{}' is there, and disabled", id)));
  } else if (plugin.document.has_value() && plugin.document->state == PluginState::kDisabled) {
    plugin.state = PluginState::kDisabled;
    spdlog::info("plugin {} is disabled", id);
  } else {
    auto offer = ReadOffer(
        path, builtin ? kMaxLibraryBytes : static_cast<size_t>(options_.max_library_bytes));
    if (offer.ok()) {
      const auto sha256 = store::Sha256Hex(offer->file.content);
      if (!sha256.ok()) return sha256.status();
      offer->builtin = builtin;
      offer->admitted = plugin.document.has_value() && plugin.document->HasAdmitted(*sha256);
    }
    absl::Status loaded = LoadInto(plugin, std::move(offer), state);
    if (!loaded.ok()) return loaded;
  }
  Add(std::move(plugin), state);
  return absl::OkStatus();
}

absl::Status PluginHostImpl::LoadInstalled(HostedPlugin plugin, HostedPlugins& state) {
  if (plugin.state != PluginState::kDisabled) {
    absl::StatusOr<Offer> offer;
    if (auto file = kept_.Read(plugin.document->active.sha256); file.ok()) {
      offer = Offer{.file_name = plugin.file_name, .file = *std::move(file), .admitted = true};
    } else {
      offer = file.status();
    }
    absl::Status loaded = LoadInto(plugin, std::move(offer), state);
    if (!loaded.ok()) return loaded;
  }
  Add(std::move(plugin), state);
  return absl::OkStatus();
}

void PluginHostImpl::LoadShadows(HostedPlugins& state) const {
  for (auto& [id, plugin] : state.by_id) {
    if (plugin.active == nullptr || !plugin.document.has_value()) continue;
    if (!plugin.document->shadow.has_value()) continue;
    const auto shadow = FromKept(plugin, plugin.document->shadow->version.sha256, state.Active(id));
    if (shadow.ok()) {
      plugin.shadow = shadow->library;
    } else {
      spdlog::error("plugin {}: its version in shadow is not run: {}", id,
                    std::string(shadow.status().message()));
    }
  }
}

absl::Status PluginHostImpl::Load() {
  std::vector<PluginDirectory> ordered = options_.directories;
  std::stable_partition(ordered.begin(), ordered.end(),
                        [](const PluginDirectory& directory) { return directory.builtin; });
  ClearStaging((fs::path(options_.data_directory) / "staging").string());
  if (absl::Status prepared = kept_.Prepare(); !prepared.ok()) return prepared;
  const auto stored = ReadDocuments();
  if (!stored.ok()) return stored.status();
  HostedPlugins state;
  for (const PluginDirectory& directory : ordered) {
    const auto files = ListLibraries(directory.path);
    if (!files.ok()) return files.status();
    for (const fs::path& file : *files) {
      absl::Status loaded = LoadFile(file.string(), directory.builtin, *stored, state);
      if (!loaded.ok()) return loaded;
    }
  }
  for (const auto& [id, plugin] : stored->by_id) {
    if (plugin.source == PluginSource::kInstalled) {
      absl::Status loaded = LoadInstalled(plugin, state);
      if (!loaded.ok()) return loaded;
    } else if (state.Find(id) == nullptr) {
      spdlog::warn("plugin {}: its file {} is in no plugin directory any more", id,
                   plugin.file_name);
    }
  }
  LoadShadows(state);
  RemoveOrphans(*stored, state);
  Publish(std::move(state));
  return CheckSettings();
}

}  // namespace keyscore::kpis
