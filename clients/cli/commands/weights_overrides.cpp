// keyscore weights overrides list | show | add | approve | revoke: exceptions for one subject and
// one KPI, for a while.
#include "cli/commands/printing.h"
#include "cli/commands/render_overrides.h"
#include "cli/commands/weights.h"
#include "cli/exit_code.h"
#include "cli/names.h"

namespace keyscore::cli {
namespace {

using Override = v1::ScoreOverride;

struct Added {
  std::string subject;
  std::string kpi;
  std::optional<double> score;
  bool exempt = false;
  std::string from;
  std::string until;
  std::string reason;
  std::string id;
  bool validate_only = false;
};

absl::Status RunAdd(Context& context, const Added& asked) {
  const absl::StatusOr<std::string> subject = ParseWeightsSubject(asked.subject);
  if (!subject.ok()) return subject.status();
  if (asked.score.has_value() == asked.exempt) {
    return UsageError("give either --score N, from 0 to 100, or --exempt");
  }
  if (absl::Status day = CheckDay(asked.until, "--until"); !day.ok()) return day;
  if (absl::Status day = CheckDay(asked.from, "--from", true); !day.ok()) return day;
  v1::CreateScoreOverrideRequest request;
  request.set_score_override_id(asked.id);
  request.set_validate_only(asked.validate_only);
  Override& exception = *request.mutable_score_override();
  exception.set_subject(*subject);
  exception.set_kpi(InCollection(asked.kpi, "kpis"));
  if (asked.exempt) exception.set_exempt(true);
  if (asked.score.has_value()) exception.set_score(*asked.score);
  if (asked.from != "today") exception.set_start_date(asked.from);
  exception.set_expire_date(asked.until);
  exception.set_reason(asked.reason);
  const absl::StatusOr<client::Client*> client = context.Connection();
  if (!client.ok()) return client.status();
  if (!asked.validate_only) {
    return Print(context, (*client)->CreateScoreOverride(request), PrintOverrideCsv,
                 PrintOverrideChanged);
  }
  return Print(context, (*client)->CreateScoreOverride(request), PrintOverrideCsv,
               [](const Override& exception, const Terminal& terminal) {
                 PrintOverride(exception, terminal);
                 *terminal.out << "Nothing was changed, as --dry-run asks.\n";
               });
}

void AddAdd(CLI::App& overrides, Context& context) {
  auto asked = std::make_shared<Added>();
  CLI::App* add =
      overrides.add_subcommand("add", "Let one KPI of one subject count otherwise for a while");
  add->add_option("subject", asked->subject,
                  "A manager's id, managers/ID, accounts/ID, teams/ID or organization")
      ->required()
      ->type_name("SUBJECT");
  add->add_option("kpi", asked->kpi, "Which KPI")->required()->type_name("KPI");
  CLI::Option* score =
      add->add_option("--score", asked->score, "The score that counts instead, 0 to 100")
          ->type_name("N");
  add->add_flag("--exempt", asked->exempt, "Take the KPI out, as if it did not apply")
      ->excludes(score);
  add->add_option("--from", asked->from, "From this day on; else today")->type_name("DATE");
  add->add_option("--until", asked->until,
                  "From this day on it no longer counts; at most 366 days after --from")
      ->required()
      ->type_name("DATE");
  add->add_option("--reason", asked->reason, "Why")->required()->type_name("TEXT");
  add->add_option("--id", asked->id, "An id of your own; else the server chooses one")
      ->type_name("ID");
  add->add_flag("-n,--dry-run", asked->validate_only, "Check it, and change nothing");
  add->footer(
      "The computed score is always shown beside it.\n"
      "Example: keyscore weights overrides add anna-snelling net_promoter_score --exempt "
      "--until 2026-10-01 --reason 'survey was not sent in the quarter'");
  add->callback([&context, asked] {
    context.action = [&context, asked] { return RunAdd(context, *asked); };
  });
}

struct Asked {
  std::string id;
  std::string from;  // of a revocation
  std::shared_ptr<WeightsChange> change;
};

template <typename Request>
Request About(const Asked& asked) {
  Request request;
  request.set_name(InCollection(asked.id, "scoreOverrides"));
  request.set_reason(asked.change->reason);
  request.set_etag(asked.change->etag);
  return request;
}

CLI::App* WithId(CLI::App* command, std::string& id) {
  command->add_option("override", id, "Its id, as `overrides list` shows it")
      ->required()
      ->type_name("ID");
  return command;
}

void AddApproveAndRevoke(CLI::App& overrides, Context& context) {
  auto approved = std::make_shared<Asked>();
  CLI::App* approve =
      WithId(overrides.add_subcommand("approve",
                                      "Put an exception in force; where four eyes are asked "
                                      "for, not by its author"),
             approved->id);
  approved->change = AddWeightsChangeOptions(*approve);
  approve->callback([&context, approved] {
    context.action = [&context, approved]() -> absl::Status {
      const absl::StatusOr<client::Client*> client = context.Connection();
      if (!client.ok()) return client.status();
      return Print(
          context,
          (*client)->ApproveScoreOverride(About<v1::ApproveScoreOverrideRequest>(*approved)),
          PrintOverrideCsv, PrintOverrideChanged);
    };
  });

  auto revoked = std::make_shared<Asked>();
  CLI::App* revoke = WithId(
      overrides.add_subcommand("revoke", "End an exception, or drop one that was never approved"),
      revoked->id);
  revoke->add_option("--from", revoked->from, "From this day on; else today")->type_name("DATE");
  revoked->change = AddWeightsChangeOptions(*revoke);
  revoke->callback([&context, revoked] {
    context.action = [&context, revoked]() -> absl::Status {
      if (absl::Status day = CheckDay(revoked->from, "--from", true); !day.ok()) return day;
      const absl::StatusOr<client::Client*> client = context.Connection();
      if (!client.ok()) return client.status();
      auto request = About<v1::RevokeScoreOverrideRequest>(*revoked);
      if (revoked->from != "today") request.set_revoke_date(revoked->from);
      return Print(context, (*client)->RevokeScoreOverride(request), PrintOverrideCsv,
                   PrintOverrideChanged);
    };
  });
}

}  // namespace

void AddWeightsOverridesCommands(CLI::App& weights, Context& context) {
  CLI::App* overrides = weights.add_subcommand(
      "overrides", "Exceptions: one KPI of one subject counts otherwise for a while");
  overrides->require_subcommand(1);

  auto subject = std::make_shared<std::string>();
  CLI::App* list = overrides->add_subcommand("list", "List the exceptions");
  list->add_option("subject", *subject, "Only those of this subject")->type_name("SUBJECT");
  list->callback([&context, subject] {
    context.action = [&context, subject]() -> absl::Status {
      v1::ListScoreOverridesRequest request;
      if (!subject->empty()) {
        const absl::StatusOr<std::string> whom = ParseWeightsSubject(*subject);
        if (!whom.ok()) return whom.status();
        request.set_subject(*whom);
      }
      const absl::StatusOr<client::Client*> client = context.Connection();
      if (!client.ok()) return client.status();
      return Print(
          context,
          ListAll(*client, &client::Client::ListScoreOverrides, request,
                  [](v1::ListScoreOverridesResponse& page, v1::ListScoreOverridesResponse& all) {
                    all.mutable_score_overrides()->MergeFrom(page.score_overrides());
                  }),
          [](const v1::ListScoreOverridesResponse& reply, std::ostream& out) {
            PrintOverridesCsv(reply.score_overrides(), out);
          },
          [](const v1::ListScoreOverridesResponse& reply, const Terminal& terminal) {
            PrintOverrides(reply.score_overrides(), terminal);
          });
    };
  });

  auto id = std::make_shared<std::string>();
  WithId(overrides->add_subcommand("show", "Show one exception"), *id)->callback([&context, id] {
    context.action = [&context, id]() -> absl::Status {
      const absl::StatusOr<client::Client*> client = context.Connection();
      if (!client.ok()) return client.status();
      v1::GetScoreOverrideRequest request;
      request.set_name(InCollection(*id, "scoreOverrides"));
      return Print(context, (*client)->GetScoreOverride(request), PrintOverrideCsv, PrintOverride);
    };
  });
  AddAdd(*overrides, context);
  AddApproveAndRevoke(*overrides, context);
}

}  // namespace keyscore::cli
