// Libraries that serve, and those that were refused.
#include "rpc/plugin_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "config/nearest.h"
#include "rpc/convert.h"
#include "rpc/fault.h"
#include "rpc/page_token.h"
#include "rpc/resource_name.h"

namespace keyscore::rpc {
namespace {

// By id; of two files with one id, the admitted one first.
std::vector<v1::Plugin> AllPlugins(const kpis::RegistrySnapshot& registry) {
  std::vector<v1::Plugin> plugins;
  for (const auto& library : registry.libraries()) plugins.push_back(ToProto(*library));
  for (const kpis::RefusedLibrary& refused : registry.refused()) {
    plugins.push_back(ToProto(refused));
  }
  std::stable_sort(plugins.begin(), plugins.end(),
                   [](const v1::Plugin& a, const v1::Plugin& b) { return a.name() < b.name(); });
  return plugins;
}

absl::Status Get(const Backend& backend, const v1::GetPluginRequest& request,
                 v1::Plugin& response) {
  const auto id = ParseName("name", "plugins", request.name());
  if (!id.ok()) return id.status();
  std::vector<std::string> names;
  for (v1::Plugin& plugin : AllPlugins(*backend.registry.Snapshot())) {
    names.push_back(plugin.name());
    if (plugin.name() != request.name()) continue;
    response = std::move(plugin);
    return absl::OkStatus();
  }
  return NotFound("PLUGIN_NOT_FOUND", fmt::format("there is no {}.{}", request.name(),
                                                  config::DidYouMean(request.name(), names)));
}

absl::Status List(const Backend& backend, const v1::ListPluginsRequest& request,
                  v1::ListPluginsResponse& response) {
  std::vector<v1::Plugin> plugins = AllPlugins(*backend.registry.Snapshot());
  auto page = PageOf(request, request.page_size(), request.page_token(), plugins.size());
  if (!page.ok()) return page.status();
  for (size_t i = page->begin; i < page->end; ++i) {
    *response.add_plugins() = std::move(plugins[i]);
  }
  response.set_next_page_token(std::move(page->next_page_token));
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* PluginService::GetPlugin(grpc::CallbackServerContext* context,
                                                   const v1::GetPluginRequest* request,
                                                   v1::Plugin* response) {
  return backend_.calls.Unary(
      context, "GetPlugin", [=, this](const Call&) { return Get(backend_, *request, *response); });
}

grpc::ServerUnaryReactor* PluginService::ListPlugins(grpc::CallbackServerContext* context,
                                                     const v1::ListPluginsRequest* request,
                                                     v1::ListPluginsResponse* response) {
  return backend_.calls.Unary(context, "ListPlugins", [=, this](const Call&) {
    return List(backend_, *request, *response);
  });
}

}  // namespace keyscore::rpc
