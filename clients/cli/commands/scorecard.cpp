// keyscore scorecard: one scorecard.
#include "cli/commands/commands.h"
#include "cli/commands/render.h"
#include "cli/names.h"
#include "cli/text/json.h"

namespace keyscore::cli {
namespace {

struct Options {
  std::string subject;
  std::string period;
  std::vector<std::string> kpis;
  bool all_kpis = false;
  std::string as_of;
};

absl::Status RunScorecard(Context& context, const Options& options) {
  v1::GetScorecardRequest request;
  const absl::StatusOr<std::string> name = ScorecardName(options.subject, options.period);
  if (!name.ok()) return name.status();
  request.set_name(*name);
  for (std::string& kpi : InCollection(options.kpis, "kpis")) request.add_kpis(std::move(kpi));
  request.set_all_kpis(options.all_kpis);
  const absl::StatusOr<client::Client*> client = context.Connection();
  if (!client.ok()) return client.status();
  if (!options.as_of.empty()) {
    const auto instant = ParseInstant(options.as_of, context);
    if (!instant.ok()) return instant.status();
    *request.mutable_known_time() = *instant;
  }
  const absl::StatusOr<v1::Scorecard> card = (*client)->GetScorecard(request);
  if (!card.ok()) return card.status();
  switch (context.output) {
    case Output::kJson:
      context.out() << ToJson(*card);
      break;
    case Output::kCsv:
      PrintScorecardCsv(*card, context.out());
      break;
    case Output::kTable:
      PrintScorecard(*card, context.terminal);
      break;
  }
  return absl::OkStatus();
}

}  // namespace

void AddScorecardCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "scorecard", "Print the scorecard of a manager, account, team or the organisation");
  command
      ->add_option("subject", options->subject,
                   "managers/ID, accounts/ID, teams/ID or organization")
      ->required()
      ->type_name("SUBJECT");
  command
      ->add_option("-p,--period", options->period,
                   "2017-Q3, 2017-09, 2017, FROM..TO (without TO) or trailing-90d[@DATE]")
      ->required()
      ->type_name("PERIOD");
  command->add_option("--kpi", options->kpis, "Only these KPIs, also some without weight")
      ->delimiter(',')
      ->type_name("ID,...");
  command->add_flag("--all-kpis", options->all_kpis, "Every KPI there is, also without weight");
  command
      ->add_option("--as-of", options->as_of,
                   "As it was known then: a date or an instant; later corrections are not seen")
      ->type_name("INSTANT");
  command->footer("Example: keyscore scorecard managers/anna-snelling --period 2017-Q3");
  command->callback([&context, options] {
    context.action = [&context, options] { return RunScorecard(context, *options); };
  });
}

}  // namespace keyscore::cli
