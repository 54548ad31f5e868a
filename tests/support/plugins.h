// Plugins that a test puts into a running server.
#pragma once

#include <filesystem>
#include <string>

#include "absl/status/statusor.h"
#include "keyscore/client/client.h"

namespace keyscore::testing {

// The built library of tests/fault/plugins, or "conformance/NAME".
std::filesystem::path TestPlugin(const std::string& name);

// Uploads a library; `header` may ask for more. Its file_name is that of the file unless given.
absl::StatusOr<v1::InstallPluginResponse> Install(client::Client& client,
                                                  const std::filesystem::path& library,
                                                  v1::InstallPluginRequest::Header header = {});

absl::StatusOr<v1::Plugin> GetPlugin(client::Client& client, const std::string& id);
absl::StatusOr<v1::Plugin> Uninstall(client::Client& client, const std::string& id);
// To the library of an earlier revision; 0 = the one before.
absl::StatusOr<v1::Plugin> Rollback(client::Client& client, const std::string& id,
                                    int64_t revision = 0);

// What the server says about one KPI at work, by the KPI's id; empty where it says nothing.
v1::KpiRuntime RuntimeOf(const v1::Plugin& plugin, const std::string& kpi);

// The result of a KPI on a card; an empty one where the card has none.
v1::KpiResult ResultOf(const v1::Scorecard& card, const std::string& kpi);

}  // namespace keyscore::testing
