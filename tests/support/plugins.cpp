// Uploads, and looks things up in what comes back.
#include "support/plugins.h"

#include <utility>

#include "support/environment.h"

namespace keyscore::testing {

std::filesystem::path TestPlugin(const std::string& name) {
  return std::filesystem::path(Environment("KEYSCORE_TEST_PLUGINS_DIR")) / (name + ".so");
}

absl::StatusOr<v1::InstallPluginResponse> Install(client::Client& client,
                                                  const std::filesystem::path& library,
                                                  v1::InstallPluginRequest::Header header) {
  if (header.file_name().empty()) header.set_file_name(library.filename().string());
  return client.InstallPlugin(header, ReadFile(library));
}

absl::StatusOr<v1::Plugin> GetPlugin(client::Client& client, const std::string& id) {
  v1::GetPluginRequest request;
  request.set_name("plugins/" + id);
  return client.GetPlugin(request);
}

absl::StatusOr<v1::Plugin> Uninstall(client::Client& client, const std::string& id) {
  v1::UninstallPluginRequest request;
  request.set_name("plugins/" + id);
  request.set_reason("the test is done with it");
  return client.UninstallPlugin(request);
}

absl::StatusOr<v1::Plugin> Rollback(client::Client& client, const std::string& id,
                                    int64_t revision) {
  v1::RollbackPluginRequest request;
  request.set_name("plugins/" + id);
  request.set_revision(revision);
  request.set_reason("a test goes back");
  return client.RollbackPlugin(request);
}

v1::KpiRuntime RuntimeOf(const v1::Plugin& plugin, const std::string& kpi) {
  for (const v1::KpiRuntime& runtime : plugin.runtime().kpis()) {
    if (runtime.kpi() == "kpis/" + kpi) return runtime;
  }
  return {};
}

v1::KpiResult ResultOf(const v1::Scorecard& card, const std::string& kpi) {
  for (const v1::KpiResult& result : card.kpis()) {
    if (result.kpi() == "kpis/" + kpi) return result;
  }
  return {};
}

}  // namespace keyscore::testing
