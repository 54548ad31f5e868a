// keyscore plugins list | show: the libraries that define KPIs, also those that were refused.
// What works on files, without a server, stands in plugin_*.cpp.
#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/commands/plugin_check.h"
#include "cli/commands/plugin_new.h"
#include "cli/commands/printing.h"
#include "cli/names.h"
#include "cli/text/csv.h"
#include "cli/text/format.h"
#include "cli/text/table.h"
#include "cli/text/width.h"

namespace keyscore::cli {
namespace {

Cell PluginState(const v1::Plugin& plugin) {
  const std::string words = EnumWords(v1::Plugin::State_Name(plugin.state()), "STATE_");
  return {words, plugin.state() == v1::Plugin::STATE_ACTIVE ? Style::kGood : Style::kError};
}

void PrintList(const v1::ListPluginsResponse& reply, const Terminal& terminal) {
  std::ostream& out = *terminal.out;
  if (reply.plugins_size() == 0) {
    out << "No plugins: the server's plugin folder is empty.\n";
    return;
  }
  Table table({{"Plugin"},
               {"State"},
               {"Version"},
               {"KPIs", Align::kRight},
               {"ABI"},
               {"SHA-256"},
               {"Description", Align::kLeft, 60}});
  for (const v1::Plugin& plugin : reply.plugins()) {
    table.AddRow({Cell(IdOf(plugin.name())), PluginState(plugin), Cell(plugin.version()),
                  plugin.kpis_size() > 0 ? Cell(FormatCount(plugin.kpis_size())) : Cell(),
                  Cell(plugin.abi_version(), Style::kDim),
                  Cell(plugin.sha256().substr(0, 12), Style::kDim), Cell(plugin.description())});
  }
  out << table.Render(terminal.colour);
  for (const v1::Plugin& plugin : reply.plugins()) {
    for (const std::string& reason : plugin.refusal_reasons()) {
      out << fmt::format("\n{}: {}", Paint(plugin.file_name(), Style::kError, terminal.colour),
                         Printable(reason));
    }
    if (plugin.refusal_reasons_size() > 0) out << '\n';
  }
}

void PrintListCsv(const v1::ListPluginsResponse& reply, std::ostream& out) {
  WriteCsvRecord(out, {"plugin", "state", "file_name", "version", "vendor", "abi_version", "kpis",
                       "datasets", "sha256", "builtin", "refusal_reasons", "description"});
  for (const v1::Plugin& plugin : reply.plugins()) {
    WriteCsvRecord(
        out, {plugin.name(), EnumWords(v1::Plugin::State_Name(plugin.state()), "STATE_"),
              plugin.file_name(), plugin.version(), plugin.vendor(), plugin.abi_version(),
              fmt::format("{}", fmt::join(plugin.kpis(), " ")),
              fmt::format("{}", fmt::join(plugin.datasets(), " ")), plugin.sha256(),
              plugin.builtin() ? "true" : "false",
              fmt::format("{}", fmt::join(plugin.refusal_reasons(), "; ")), plugin.description()});
  }
}

void PrintOne(const v1::Plugin& plugin, const Terminal& terminal) {
  Table table({{""}, {""}});
  const auto fact = [&table](const char* name, Cell value) {
    if (!value.text.empty()) table.AddRow({Cell(name, Style::kDim), std::move(value)});
  };
  fact("Plugin", Cell(plugin.name(), Style::kStrong));
  fact("State", PluginState(plugin));
  for (const std::string& reason : plugin.refusal_reasons()) {
    fact("Refused because", Cell(reason, Style::kError));
  }
  fact("Description", Cell(plugin.description()));
  fact("Version", Cell(plugin.version()));
  fact("Vendor", Cell(plugin.vendor()));
  fact("ABI", Cell(plugin.abi_version()));
  fact("File", Cell(plugin.file_name()));
  fact("SHA-256", Cell(plugin.sha256()));
  if (plugin.has_load_time()) fact("Loaded", Cell(Rfc3339(plugin.load_time())));
  for (const std::string& kpi : plugin.kpis()) fact("KPI", Cell(IdOf(kpi)));
  for (const std::string& dataset : plugin.datasets()) fact("Dataset", Cell(IdOf(dataset)));
  *terminal.out << table.Render(terminal.colour);
}

void PrintOneCsv(const v1::Plugin& plugin, std::ostream& out) {
  v1::ListPluginsResponse one;
  *one.add_plugins() = plugin;
  PrintListCsv(one, out);
}

}  // namespace

void AddPluginsCommand(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("plugins", "The libraries that define KPIs");
  command->alias("plugin");
  command->require_subcommand(1);
  AddPluginNewCommand(*command, context);
  AddPluginCheckCommand(*command, context);
  AddPluginDescribeCommand(*command, context);
  command->add_subcommand("list", "List the plugins, also those refused")->callback([&context] {
    context.action = [&context]() -> absl::Status {
      const absl::StatusOr<client::Client*> client = context.Connection();
      if (!client.ok()) return client.status();
      return Print(context,
                   ListAll(*client, &client::Client::ListPlugins, v1::ListPluginsRequest(),
                           [](v1::ListPluginsResponse& page, v1::ListPluginsResponse& all) {
                             all.mutable_plugins()->MergeFrom(page.plugins());
                           }),
                   PrintListCsv, PrintList);
    };
  });
  auto id = std::make_shared<std::string>();
  CLI::App* show = command->add_subcommand("show", "Show one plugin");
  show->add_option("plugin", *id, "Its id, e.g. retention")->required()->type_name("PLUGIN");
  show->callback([&context, id] {
    context.action = [&context, id]() -> absl::Status {
      const absl::StatusOr<client::Client*> client = context.Connection();
      if (!client.ok()) return client.status();
      v1::GetPluginRequest request;
      request.set_name(InCollection(*id, "plugins"));
      return Print(context, (*client)->GetPlugin(request), PrintOneCsv, PrintOne);
    };
  });
}

}  // namespace keyscore::cli
