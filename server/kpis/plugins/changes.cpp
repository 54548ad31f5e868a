// Libraries that come from outside: installed, put in shadow, reloaded from their directory.
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "fmt/format.h"
#include "kpis/admission.h"
#include "kpis/plugins/plugin_host_impl.h"
#include "store/sha256.h"

namespace keyscore::kpis {

namespace fs = std::filesystem;

HostedPlugin WithActive(HostedPlugin plugin, const Candidate& candidate, PluginSource source,
                        std::string path) {
  PluginDocument document = plugin.Document();
  if (const std::string& before = document.active.sha256; before != candidate.sha256) {
    document.previous_sha256 = before;
  }
  document.active = RecordOf(*candidate.library);
  document.state = PluginState::kActive;
  document.source = source;
  document.file_name = candidate.library->file_name;
  document.shadow.reset();
  plugin.state = PluginState::kActive;
  plugin.source = source;
  plugin.file_name = document.file_name;
  plugin.path = std::move(path);
  plugin.active = candidate.library;
  plugin.shadow = nullptr;
  plugin.document = std::move(document);
  plugin.refused_sha256.clear();
  plugin.refusal_reasons.clear();
  return plugin;
}

absl::Status AsRefusal(const absl::Status& status) {
  if (!absl::IsFailedPrecondition(status)) return status;
  return absl::InvalidArgumentError(
      fmt::format("the server's configuration does not fit it: {}", std::string(status.message())));
}

absl::StatusOr<HostedPlugin> PluginHostImpl::Fresh(const std::string& id,
                                                   const std::string& file_name) const {
  HostedPlugin plugin{.id = id, .file_name = file_name};
  const auto history = store_.ConfigHistory(kPluginKind, id);
  if (absl::IsNotFound(history.status())) return plugin;
  if (!history.ok()) return history.status();
  plugin.revision = history->back().revision;
  return plugin;
}

std::string PluginHostImpl::FindInDirectories(const std::string& file_name) const {
  std::error_code ignored;
  for (const PluginDirectory& directory : options_.directories) {
    const fs::path path = fs::path(directory.path) / file_name;
    if (!directory.builtin && fs::exists(path, ignored)) return path.string();
  }
  return "";
}

absl::StatusOr<Offer> PluginHostImpl::OfferOf(const InstallRequest& request) const {
  const auto max_bytes = static_cast<size_t>(options_.max_library_bytes);
  if (!request.from_directory) {
    if (request.content.empty()) {
      return absl::InvalidArgumentError("content is empty; send the library's file");
    }
    if (request.content.size() > max_bytes) {
      return absl::InvalidArgumentError(
          fmt::format("the library has {} bytes, plugins.max_library allows {}",
                      request.content.size(), max_bytes));
    }
    return Offer{.file_name = request.file_name,
                 .file = {.content = request.content,
                          .golden_vectors = request.golden_vectors,
                          .signature = request.signature}};
  }
  const std::string path = FindInDirectories(request.file_name);
  if (path.empty()) {
    return absl::NotFoundError(
        fmt::format("there is no file '{}' in the server's plugin "
                    "directories; put it there or upload it",
                    request.file_name));
  }
  auto offer = ReadOffer(path, max_bytes);
  if (!offer.ok()) return offer;
  if (!request.golden_vectors.empty()) offer->file.golden_vectors = request.golden_vectors;
  if (!request.signature.empty()) offer->file.signature = request.signature;
  return offer;
}

absl::Status PluginHostImpl::CheckInstall(const InstallRequest& request, const HostedPlugin* known,
                                          const std::string& id, const std::string& sha256) const {
  if (!request.sha256.empty() && !absl::EqualsIgnoreCase(request.sha256, sha256)) {
    return absl::InvalidArgumentError(
        fmt::format("the file's SHA-256 is {}, not {} as the request says; send it again", sha256,
                    request.sha256));
  }
  const bool vouched =
      !options_.trust.allowed_sha256.empty() || !options_.trust.trusted_keys.empty();
  if (!request.from_directory && !vouched && options_.in_process.contains(id)) {
    return absl::FailedPreconditionError(fmt::format(
        "plugin '{}' runs in the server's process (plugins.in_process), where uploads are taken "
        "only if somebody vouches for them: set plugins.allowed_sha256 or plugins.trusted_keys, "
        "put the file in a plugin directory, or let the plugin run in a worker",
        id));
  }
  const bool active = known != nullptr && known->active != nullptr;
  if (active && known->active->sha256 == sha256) {
    return absl::FailedPreconditionError(fmt::format(
        "this version of plugin '{}' ({}) is in force already", id, known->active->version));
  }
  if (known != nullptr && known->state == PluginState::kDisabled && known->Sha256() == sha256) {
    return absl::FailedPreconditionError(
        fmt::format("this version of plugin '{}' is installed and disabled; enable it", id));
  }
  if (!request.shadow) return absl::OkStatus();
  if (!active) {
    return absl::FailedPreconditionError(fmt::format(
        "no version of plugin '{}' is in force that another could run in the shadow of; install it "
        "without shadow",
        id));
  }
  if (known->shadow != nullptr && known->shadow->sha256 == sha256) {
    return absl::FailedPreconditionError(
        fmt::format("this version of plugin '{}' runs in shadow already; promote it", id));
  }
  return absl::OkStatus();
}

absl::StatusOr<HostedPlugin> PluginHostImpl::ToInstall(const InstallRequest& request,
                                                       const HostedPlugins& state,
                                                       const std::string& id,
                                                       const std::string& sha256) const {
  const HostedPlugin* const known = state.Find(id);
  if (known == nullptr && !request.change.etag.empty()) {
    return absl::AbortedError(fmt::format(
        "plugin '{}' has changed since it was read: it is not there any more; read it again", id));
  }
  auto plugin =
      known == nullptr ? Fresh(id, request.file_name) : ToChange(state, id, request.change);
  if (!plugin.ok()) return plugin;
  if (absl::Status sound = CheckInstall(request, known, id, sha256); !sound.ok()) return sound;
  return plugin;
}

absl::StatusOr<Step> PluginHostImpl::Prepare(const InstallRequest& request, HostedPlugin plugin,
                                             const Candidate& candidate) const {
  if (!request.shadow) {
    const std::string path =
        request.from_directory ? FindInDirectories(request.file_name) : std::string();
    plugin = WithActive(std::move(plugin), candidate,
                        path.empty() ? PluginSource::kInstalled : PluginSource::kDirectory, path);
    return Step{.action = "install", .plugin = std::move(plugin), .candidate = &candidate};
  }
  // While another is in its shadow, the version in force is the one kept by the server, whatever
  // becomes of the file in its directory.
  if (!kept_.Has(plugin.active->sha256)) {
    return absl::FailedPreconditionError(
        fmt::format("the server's own copy of the version of plugin '{}' in force is gone; restart "
                    "the server, which makes it again",
                    plugin.id));
  }
  plugin.document = plugin.Document();
  // Kept in whole microseconds.
  const absl::Time now = absl::FromUnixMicros(absl::ToUnixMicros(absl::Now()));
  plugin.document->shadow = ShadowRecord{RecordOf(*candidate.library), now};
  plugin.shadow = candidate.library;
  plugin.source = PluginSource::kInstalled;
  plugin.path.clear();
  return Step{.action = "shadow", .plugin = std::move(plugin), .candidate = &candidate};
}

absl::StatusOr<Installed> PluginHostImpl::Install(const InstallRequest& request,
                                                  const store::StopFn& stop) {
  const auto id = IdOf(request.file_name);
  if (!id.ok()) return id.status();
  if (IsCatalogueLibrary(*id)) {
    return absl::InvalidArgumentError(
        fmt::format("'{}' is the id of a built-in plugin; give yours an id of its own", *id));
  }
  auto offer = OfferOf(request);
  if (!offer.ok()) return offer.status();
  const auto sha256 = store::Sha256Hex(offer->file.content);
  if (!sha256.ok()) return sha256.status();

  // Examining takes long and needs no turn: other changes go on meanwhile.
  std::shared_ptr<const HostedPlugins> state = State();
  auto plugin = ToInstall(request, *state, *id, *sha256);
  if (!plugin.ok()) return plugin.status();
  auto candidate = examiner_.Examine(*std::move(offer), state->Active(*id), stop);
  if (!candidate.ok()) return AsRefusal(candidate.status());

  const auto turn = turns_.Take(stop);
  if (!turn.ok()) return turn.status();
  if (auto now = State(); now != state) {
    state = std::move(now);
    plugin = ToInstall(request, *state, *id, *sha256);
    if (!plugin.ok()) return plugin.status();
    const auto objections = FindObjections(*candidate->library, state->Active(*id), store_);
    if (!objections.empty()) return absl::InvalidArgumentError(absl::StrJoin(objections, "\n"));
  }
  auto step = Prepare(request, *std::move(plugin), *candidate);
  if (!step.ok()) return step.status();
  Installed installed{.checks = candidate->checks};
  if (request.validate_only) {
    const HostedPlugin* const known = state->Find(*id);
    installed.plugin = step->plugin.View();
    installed.plugin.etag = known == nullptr ? "" : known->Etag();
    return installed;
  }
  auto view = Commit(*state, *std::move(step), request.change);
  if (!view.ok()) return view.status();
  installed.plugin = *std::move(view);
  return installed;
}

absl::StatusOr<PluginView> PluginHostImpl::Reload(const std::string& id, const Change& change,
                                                  const store::StopFn& stop) {
  const std::shared_ptr<const HostedPlugins> state = State();
  auto plugin = ToChange(*state, id, change);
  if (!plugin.ok()) return plugin.status();
  if (plugin->state == PluginState::kDisabled) {
    return absl::FailedPreconditionError(
        fmt::format("plugin '{}' is disabled; enable it, which looks at its file again", id));
  }
  const std::string path = plugin->source == PluginSource::kInstalled
                               ? FindInDirectories(plugin->file_name)
                               : plugin->path;
  if (path.empty()) {
    return absl::FailedPreconditionError(fmt::format(
        "plugin '{}' was installed and has no file in a plugin directory; install a new version",
        id));
  }
  const bool builtin = plugin->source == PluginSource::kBuiltin;
  auto offer =
      ReadOffer(path, builtin ? kMaxLibraryBytes : static_cast<size_t>(options_.max_library_bytes));
  if (!offer.ok()) return offer.status();
  const auto sha256 = store::Sha256Hex(offer->file.content);
  if (!sha256.ok()) return sha256.status();
  if (plugin->active != nullptr && plugin->active->sha256 == *sha256) return plugin->View();
  offer->builtin = builtin;
  offer->admitted = plugin->document.has_value() && plugin->document->HasAdmitted(*sha256);
  const auto candidate = examiner_.Examine(*std::move(offer), state->Active(id), stop);
  if (!candidate.ok()) return AsRefusal(candidate.status());
  // As in Install; here it is enough to begin again.
  const auto turn = turns_.Take(stop);
  if (!turn.ok()) return turn.status();
  if (State() != state) {
    return absl::AbortedError(fmt::format(
        "other plugins changed while the file of '{}' was examined; reload it again", id));
  }
  plugin = WithActive(*std::move(plugin), *candidate,
                      builtin ? PluginSource::kBuiltin : PluginSource::kDirectory, path);
  return Commit(
      *state, {.action = "reload", .plugin = *std::move(plugin), .candidate = &*candidate}, change);
}

}  // namespace keyscore::kpis
