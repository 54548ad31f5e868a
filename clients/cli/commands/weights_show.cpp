// keyscore weights show | explain: what counts for a subject on a day, and why that and not
// something else.
#include <fmt/format.h>

#include "cli/commands/printing.h"
#include "cli/commands/render_weights.h"
#include "cli/commands/weights.h"
#include "cli/exit_code.h"
#include "cli/names.h"

namespace keyscore::cli {
namespace {

struct Asked {
  std::string subject;
  std::string date;
  std::string period;
};

absl::Status RunShow(Context& context, const Asked& asked) {
  const absl::StatusOr<std::string> subject = ParseWeightsSubject(asked.subject);
  if (!subject.ok()) return subject.status();
  if (absl::Status day = CheckDay(asked.date, "--at", true); !day.ok()) return day;
  const absl::StatusOr<client::Client*> client = context.Connection();
  if (!client.ok()) return client.status();
  v1::ResolveWeightsRequest request;
  request.set_subject(*subject);
  if (asked.date != "today") request.set_date(asked.date);
  const absl::StatusOr<v1::WeightResolution> weights = (*client)->ResolveWeights(request);
  if (!weights.ok()) return weights.status();
  // A person wants to know what an exception is about, not its id.
  std::vector<v1::ScoreOverride> exceptions;
  for (const v1::ResolvedKpiWeight& kpi : weights->kpis()) {
    if (context.output != Output::kTable || kpi.override().empty()) continue;
    v1::GetScoreOverrideRequest about;
    about.set_name(kpi.override());
    absl::StatusOr<v1::ScoreOverride> exception = (*client)->GetScoreOverride(about);
    if (!exception.ok()) return exception.status();
    exceptions.push_back(*std::move(exception));
  }
  return Print(context, weights, PrintWeightsCsv,
               [&exceptions](const v1::WeightResolution& found, const Terminal& terminal) {
                 PrintWeights(found, exceptions, terminal);
               });
}

absl::Status RunExplain(Context& context, const Asked& asked) {
  const absl::StatusOr<std::string> subject = ParseWeightsSubject(asked.subject);
  if (!subject.ok()) return subject.status();
  if (absl::Status day = CheckDay(asked.date, "--at", true); !day.ok()) return day;
  v1::ExplainResolutionRequest request;
  request.set_subject(*subject);
  if (asked.date != "today") request.set_date(asked.date);
  if (!asked.period.empty()) {
    const absl::StatusOr<std::string> period = ParsePeriod(asked.period);
    if (!period.ok()) return period.status();
    request.set_period(*period);
  }
  const absl::StatusOr<client::Client*> client = context.Connection();
  if (!client.ok()) return client.status();
  return Print(context, (*client)->ExplainResolution(request), PrintResolutionCsv, PrintResolution);
}

CLI::Option* AddSubjectAndDay(CLI::App& command, Asked& asked) {
  command
      .add_option("subject", asked.subject,
                  "A manager's id, managers/ID, accounts/ID, teams/ID or organization")
      ->required()
      ->type_name("SUBJECT");
  CLI::Option* at = command.add_option("--at", asked.date, "On this day, YYYY-MM-DD; else today")
                        ->type_name("DATE");
  // What the option was called before.
  command.add_option("--date", asked.date)->group("")->excludes(at)->type_name("DATE");
  return at;
}

}  // namespace

void AddWeightsShowCommands(CLI::App& weights, Context& context) {
  auto shown = std::make_shared<Asked>();
  CLI::App* show = weights.add_subcommand("show", "Show what counts for a person, and how much");
  AddSubjectAndDay(*show, *shown);
  show->footer("Example: keyscore weights show anna-snelling --at 2017-09-30");
  show->callback([&context, shown] {
    context.action = [&context, shown] { return RunShow(context, *shown); };
  });

  auto explained = std::make_shared<Asked>();
  CLI::App* explain =
      weights.add_subcommand("explain", "Say which profile counts for a subject, and why no other");
  CLI::Option* at = AddSubjectAndDay(*explain, *explained);
  explain->add_option("-p,--period", explained->period, "As for a scorecard of this period")
      ->excludes(at)
      ->type_name("PERIOD");
  explain->callback([&context, explained] {
    context.action = [&context, explained] { return RunExplain(context, *explained); };
  });
}

}  // namespace keyscore::cli
