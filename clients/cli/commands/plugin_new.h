// keyscore plugin new NAME: a project of its own for a new KPI library.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/context.h"

namespace keyscore::cli {

// Adds `new` to the group `keyscore plugins`.
void AddPluginNewCommand(CLI::App& plugins, Context& context);

}  // namespace keyscore::cli
