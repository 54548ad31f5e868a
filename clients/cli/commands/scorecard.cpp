// keyscore scorecard: one scorecard, as it is or made again from its receipt.
#include "cli/commands/commands.h"
#include "cli/commands/printing.h"
#include "cli/commands/render.h"
#include "cli/commands/replay.h"
#include "cli/exit_code.h"
#include "cli/names.h"

namespace keyscore::cli {
namespace {

struct Options {
  std::string subject;
  std::string period;
  std::vector<std::string> kpis;
  bool all_kpis = false;
  std::string as_of;
  std::string weights = "period";
  std::string replay;
};

// What is asked for: of a replayed scorecard its own subject and period, unless others are given.
absl::StatusOr<std::string> CardName(const Options& options, const Replay& replay) {
  if (options.subject.empty() && options.period.empty() && replay.card.has_value()) {
    return replay.card->name();
  }
  if (options.subject.empty()) {
    return UsageError("give a subject, such as managers/anna-snelling or organization");
  }
  if (options.period.empty()) return UsageError("give a period with --period, such as 2017-Q3");
  return ScorecardName(options.subject, options.period);
}

absl::Status RunScorecard(Context& context, const Options& options) {
  Replay replay;
  if (!options.replay.empty()) {
    absl::StatusOr<Replay> read = ReadReplay(options.replay);
    if (!read.ok()) return read.status();
    replay = *std::move(read);
  }
  v1::GetScorecardRequest request;
  const absl::StatusOr<std::string> name = CardName(options, replay);
  if (!name.ok()) return name.status();
  request.set_name(*name);
  for (std::string& kpi : InCollection(options.kpis, "kpis")) request.add_kpis(std::move(kpi));
  request.set_all_kpis(options.all_kpis);
  if (options.weights == "today") request.set_weights_of(v1::WEIGHTS_OF_TODAY);
  if (!options.replay.empty()) *request.mutable_replay() = replay.receipt;
  const absl::StatusOr<client::Client*> client = context.Connection();
  if (!client.ok()) return client.status();
  if (!options.as_of.empty()) {
    const auto instant = ParseInstant(options.as_of, context);
    if (!instant.ok()) return instant.status();
    *request.mutable_known_time() = *instant;
  }
  const absl::StatusOr<v1::Scorecard> card = (*client)->GetScorecard(request);
  absl::Status printed = Print(context, card, PrintScorecardCsv, PrintScorecard);
  if (!printed.ok() || !replay.card.has_value() || replay.card->name() != card->name()) {
    return printed;
  }
  return CompareReplay(*replay.card, *card, options.replay, context);
}

}  // namespace

void AddScorecardCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "scorecard", "Print the scorecard of a manager, account, team or the organisation");
  command
      ->add_option("subject", options->subject,
                   "managers/ID, accounts/ID, teams/ID or organization")
      ->type_name("SUBJECT");
  command
      ->add_option("-p,--period", options->period,
                   "2017-Q3, 2017-09, 2017, FROM..TO (without TO) or trailing-90d[@DATE]")
      ->type_name("PERIOD");
  command->add_option("--kpi", options->kpis, "Only these KPIs, also some without weight")
      ->delimiter(',')
      ->type_name("ID,...");
  command->add_flag("--all-kpis", options->all_kpis, "Every KPI there is, also without weight");
  CLI::Option* as_of =
      command
          ->add_option("--as-of", options->as_of,
                       "As it was known then: a date or an instant; later corrections are not seen")
          ->type_name("INSTANT");
  CLI::Option* weights =
      command
          ->add_option("--weights", options->weights,
                       "Weights and targets in effect at the period's end, or those of today")
          ->check(CLI::IsMember({"period", "today"}))
          ->default_str("period");
  command
      ->add_option("--replay", options->replay,
                   "Make the scorecard again that this file holds as JSON, or the receipt of one, "
                   "and say whether it is the same")
      ->excludes(as_of)
      ->excludes(weights)
      ->type_name("FILE");
  command->footer("Example: keyscore scorecard managers/anna-snelling --period 2017-Q3");
  command->callback([&context, options] {
    context.action = [&context, options] { return RunScorecard(context, *options); };
  });
}

}  // namespace keyscore::cli
