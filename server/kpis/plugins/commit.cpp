// How a change of the plugins is made: first durable, then in force.
#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "kpis/admission.h"
#include "kpis/plugins/plugin_host_impl.h"
#include "spdlog/spdlog.h"
#include "store/audit_log.h"

namespace keyscore::kpis {
namespace {

// Libraries of a plugin that are kept for a rollback.
constexpr size_t kKeptVersions = 10;

std::map<std::string, std::string> DetailsOf(const HostedPlugin* before,
                                             const PluginDocument& document, int64_t revision) {
  std::map<std::string, std::string> details = {{"revision", fmt::format("{}", revision)},
                                                {"sha256", document.active.sha256},
                                                {"version", document.active.version}};
  if (const std::string previous = before == nullptr ? "" : before->Sha256();
      !previous.empty() && previous != document.active.sha256) {
    details["previous_sha256"] = previous;
  }
  if (document.shadow.has_value()) {
    details["shadow_sha256"] = document.shadow->version.sha256;
    details["shadow_version"] = document.shadow->version.version;
  }
  return details;
}

}  // namespace

absl::Status PluginHostImpl::Write(const HostedPlugin* before, Step& step,
                                   const Change& change) const {
  HostedPlugin& plugin = step.plugin;
  PluginDocument document = plugin.Document();
  document.action = step.action;
  document.reason = change.reason;
  if (step.candidate != nullptr) document.Admit(step.candidate->sha256);
  const bool gone = document.state == PluginState::kUninstalled;
  auto recorded = store::Record(store_,
                                {.author = change.author,
                                 .action = "plugin." + step.action,
                                 .resource = "plugins/" + plugin.id,
                                 .reason = change.reason,
                                 .details = DetailsOf(before, document, plugin.revision + 1)},
                                {{.kind = kPluginKind,
                                  .id = plugin.id,
                                  .expected_revision = plugin.revision,
                                  .author = change.author,
                                  .payload = ToPayload(document),
                                  .deleted = gone}});
  if (!recorded.ok()) return recorded.status();
  plugin.revision = recorded->documents.front().revision;
  plugin.document = std::move(document);
  spdlog::info("plugin {}: {} by {}: version {}, sha256 {}, revision {}", plugin.id, step.action,
               change.author, plugin.document->active.version, plugin.document->active.sha256,
               plugin.revision);
  return absl::OkStatus();
}

absl::StatusOr<PluginView> PluginHostImpl::Commit(const HostedPlugins& before, Step step,
                                                  const Change& change) {
  bool placed = false;
  absl::Status made;
  if (step.candidate != nullptr && step.plugin.source != PluginSource::kBuiltin) {
    const auto there = kept_.Place(step.candidate->sha256, step.candidate->file);
    made = there.status();
    placed = there.ok() && !*there;
  }
  if (made.ok() && step.candidate != nullptr) {
    const auto reasons = DefineDatasets(*step.candidate->library, store_);
    if (!reasons.empty()) made = absl::InvalidArgumentError(absl::StrJoin(reasons, "\n"));
  }
  if (made.ok()) made = Write(before.Find(step.plugin.id), step, change);
  if (!made.ok()) {
    if (placed) kept_.Remove(step.candidate->sha256);
    return made;
  }
  HostedPlugins next = before;
  const std::string id = step.plugin.id;
  PluginView view;  // of one that is gone
  if (step.plugin.document->state == PluginState::kUninstalled) {
    view = step.plugin.View();
    next.by_id.erase(id);
  } else {
    next.by_id[id] = std::move(step.plugin);
  }
  Publish(std::move(next));
  RemoveOldFiles(id);
  listener_->Tell();
  if (const HostedPlugin* const now = State()->Find(id); now != nullptr) view = now->View();
  return view;
}

void PluginHostImpl::Publish(HostedPlugins next) {
  std::vector<ShadowPair> pairs;
  for (const auto& [id, plugin] : next.by_id) {
    if (plugin.active == nullptr || plugin.shadow == nullptr) continue;
    pairs.push_back({.plugin_id = id,
                     .served = plugin.active,
                     .shadow = plugin.shadow,
                     .start_time = plugin.document->shadow->start_time});
  }
  shadows_->Run(pairs);
  registry_.Publish(next.Active(), next.Refused(), pairs.empty() ? nullptr : shadows_);
  auto state = std::make_shared<const HostedPlugins>(std::move(next));
  absl::MutexLock lock(&mutex_);
  state_.swap(state);
}

absl::StatusOr<PluginHostImpl::Retained> PluginHostImpl::Retain(const std::string& id) const {
  const auto history = store_.ConfigHistory(kPluginKind, id);
  if (!history.ok()) return history.status();
  Retained retained;
  const auto add = [&](const std::string& sha256) {
    if (retained.keep.contains(sha256)) return;
    (retained.keep.size() < kKeptVersions ? retained.keep : retained.drop).insert(sha256);
  };
  for (auto stored = history->rbegin(); stored != history->rend(); ++stored) {
    const auto document = ParsePluginDocument(*stored);
    if (!document.ok()) return document.status();
    add(document->active.sha256);
    if (document->shadow.has_value()) add(document->shadow->version.sha256);
  }
  if (history->back().deleted) retained.drop.merge(retained.keep);
  if (history->back().deleted) retained.keep.clear();
  return retained;
}

void PluginHostImpl::RemoveOldFiles(const std::string& id) const {
  const auto retained = Retain(id);
  if (!retained.ok()) {
    spdlog::warn("plugin {}: old versions can't be cleared away: {}", id,
                 retained.status().ToString());
    return;
  }
  for (const std::string& sha256 : retained->drop) kept_.Remove(sha256);
}

void PluginHostImpl::RemoveOrphans(const HostedPlugins& stored, const HostedPlugins& state) const {
  std::set<std::string> keep;
  for (const HostedPlugins* plugins : {&stored, &state}) {
    for (const auto& [id, plugin] : plugins->by_id) {
      if (!plugin.document.has_value()) continue;
      const auto retained = Retain(id);
      if (!retained.ok()) {
        spdlog::warn("old plugin files can't be cleared away: {}", retained.status().ToString());
        return;
      }
      keep.insert(retained->keep.begin(), retained->keep.end());
    }
  }
  kept_.RemoveAllBut(keep);
}

}  // namespace keyscore::kpis
