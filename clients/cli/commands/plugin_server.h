// keyscore plugin install, enable, disable, …: what a running server does with its plugins.
#pragma once

#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/context.h"

namespace keyscore::cli {

// Each adds its command, or commands, to the group `keyscore plugins`.
void AddPluginInstallCommand(CLI::App& plugins, Context& context);
// enable, disable, uninstall, reload, rollback
void AddPluginChangeCommands(CLI::App& plugins, Context& context);
void AddPluginShadowCommand(CLI::App& plugins, Context& context);
void AddPluginLogCommand(CLI::App& plugins, Context& context);

// What every change of a plugin says about itself.
struct ChangeOptions {
  std::string reason;
  std::string etag;
};

// Adds --reason and --etag to a command that changes a plugin.
std::shared_ptr<ChangeOptions> AddChangeOptions(CLI::App& command);

// The status of a change. Where the server refused a library for several reasons, they are printed
// to stderr, one a line, and the status that is left counts them.
absl::Status Reasons(const Context& context, const absl::Status& status);

}  // namespace keyscore::cli
