// keyscore plugin check | describe: libraries by their files, without a server.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/context.h"

namespace keyscore::cli {

// Add `check` and `describe` to the group `keyscore plugins`.
void AddPluginCheckCommand(CLI::App& plugins, Context& context);
void AddPluginDescribeCommand(CLI::App& plugins, Context& context);

}  // namespace keyscore::cli
