// keyscore plugin shadow: how a new version compares with the one in force; take it, or leave it.
#include "cli/commands/plugin_server.h"
#include "cli/commands/printing.h"
#include "cli/commands/render_plugin.h"
#include "cli/commands/render_shadow.h"
#include "cli/exit_code.h"
#include "cli/names.h"

namespace keyscore::cli {
namespace {

struct Asked {
  std::string id;
  bool promote = false;
  bool discard = false;
  std::shared_ptr<ChangeOptions> change;
};

absl::Status Report(Context& context, client::Client& client, const std::string& name) {
  v1::GetShadowReportRequest request;
  request.set_name(name);
  const absl::StatusOr<v1::ShadowReport> report = client.GetShadowReport(request);
  std::string zone;
  if (report.ok() && context.output == Output::kTable) {
    v1::GetOrganizationRequest organization;
    organization.set_name("organization");
    // Without it periods are shown in UTC.
    const auto found = client.GetOrganization(organization);
    if (found.ok()) zone = found->calendar().time_zone();
  }
  return Print(context, report, PrintShadowReportCsv,
               [&zone](const v1::ShadowReport& reply, const Terminal& terminal) {
                 PrintShadowReport(reply, zone, terminal);
               });
}

absl::Status End(Context& context, client::Client& client, const std::string& name,
                 const Asked& asked) {
  const auto about = [&](auto request) {
    request.set_name(name);
    request.set_reason(asked.change->reason);
    request.set_etag(asked.change->etag);
    return request;
  };
  const absl::StatusOr<v1::Plugin> plugin =
      asked.promote ? client.PromotePlugin(about(v1::PromotePluginRequest()))
                    : client.DiscardShadow(about(v1::DiscardShadowRequest()));
  if (!plugin.ok()) return Reasons(context, plugin.status());
  return Print(context, plugin, PrintPluginCsv, PrintPluginChanged);
}

absl::Status RunShadow(Context& context, const Asked& asked) {
  const bool ends = asked.promote || asked.discard;
  if (!ends && (!asked.change->reason.empty() || !asked.change->etag.empty())) {
    return UsageError("--reason and --etag go with --promote or --discard");
  }
  const absl::StatusOr<client::Client*> client = context.Connection();
  if (!client.ok()) return client.status();
  const std::string name = InCollection(asked.id, "plugins");
  return ends ? End(context, **client, name, asked) : Report(context, **client, name);
}

}  // namespace

void AddPluginShadowCommand(CLI::App& plugins, Context& context) {
  auto asked = std::make_shared<Asked>();
  CLI::App* shadow = plugins.add_subcommand(
      "shadow", "Compare the version in shadow with the one in force; take it or leave it");
  shadow->add_option("plugin", asked->id, "Its id, e.g. acme_health")
      ->required()
      ->type_name("PLUGIN");
  CLI::Option* promote =
      shadow->add_flag("--promote", asked->promote, "Put the version in shadow in force");
  shadow->add_flag("--discard", asked->discard, "End the shadow; the version in force stays")
      ->excludes(promote);
  asked->change = AddChangeOptions(*shadow);
  shadow->footer("A shadow begins with: keyscore plugin install FILE.so --shadow");
  shadow->callback([&context, asked] {
    context.action = [&context, asked] { return RunShadow(context, *asked); };
  });
}

}  // namespace keyscore::cli
