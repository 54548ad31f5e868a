// keyscore explain: how one figure came about.
#include "cli/commands/commands.h"
#include "cli/commands/printing.h"
#include "cli/commands/render.h"
#include "cli/names.h"
#include "cli/text/csv.h"
#include "cli/text/format.h"

namespace keyscore::cli {
namespace {

struct Options {
  std::string subject;
  std::string kpi;
  std::string period;
  std::string as_of;
  std::string weights = "period";
};

void PrintInputsCsv(const v1::KpiExplanation& explanation, std::ostream& out) {
  WriteCsvRecord(out, {"subject", "kpi", "account", "input", "title", "dataset", "aggregate",
                       "window", "start_time", "end_time", "value", "unit", "fact_count"});
  const auto record = [&](const std::string& account, const v1::InputValue& input) {
    WriteCsvRecord(
        out, {explanation.subject(), explanation.kpi().name(), account, input.name(), input.title(),
              input.dataset(), EnumWords(v1::Aggregate_Name(input.aggregate()), "AGGREGATE_"),
              EnumWords(v1::Window_Name(input.window()), "WINDOW_"),
              input.has_start_time() ? Rfc3339(input.start_time()) : "",
              input.has_end_time() ? Rfc3339(input.end_time()) : "",
              CsvNumber(input.has_value() ? std::optional<double>(input.value()) : std::nullopt),
              input.unit(), std::to_string(input.fact_count())});
  };
  for (const v1::InputValue& input : explanation.result().inputs()) record("", input);
  for (const auto& part : explanation.worst_accounts()) {
    for (const v1::InputValue& input : part.inputs()) record(part.account(), input);
  }
}

absl::Status RunExplain(Context& context, const Options& options) {
  v1::ExplainKpiResultRequest request;
  const absl::StatusOr<std::string> name = ScorecardName(options.subject, options.period);
  if (!name.ok()) return name.status();
  request.set_name(*name);
  request.set_kpi(InCollection(options.kpi, "kpis"));
  if (options.weights == "today") request.set_weights_of(v1::WEIGHTS_OF_TODAY);
  const absl::StatusOr<client::Client*> client = context.Connection();
  if (!client.ok()) return client.status();
  if (!options.as_of.empty()) {
    const auto instant = ParseInstant(options.as_of, context);
    if (!instant.ok()) return instant.status();
    *request.mutable_known_time() = *instant;
  }
  return Print(context, (*client)->ExplainKpiResult(request), PrintInputsCsv, PrintExplanation);
}

}  // namespace

void AddExplainCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("explain", "Say how one figure came about, step by step");
  command
      ->add_option("subject", options->subject,
                   "managers/ID, accounts/ID, teams/ID or organization")
      ->required()
      ->type_name("SUBJECT");
  command->add_option("kpi", options->kpi, "Which figure; see keyscore kpis list")
      ->required()
      ->type_name("KPI");
  command->add_option("-p,--period", options->period, "As for scorecard")
      ->required()
      ->type_name("PERIOD");
  command->add_option("--as-of", options->as_of, "As it was known then: a date or an instant")
      ->type_name("INSTANT");
  command->add_option("--weights", options->weights, "Whose weights count, as for scorecard")
      ->check(CLI::IsMember({"period", "today"}))
      ->default_str("period");
  command->footer("Example: keyscore explain managers/anna-snelling time_to_close -p 2017-Q3");
  command->callback([&context, options] {
    context.action = [&context, options] { return RunExplain(context, *options); };
  });
}

}  // namespace keyscore::cli
