// The host's beginning and end, and all that only looks.
#include "kpis/plugins/plugin_host.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "kpis/plugins/plugin_host_impl.h"

namespace keyscore::kpis {

absl::StatusOr<std::unique_ptr<PluginHost>> PluginHost::Start(PluginHostOptions options,
                                                              store::Store& store) {
  std::shared_ptr<WorkerHost> workers;
  if (!options.workers.program.empty()) {
    auto started = WorkerHost::Start(options.workers);
    if (!started.ok()) return started.status();
    workers = *std::move(started);
  }
  auto host = std::make_unique<PluginHostImpl>(std::move(options), store, std::move(workers));
  if (absl::Status loaded = host->Load(); !loaded.ok()) return loaded;
  return host;
}

PluginHostImpl::PluginHostImpl(PluginHostOptions options, store::Store& store,
                               std::shared_ptr<WorkerHost> workers)
    : options_(std::move(options)),
      store_(store),
      workers_(std::move(workers)),
      kept_((std::filesystem::path(options_.data_directory) / "plugins").string()),
      examiner_(options_, store, workers_, [listener = listener_] { listener->Tell(); }),
      shadows_(std::make_shared<ShadowRunner>(store, options_.calendar)),
      state_(std::make_shared<const HostedPlugins>()) {}

PluginHostImpl::~PluginHostImpl() {
  listener_->Set({});
  shadows_->Stop();
}

std::shared_ptr<const HostedPlugins> PluginHostImpl::State() const {
  absl::MutexLock lock(&mutex_);
  return state_;
}

absl::Status PluginHostImpl::CheckSettings() const {
  const auto snapshot = registry_.Snapshot();
  const std::shared_ptr<const HostedPlugins> state = State();
  std::vector<std::string> faults = setting_faults_;
  // A KPI whose library is refused or disabled may be back tomorrow: its settings are no fault.
  const auto is_away = [&](const std::string& kpi) {
    if (!snapshot->refused().empty()) return true;
    return std::any_of(state->by_id.begin(), state->by_id.end(), [&kpi](const auto& entry) {
      if (entry.second.state != PluginState::kDisabled) return false;
      const auto& ids = entry.second.document->active.kpi_ids;
      return std::find(ids.begin(), ids.end(), kpi) != ids.end();
    });
  };
  for (const auto& [id, values] : options_.settings) {
    if (snapshot->FindKpi(id) != nullptr || is_away(id)) continue;
    const std::string near = snapshot->NearestKpi(id);
    faults.push_back(fmt::format("kpi_settings.{}: there is no such KPI{}", id,
                                 near.empty() ? "" : "; did you mean '" + near + "'?"));
  }
  if (faults.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(faults, "\n"));
}

absl::StatusOr<HostedPlugin> PluginHostImpl::ToChange(const HostedPlugins& state,
                                                      const std::string& id,
                                                      const Change& change) const {
  const HostedPlugin* const plugin = state.Find(id);
  if (plugin == nullptr) {
    return absl::NotFoundError(
        fmt::format("there is no plugin '{}'; list the plugins to see which are", id));
  }
  if (!change.etag.empty() && change.etag != plugin->Etag()) {
    return absl::AbortedError(fmt::format(
        "plugin '{}' has changed since it was read: its etag is {}, not {}; read it again", id,
        plugin->Etag(), change.etag));
  }
  return *plugin;
}

absl::StatusOr<std::vector<PluginRevision>> PluginHostImpl::ListRevisions(
    const std::string& id) const {
  const auto history = store_.ConfigHistory(kPluginKind, id);
  if (absl::IsNotFound(history.status())) {
    if (State()->Find(id) != nullptr) return std::vector<PluginRevision>();
    return absl::NotFoundError(
        fmt::format("there is no plugin '{}'; list the plugins to see which are", id));
  }
  if (!history.ok()) return history.status();
  std::vector<PluginRevision> revisions;
  for (const store::ConfigRevision& stored : *history) {
    const auto document = ParsePluginDocument(stored);
    if (!document.ok()) return document.status();
    PluginRevision& revision = revisions.emplace_back();
    revision.revision = stored.revision;
    revision.time = stored.created_at;
    revision.author = stored.author;
    revision.action = document->action;
    revision.reason = document->reason;
    revision.state = document->state;
    revision.version = document->active.version;
    revision.sha256 = document->active.sha256;
    if (document->shadow.has_value()) {
      revision.shadow_version = document->shadow->version.version;
      revision.shadow_sha256 = document->shadow->version.sha256;
    }
    revision.available =
        document->source != PluginSource::kBuiltin && kept_.Has(document->active.sha256);
  }
  std::reverse(revisions.begin(), revisions.end());
  return revisions;
}

absl::StatusOr<ShadowReport> PluginHostImpl::GetShadowReport(const std::string& id) const {
  if (auto report = shadows_->Report(id)) return *std::move(report);
  if (State()->Find(id) == nullptr) {
    return absl::NotFoundError(
        fmt::format("there is no plugin '{}'; list the plugins to see which are", id));
  }
  return absl::FailedPreconditionError(
      fmt::format("no version of plugin '{}' runs in shadow; install one with shadow set", id));
}

std::vector<LibraryStats> PluginHostImpl::Stats() const {
  std::vector<LibraryStats> stats;
  for (const auto& library : State()->Active()) {
    if (library->stats) stats.push_back(library->stats());
  }
  return stats;
}

}  // namespace keyscore::kpis
