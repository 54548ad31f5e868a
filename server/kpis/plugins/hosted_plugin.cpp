// What is shown of a plugin, from its library where that is loaded and from its document where not.
#include "kpis/plugins/hosted_plugin.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"

namespace keyscore::kpis {
namespace {

void Show(const VersionRecord& version, PluginView& view) {
  view.sha256 = version.sha256;
  view.version = version.version;
  view.vendor = version.vendor;
  view.description = version.description;
  view.abi_version = version.abi_version;
  view.kpi_ids = version.kpi_ids;
  view.dataset_ids = version.dataset_ids;
}

PluginView ViewOf(const RefusedLibrary& refused) {
  PluginView view{.id = refused.id, .state = PluginState::kRefused, .file_name = refused.file_name};
  view.sha256 = refused.sha256;
  view.refusal_reasons = refused.reasons;
  view.load_time = refused.time;
  return view;
}

}  // namespace

std::string HostedPlugin::Sha256() const {
  if (state == PluginState::kRefused) return refused_sha256;
  if (active != nullptr) return active->sha256;
  return document.has_value() ? document->active.sha256 : "";
}

std::string HostedPlugin::Etag() const {
  return fmt::format("r{}-{}", revision, Sha256().substr(0, 12));
}

PluginView HostedPlugin::View() const {
  PluginView view{.id = id, .state = state, .source = source, .file_name = file_name};
  if (state == PluginState::kRefused) {
    view.sha256 = refused_sha256;
    view.refusal_reasons = refusal_reasons;
    view.load_time = refusal_time;
  } else if (active != nullptr) {
    Show(RecordOf(*active), view);
    view.load_time = active->load_time;
    view.isolated = active->isolated;
    if (active->stats) view.stats = active->stats();
  } else if (document.has_value()) {
    Show(document->active, view);
  }
  view.revision = revision;
  view.etag = Etag();
  if (shadow != nullptr && document.has_value() && document->shadow.has_value()) {
    const ShadowRecord& record = *document->shadow;
    view.shadow = ShadowVersion{.version = record.version.version,
                                .sha256 = record.version.sha256,
                                .start_time = record.start_time,
                                .kpi_ids = record.version.kpi_ids};
  }
  return view;
}

PluginDocument HostedPlugin::Document() const {
  PluginDocument current = document.value_or(PluginDocument{});
  current.source = source;
  current.file_name = file_name;
  if (state != PluginState::kRefused) current.state = state;
  if (active != nullptr) current.active = RecordOf(*active);
  return current;
}

const HostedPlugin* HostedPlugins::Find(const std::string& id) const {
  const auto found = by_id.find(id);
  return found == by_id.end() ? nullptr : &found->second;
}

Libraries HostedPlugins::Active(const std::string& but) const {
  Libraries libraries;
  for (const auto& [id, plugin] : by_id) {
    if (plugin.active != nullptr && id != but) libraries.push_back(plugin.active);
  }
  return libraries;
}

std::vector<RefusedLibrary> HostedPlugins::Refused() const {
  std::vector<RefusedLibrary> refused;
  for (const auto& [id, plugin] : by_id) {
    if (plugin.state != PluginState::kRefused) continue;
    refused.push_back({.id = id,
                       .file_name = plugin.file_name,
                       .sha256 = plugin.refused_sha256,
                       .reasons = plugin.refusal_reasons,
                       .time = plugin.refusal_time});
  }
  refused.insert(refused.end(), duplicates.begin(), duplicates.end());
  return refused;
}

std::vector<PluginView> HostedPlugins::Views() const {
  std::vector<PluginView> views;
  for (const auto& [id, plugin] : by_id) views.push_back(plugin.View());
  for (const RefusedLibrary& refused : duplicates) views.push_back(ViewOf(refused));
  std::stable_sort(views.begin(), views.end(),
                   [](const PluginView& a, const PluginView& b) { return a.id < b.id; });
  return views;
}

}  // namespace keyscore::kpis
