// keyscore plugins: the group of commands, and list | show.
// What works on files, without a server, stands in plugin_new.cpp, plugin_check.cpp and
// plugin_describe.cpp.
#include "cli/commands/commands.h"
#include "cli/commands/plugin_check.h"
#include "cli/commands/plugin_new.h"
#include "cli/commands/plugin_server.h"
#include "cli/commands/printing.h"
#include "cli/commands/render_plugin.h"
#include "cli/names.h"

namespace keyscore::cli {
namespace {

void AddListCommand(CLI::App& plugins, Context& context) {
  CLI::App* list = plugins.add_subcommand("list", "List the plugins, also those refused");
  list->callback([&context] {
    context.action = [&context]() -> absl::Status {
      const absl::StatusOr<client::Client*> client = context.Connection();
      if (!client.ok()) return client.status();
      return Print(context,
                   ListAll(*client, &client::Client::ListPlugins, v1::ListPluginsRequest(),
                           [](v1::ListPluginsResponse& page, v1::ListPluginsResponse& all) {
                             all.mutable_plugins()->MergeFrom(page.plugins());
                           }),
                   PrintPluginsCsv, PrintPlugins);
    };
  });
}

void AddShowCommand(CLI::App& plugins, Context& context) {
  auto id = std::make_shared<std::string>();
  CLI::App* show = plugins.add_subcommand("show", "Show one plugin, and how its KPIs do");
  show->add_option("plugin", *id, "Its id, e.g. retention")->required()->type_name("PLUGIN");
  show->callback([&context, id] {
    context.action = [&context, id]() -> absl::Status {
      const absl::StatusOr<client::Client*> client = context.Connection();
      if (!client.ok()) return client.status();
      v1::GetPluginRequest request;
      request.set_name(InCollection(*id, "plugins"));
      return Print(context, (*client)->GetPlugin(request), PrintPluginCsv, PrintPlugin);
    };
  });
}

}  // namespace

void AddPluginsCommand(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("plugins", "The libraries that define KPIs");
  command->alias("plugin");
  command->require_subcommand(1);
  AddPluginNewCommand(*command, context);
  AddPluginCheckCommand(*command, context);
  AddPluginDescribeCommand(*command, context);
  AddListCommand(*command, context);
  AddShowCommand(*command, context);
  AddPluginInstallCommand(*command, context);
  AddPluginChangeCommands(*command, context);
  AddPluginShadowCommand(*command, context);
  AddPluginLogCommand(*command, context);
}

}  // namespace keyscore::cli
