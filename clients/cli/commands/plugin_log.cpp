// keyscore plugin log: who changed a plugin, or any of them, when and why.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "cli/commands/plugin_history.h"
#include "cli/commands/plugin_server.h"
#include "cli/commands/printing.h"
#include "cli/commands/render_plugin.h"
#include "cli/names.h"
#include "cli/text/csv.h"
#include "cli/text/format.h"
#include "cli/text/table.h"

namespace keyscore::cli {
namespace {

// What the server knows, as the API's messages say it.
struct History {
  bool of_one = false;
  v1::ListPluginRevisionsResponse revisions;  // of one plugin
  v1::ListAuditEntriesResponse entries;

  std::vector<PluginChange> Changes() const {
    return JoinHistory({revisions.revisions().begin(), revisions.revisions().end()},
                       {entries.audit_entries().begin(), entries.audit_entries().end()});
  }
};

void PrintTable(const History& history, const Terminal& terminal) {
  const std::vector<PluginChange> changes = history.Changes();
  if (changes.empty()) {
    *terminal.out << (history.of_one ? "It was never changed while a server ran.\n"
                                     : "No plugin was changed while a server ran.\n");
    return;
  }
  Table table({{"When (UTC)"},
               {"Who"},
               {"What"},
               {history.of_one ? "" : "Plugin"},
               {"Revision", Align::kRight},
               {"Version"},
               {"SHA-256"},
               {"Library"},
               {"Entry", Align::kRight},
               {"Reason", Align::kLeft, 80}});
  for (const PluginChange& change : changes) {
    table.AddRow({Cell(Moment(change.time)), Cell(change.author), Cell(change.action),
                  history.of_one ? Cell() : Cell(IdOf(change.plugin)),
                  change.revision > 0 ? Cell(std::to_string(change.revision)) : Cell(),
                  Cell(change.version), Cell(ShortDigest(change.sha256), Style::kDim),
                  !change.available.has_value()
                      ? Cell()
                      : Cell(*change.available ? "kept" : "gone", Style::kDim),
                  change.entry > 0 ? Cell(std::to_string(change.entry), Style::kDim) : Cell(),
                  Cell(change.reason)});
  }
  *terminal.out << table.Render(terminal.colour);
}

void PrintCsv(const History& history, std::ostream& out) {
  WriteCsvRecord(out, {"time", "author", "action", "plugin", "revision", "version", "sha256",
                       "library_kept", "reason", "entry", "hash"});
  for (const PluginChange& change : history.Changes()) {
    WriteCsvRecord(
        out,
        {Rfc3339(change.time), change.author, change.action, change.plugin,
         change.revision > 0 ? std::to_string(change.revision) : "", change.version, change.sha256,
         !change.available.has_value() ? ""
         : *change.available           ? "true"
                                       : "false",
         change.reason, change.entry > 0 ? std::to_string(change.entry) : "", change.hash});
  }
}

// Both messages of the API side by side; the audit log's alone where no plugin was named.
std::string Json(const History& history) {
  if (!history.of_one) return ToJson(history.entries);
  using nlohmann::ordered_json;
  ordered_json both;
  both["revisions"] = ordered_json::parse(ToJson(history.revisions))["revisions"];
  both["auditEntries"] = ordered_json::parse(ToJson(history.entries))["auditEntries"];
  return both.dump(2) + "\n";
}

absl::StatusOr<History> Read(client::Client& client, const std::string& id) {
  History history{.of_one = !id.empty()};
  v1::ListAuditEntriesRequest about;
  if (history.of_one) {
    about.set_resource(InCollection(id, "plugins"));
    v1::ListPluginRevisionsRequest request;
    request.set_parent(about.resource());
    auto revisions =
        ListAll(&client, &client::Client::ListPluginRevisions, request,
                [](v1::ListPluginRevisionsResponse& page, v1::ListPluginRevisionsResponse& all) {
                  all.mutable_revisions()->MergeFrom(page.revisions());
                });
    if (!revisions.ok()) return revisions.status();
    history.revisions = *std::move(revisions);
  }
  auto entries = ListAll(&client, &client::Client::ListAuditEntries, about,
                         [](v1::ListAuditEntriesResponse& page, v1::ListAuditEntriesResponse& all) {
                           for (v1::AuditEntry& entry : *page.mutable_audit_entries()) {
                             // The log is about more than plugins.
                             if (!absl::StartsWith(entry.resource(), "plugins/")) continue;
                             *all.add_audit_entries() = std::move(entry);
                           }
                         });
  if (!entries.ok()) return entries.status();
  history.entries = *std::move(entries);
  return history;
}

absl::Status RunLog(Context& context, const std::string& id) {
  const absl::StatusOr<client::Client*> client = context.Connection();
  if (!client.ok()) return client.status();
  const absl::StatusOr<History> history = Read(**client, id);
  if (!history.ok()) return history.status();
  switch (context.output) {
    case Output::kJson:
      context.out() << Json(*history);
      break;
    case Output::kCsv:
      PrintCsv(*history, context.out());
      break;
    case Output::kTable:
      PrintTable(*history, context.terminal);
      break;
  }
  return absl::OkStatus();
}

}  // namespace

void AddPluginLogCommand(CLI::App& plugins, Context& context) {
  auto id = std::make_shared<std::string>();
  CLI::App* log =
      plugins.add_subcommand("log", "Who changed a plugin, or any of them, when and why");
  log->add_option("plugin", *id, "Its id; without one, the changes of all")->type_name("PLUGIN");
  log->footer("`keyscore plugin rollback ID --revision N` takes a revision whose library is kept.");
  log->callback(
      [&context, id] { context.action = [&context, id] { return RunLog(context, *id); }; });
}

}  // namespace keyscore::cli
