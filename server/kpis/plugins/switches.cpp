// Changes among the libraries that the server has: enabled and disabled, rolled back, promoted.
#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "kpis/admission.h"
#include "kpis/plugins/plugin_host_impl.h"
#include "store/sha256.h"

namespace keyscore::kpis {
namespace {

absl::Status NotInForce(const HostedPlugin& plugin) {
  return absl::FailedPreconditionError(
      plugin.state == PluginState::kDisabled
          ? fmt::format("plugin '{}' is disabled already", plugin.id)
          : fmt::format("plugin '{}' was refused, so nothing of it is in force: {}", plugin.id,
                        absl::StrJoin(plugin.refusal_reasons, "; ")));
}

absl::Status NoShadow(const std::string& id) {
  return absl::FailedPreconditionError(
      fmt::format("no version of plugin '{}' runs in shadow; install one with shadow set", id));
}

}  // namespace

absl::StatusOr<Candidate> PluginHostImpl::FromKept(const HostedPlugin& plugin,
                                                   const std::string& sha256,
                                                   const Libraries& others) const {
  auto file = kept_.Read(sha256);
  if (!file.ok()) return absl::FailedPreconditionError(file.status().message());
  auto candidate = examiner_.Examine(
      {.file_name = plugin.file_name, .file = *std::move(file), .admitted = true}, others, {});
  if (!candidate.ok()) return AsRefusal(candidate.status());
  return candidate;
}

absl::StatusOr<PluginView> PluginHostImpl::Enable(const std::string& id, const Change& change) {
  const auto turn = turns_.Take({});
  if (!turn.ok()) return turn.status();
  const std::shared_ptr<const HostedPlugins> state = State();
  auto plugin = ToChange(*state, id, change);
  if (!plugin.ok()) return plugin.status();
  if (plugin->state != PluginState::kDisabled) {
    return absl::FailedPreconditionError(fmt::format(
        "plugin '{}' is not disabled; {}", id,
        plugin->active != nullptr ? "it is in force" : "it was refused, so mend and reload it"));
  }
  absl::StatusOr<Candidate> candidate;
  if (plugin->source == PluginSource::kInstalled) {
    candidate = FromKept(*plugin, plugin->Sha256(), state->Active(id));
  } else {
    auto offer = ReadOffer(plugin->path, kMaxLibraryBytes);
    if (!offer.ok()) return offer.status();
    const auto sha256 = store::Sha256Hex(offer->file.content);
    if (!sha256.ok()) return sha256.status();
    offer->builtin = plugin->source == PluginSource::kBuiltin;
    offer->admitted = plugin->document->HasAdmitted(*sha256);
    candidate = examiner_.Examine(*std::move(offer), state->Active(id), {});
  }
  if (!candidate.ok()) return AsRefusal(candidate.status());
  const PluginSource source = plugin->source;
  const std::string path = plugin->path;
  return Commit(*state,
                {.action = "enable",
                 .plugin = WithActive(*std::move(plugin), *candidate, source, path),
                 .candidate = &*candidate},
                change);
}

absl::StatusOr<PluginView> PluginHostImpl::Disable(const std::string& id, const Change& change) {
  const auto turn = turns_.Take({});
  if (!turn.ok()) return turn.status();
  const std::shared_ptr<const HostedPlugins> state = State();
  auto plugin = ToChange(*state, id, change);
  if (!plugin.ok()) return plugin.status();
  if (plugin->active == nullptr) return NotInForce(*plugin);
  plugin->document = plugin->Document();
  plugin->document->shadow.reset();  // nothing is left to compare it with
  plugin->state = PluginState::kDisabled;
  plugin->active = nullptr;
  plugin->shadow = nullptr;
  return Commit(*state, {.action = "disable", .plugin = *std::move(plugin)}, change);
}

absl::StatusOr<PluginView> PluginHostImpl::Uninstall(const std::string& id, const Change& change) {
  const auto turn = turns_.Take({});
  if (!turn.ok()) return turn.status();
  const std::shared_ptr<const HostedPlugins> state = State();
  auto plugin = ToChange(*state, id, change);
  if (!plugin.ok()) return plugin.status();
  if (plugin->source != PluginSource::kInstalled) {
    return absl::FailedPreconditionError(fmt::format(
        "plugin '{}' {}; disable it{}", id,
        plugin->source == PluginSource::kBuiltin ? "is built in" : "lies in a plugin directory",
        plugin->source == PluginSource::kBuiltin ? "" : ", or remove its file"));
  }
  if (const std::string path = FindInDirectories(plugin->file_name); !path.empty()) {
    return absl::FailedPreconditionError(
        fmt::format("a file of plugin '{}' lies in a plugin directory and would take its place at "
                    "the next start; remove {} first, or reload the plugin to serve that file",
                    id, plugin->file_name));
  }
  plugin->document = plugin->Document();
  plugin->document->shadow.reset();
  plugin->state = PluginState::kUninstalled;
  plugin->active = nullptr;
  plugin->shadow = nullptr;
  return Commit(*state, {.action = "uninstall", .plugin = *std::move(plugin)}, change);
}

absl::StatusOr<std::string> PluginHostImpl::RollbackTarget(const HostedPlugin& plugin,
                                                           int64_t revision) const {
  if (plugin.source == PluginSource::kBuiltin) {
    return absl::FailedPreconditionError(fmt::format(
        "plugin '{}' is built in: its version is the server's; run another server", plugin.id));
  }
  std::string target;
  if (revision == 0 && plugin.document.has_value()) {
    // Where what is found in its place is refused, the last in force is the one of the document.
    const bool lost = plugin.state == PluginState::kRefused &&
                      plugin.refused_sha256 != plugin.document->active.sha256;
    target = lost ? plugin.document->active.sha256 : plugin.document->previous_sha256;
  } else if (revision != 0) {
    const auto revisions = ListRevisions(plugin.id);
    if (!revisions.ok()) return revisions.status();
    const auto asked =
        std::find_if(revisions->begin(), revisions->end(),
                     [revision](const PluginRevision& r) { return r.revision == revision; });
    if (asked == revisions->end()) {
      return absl::NotFoundError(
          fmt::format("plugin '{}' has no revision {}; list them", plugin.id, revision));
    }
    target = asked->sha256;
  }
  if (target.empty()) {
    return absl::FailedPreconditionError(
        fmt::format("no other version of plugin '{}' was in force before", plugin.id));
  }
  if (plugin.active != nullptr && plugin.active->sha256 == target) {
    return absl::FailedPreconditionError(fmt::format(
        "the library of revision {} of plugin '{}' is in force already", revision, plugin.id));
  }
  return target;
}

absl::StatusOr<PluginView> PluginHostImpl::Rollback(const std::string& id, int64_t revision,
                                                    const Change& change) {
  const auto turn = turns_.Take({});
  if (!turn.ok()) return turn.status();
  const std::shared_ptr<const HostedPlugins> state = State();
  auto plugin = ToChange(*state, id, change);
  if (!plugin.ok()) return plugin.status();
  const auto target = RollbackTarget(*plugin, revision);
  if (!target.ok()) return target.status();
  const auto candidate = FromKept(*plugin, *target, state->Active(id));
  if (!candidate.ok()) return candidate.status();
  // From now on it is the kept library that counts, not what lies in a directory.
  return Commit(*state,
                {.action = "rollback",
                 .plugin = WithActive(*std::move(plugin), *candidate, PluginSource::kInstalled, ""),
                 .candidate = &*candidate},
                change);
}

absl::StatusOr<PluginView> PluginHostImpl::Promote(const std::string& id, const Change& change) {
  const auto turn = turns_.Take({});
  if (!turn.ok()) return turn.status();
  const std::shared_ptr<const HostedPlugins> state = State();
  auto plugin = ToChange(*state, id, change);
  if (!plugin.ok()) return plugin.status();
  if (plugin->shadow == nullptr) return NoShadow(id);
  Candidate candidate{.sha256 = plugin->shadow->sha256, .library = plugin->shadow};
  auto file = kept_.Read(candidate.sha256);
  if (!file.ok()) return absl::FailedPreconditionError(file.status().message());
  candidate.file = *std::move(file);
  // Other libraries may have come since it was examined.
  const auto reasons = FindObjections(*candidate.library, state->Active(id), store_);
  if (!reasons.empty()) return absl::InvalidArgumentError(absl::StrJoin(reasons, "\n"));
  return Commit(*state,
                {.action = "promote",
                 .plugin = WithActive(*std::move(plugin), candidate, PluginSource::kInstalled, ""),
                 .candidate = &candidate},
                change);
}

absl::StatusOr<PluginView> PluginHostImpl::DiscardShadow(const std::string& id,
                                                         const Change& change) {
  const auto turn = turns_.Take({});
  if (!turn.ok()) return turn.status();
  const std::shared_ptr<const HostedPlugins> state = State();
  auto plugin = ToChange(*state, id, change);
  if (!plugin.ok()) return plugin.status();
  if (!plugin->document.has_value() || !plugin->document->shadow.has_value()) return NoShadow(id);
  plugin->document->shadow.reset();
  plugin->shadow = nullptr;
  return Commit(*state, {.action = "discard", .plugin = *std::move(plugin)}, change);
}

}  // namespace keyscore::kpis
