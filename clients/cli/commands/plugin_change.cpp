// keyscore plugin enable | disable | uninstall | reload | rollback: changes of one plugin.
#include <fmt/format.h>

#include "absl/strings/str_split.h"
#include "cli/commands/plugin_server.h"
#include "cli/commands/printing.h"
#include "cli/commands/render_plugin.h"
#include "cli/exit_code.h"
#include "cli/names.h"
#include "cli/text/format.h"
#include "cli/text/width.h"
#include "keyscore/client/error.h"

namespace keyscore::cli {
namespace {

struct Asked {
  std::string id;
  int64_t revision = 0;  // of a rollback; 0 = the one before
  std::shared_ptr<ChangeOptions> change;
};

template <typename Request>
Request About(const Asked& asked) {
  Request request;
  request.set_name(InCollection(asked.id, "plugins"));
  request.set_reason(asked.change->reason);
  request.set_etag(asked.change->etag);
  return request;
}

using ChangeFn = absl::StatusOr<v1::Plugin> (*)(client::Client&, const Asked&);

template <typename Request, absl::StatusOr<v1::Plugin> (client::Client::*method)(const Request&)>
absl::StatusOr<v1::Plugin> Call(client::Client& client, const Asked& asked) {
  return (client.*method)(About<Request>(asked));
}

absl::StatusOr<v1::Plugin> Rollback(client::Client& client, const Asked& asked) {
  auto request = About<v1::RollbackPluginRequest>(asked);
  request.set_revision(asked.revision);
  return client.RollbackPlugin(request);
}

// Adds a command that changes one plugin.
CLI::App* Add(CLI::App& plugins, Context& context, const char* name, const char* help,
              const std::shared_ptr<Asked>& asked, ChangeFn change) {
  CLI::App* command = plugins.add_subcommand(name, help);
  command->add_option("plugin", asked->id, "Its id, e.g. acme_health")
      ->required()
      ->type_name("PLUGIN");
  asked->change = AddChangeOptions(*command);
  command->callback([&context, asked, change] {
    context.action = [&context, asked, change]() -> absl::Status {
      const absl::StatusOr<client::Client*> client = context.Connection();
      if (!client.ok()) return client.status();
      const absl::StatusOr<v1::Plugin> plugin = change(**client, *asked);
      if (!plugin.ok()) return Reasons(context, plugin.status());
      return Print(context, plugin, PrintPluginCsv, PrintPluginChanged);
    };
  });
  return command;
}

}  // namespace

std::shared_ptr<ChangeOptions> AddChangeOptions(CLI::App& command) {
  auto change = std::make_shared<ChangeOptions>();
  command.add_option("--reason", change->reason, "Why, for the audit log")->type_name("TEXT");
  command
      .add_option("--etag", change->etag,
                  "Only if the plugin is still as `plugins show` gave this etag")
      ->type_name("ETAG");
  return change;
}

absl::Status Reasons(const Context& context, const absl::Status& status) {
  const std::vector<std::string> reasons =
      absl::StrSplit(status.message(), '\n', absl::SkipWhitespace());
  if (client::DetailsOf(status).reason != "PLUGIN_REFUSED" || reasons.size() < 2) return status;
  context.out().flush();
  for (const std::string& reason : reasons) context.err() << Printable(reason) << '\n';
  return absl::InvalidArgumentError(
      fmt::format("the library is refused for the {} above; nothing was changed",
                  Plural(static_cast<int64_t>(reasons.size()), "reason")));
}

void AddPluginChangeCommands(CLI::App& plugins, Context& context) {
  const auto add = [&plugins, &context](const char* name, const char* help, ChangeFn change) {
    return Add(plugins, context, name, help, std::make_shared<Asked>(), change);
  };
  add("enable", "Put a disabled plugin back in force",
      Call<v1::EnablePluginRequest, &client::Client::EnablePlugin>);
  add("disable", "Take a plugin's KPIs out of every scorecard",
      Call<v1::DisablePluginRequest, &client::Client::DisablePlugin>)
      ->footer("Example: keyscore plugin disable acme_health --reason 'wrong since Monday'");
  add("uninstall", "Forget an installed plugin; its revisions stay on record",
      Call<v1::UninstallPluginRequest, &client::Client::UninstallPlugin>);
  add("reload", "Look at the plugin's file in its directory again",
      Call<v1::ReloadPluginRequest, &client::Client::ReloadPlugin>);

  auto asked = std::make_shared<Asked>();
  CLI::App* rollback =
      Add(plugins, context, "rollback", "Put an earlier library back in force", asked, Rollback);
  rollback
      ->add_option("--revision", asked->revision,
                   "Whose library to take, as `plugin log` numbers them; else the one before")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  rollback->footer("Example: keyscore plugin rollback acme_health --reason 'counts twice'");
}

}  // namespace keyscore::cli
