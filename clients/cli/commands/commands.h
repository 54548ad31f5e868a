// The commands, one file each. Every function adds its command to the tree; what the command does
// once it is parsed is left in context.action.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/context.h"

namespace keyscore::cli {

void AddImportCommand(CLI::App& app, Context& context);
void AddScorecardCommand(CLI::App& app, Context& context);
void AddRankCommand(CLI::App& app, Context& context);
void AddExplainCommand(CLI::App& app, Context& context);
void AddKpisCommand(CLI::App& app, Context& context);
void AddDatasetsCommand(CLI::App& app, Context& context);
void AddPluginsCommand(CLI::App& app, Context& context);
void AddWeightsCommand(CLI::App& app, Context& context);
void AddFactsCommand(CLI::App& app, Context& context);
void AddAuditCommand(CLI::App& app, Context& context);
void AddCompletionCommand(CLI::App& app, Context& context);
void AddVersionCommand(CLI::App& app, Context& context);

}  // namespace keyscore::cli
