// keyscore audit list | verify: who changed what, and whether the log of it is as it was written.
#include <fmt/format.h>

#include "absl/strings/ascii.h"
#include "cli/commands/commands.h"
#include "cli/commands/printing.h"
#include "cli/commands/render_plugin.h"
#include "cli/exit_code.h"
#include "cli/text/csv.h"
#include "cli/text/format.h"
#include "cli/text/table.h"
#include "cli/text/width.h"

namespace keyscore::cli {
namespace {

absl::StatusOr<v1::ListAuditEntriesResponse> Entries(client::Client* client,
                                                     const std::string& resource) {
  v1::ListAuditEntriesRequest request;
  request.set_resource(resource);
  return ListAll(client, &client::Client::ListAuditEntries, request,
                 [](v1::ListAuditEntriesResponse& page, v1::ListAuditEntriesResponse& all) {
                   all.mutable_audit_entries()->MergeFrom(page.audit_entries());
                 });
}

void PrintEntries(const v1::ListAuditEntriesResponse& reply, const Terminal& terminal) {
  if (reply.audit_entries_size() == 0) {
    *terminal.out << "Nothing was changed while a server ran.\n";
    return;
  }
  Table table({{"Entry", Align::kRight},
               {"When (UTC)"},
               {"Who"},
               {"What"},
               {"Resource"},
               {"Hash"},
               {"Reason", Align::kLeft, 80}});
  for (const v1::AuditEntry& entry : reply.audit_entries()) {
    table.AddRow({Cell(std::to_string(entry.number())), Cell(Moment(entry.time())),
                  Cell(entry.author()), Cell(entry.action()), Cell(entry.resource()),
                  Cell(ShortDigest(entry.hash()), Style::kDim), Cell(entry.reason())});
  }
  *terminal.out << table.Render(terminal.colour);
}

void PrintEntriesCsv(const v1::ListAuditEntriesResponse& reply, std::ostream& out) {
  WriteCsvRecord(
      out, {"number", "time", "author", "action", "resource", "reason", "previous_hash", "hash"});
  for (const v1::AuditEntry& entry : reply.audit_entries()) {
    WriteCsvRecord(
        out, {std::to_string(entry.number()), Rfc3339(entry.time()), entry.author(), entry.action(),
              entry.resource(), entry.reason(), entry.previous_hash(), entry.hash()});
  }
}

absl::Status RunVerify(Context& context, std::string head) {
  head = absl::AsciiStrToLower(head);
  if (!head.empty() &&
      (head.size() != 64 || head.find_first_not_of("0123456789abcdef") != std::string::npos)) {
    return UsageError(
        "--head takes a whole hash, 64 hexadecimal digits, as `audit verify` shows it");
  }
  const absl::StatusOr<client::Client*> client = context.Connection();
  if (!client.ok()) return client.status();
  absl::StatusOr<v1::VerifyAuditLogResponse> reply =
      (*client)->VerifyAuditLog(v1::VerifyAuditLogRequest());
  if (!reply.ok()) return reply.status();
  if (!head.empty() && head != reply->head_hash()) {
    // The chain leads from the head that was kept to today's, unless entries were cut off.
    const auto entries = Entries(*client, "");
    if (!entries.ok()) return entries.status();
    bool found = false;
    for (const v1::AuditEntry& entry : entries->audit_entries()) found |= entry.hash() == head;
    if (!found) {
      reply->set_sound(false);
      reply->add_findings(fmt::format(
          "no entry has the hash {}: the log was cut off or written anew since that was kept",
          head));
    }
  }
  absl::Status printed = Print(
      context, reply,
      [](const v1::VerifyAuditLogResponse& result, std::ostream& out) {
        WriteCsvRecord(out, {"finding"});
        for (const std::string& finding : result.findings()) WriteCsvRecord(out, {finding});
      },
      [](const v1::VerifyAuditLogResponse& result, const Terminal& terminal) {
        std::ostream& out = *terminal.out;
        for (const std::string& finding : result.findings()) out << Printable(finding) << '\n';
        out << fmt::format(
            "{}: {}, {}, head {}\n",
            result.sound() ? Paint("sound", Style::kGood, terminal.colour)
                           : Paint("not sound", Style::kError, terminal.colour),
            result.entries() == 1 ? "1 entry" : FormatCount(result.entries()) + " entries",
            Plural(result.documents(), "document"),
            result.head_hash().empty() ? "none" : result.head_hash());
      });
  if (!printed.ok() || reply->sound()) return printed;
  return Finding(
      fmt::format("the audit log or what it speaks of was changed from outside ({}); compare the "
                  "data directory "
                  "with a backup",
                  Plural(reply->findings_size(), "finding")));
}

}  // namespace

void AddAuditCommand(CLI::App& app, Context& context) {
  CLI::App* audit = app.add_subcommand("audit", "Who changed what, when and why");
  audit->require_subcommand(1);

  auto resource = std::make_shared<std::string>();
  CLI::App* list = audit->add_subcommand("list", "List the changes, newest first");
  list->add_option("--resource", *resource, "Only those of this one, e.g. weightProfiles/default")
      ->type_name("NAME");
  list->callback([&context, resource] {
    context.action = [&context, resource]() -> absl::Status {
      const absl::StatusOr<client::Client*> client = context.Connection();
      if (!client.ok()) return client.status();
      return Print(context, Entries(*client, *resource), PrintEntriesCsv, PrintEntries);
    };
  });

  auto head = std::make_shared<std::string>();
  CLI::App* verify = audit->add_subcommand(
      "verify", "Find out whether the log, and what it speaks of, is as it was written");
  verify
      ->add_option("--head", *head,
                   "The head that was shown earlier must still be in the log: keep it elsewhere")
      ->type_name("HASH");
  verify->footer("Exit code 0: sound, 4: not.");
  verify->callback([&context, head] {
    context.action = [&context, head] { return RunVerify(context, *head); };
  });
}

}  // namespace keyscore::cli
