// From the configuration to the options of the plugin host.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "config/config.h"
#include "kpis/plugins/plugin_host.h"
#include "measures/calendar.h"

namespace keyscore::rpc {

// Reads the trusted keys and looks for the programs; those that aren't configured lie beside
// `executable`. Directories are left out: plugin_directories.h. INVALID_ARGUMENT or
// FAILED_PRECONDITION name the key of the configuration and the fix.
absl::StatusOr<kpis::PluginHostOptions> PluginOptions(const config::Config& config,
                                                      const measures::Calendar& calendar,
                                                      const std::string& executable);

}  // namespace keyscore::rpc
