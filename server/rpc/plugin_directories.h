// Where the KPI libraries are looked for.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "config/config.h"
#include "kpis/registry.h"

namespace keyscore::rpc {

// The built-in folder, then the configured ones; a folder named twice counts once. Without a
// configured built-in folder it is `plugins` beside the folder of `executable` (as a build leaves
// it), else lib/keyscore/plugins there (as an installation does). INVALID_ARGUMENT if neither is
// there.
absl::StatusOr<std::vector<kpis::PluginDirectory>> PluginDirectories(const config::Config& config,
                                                                     const std::string& executable);

}  // namespace keyscore::rpc
