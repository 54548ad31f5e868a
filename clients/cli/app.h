// The command line of `keyscore`: its tree of commands, and running one.
#pragma once

#include <memory>

#include <CLI/CLI.hpp>

#include "cli/context.h"

namespace keyscore::cli {

// The whole tree. Parsing it leaves the command's work in context.action. `context` must outlive
// the app.
std::unique_ptr<CLI::App> BuildApp(Context& context);

// Parses and runs; prints what went wrong to context.err(). Returns the exit code.
int Run(int argc, const char* const* argv, Context& context);

}  // namespace keyscore::cli
