// keyscore facts: the evidence, row by row, behind an input of a figure, or of a whole dataset.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/commands/printing.h"
#include "cli/exit_code.h"
#include "cli/names.h"
#include "cli/text/csv.h"
#include "cli/text/format.h"
#include "cli/text/table.h"

namespace keyscore::cli {
namespace {

struct Options {
  std::string subject;
  std::string kpi;
  std::string input;
  std::string period;
  std::string dataset;
  std::string filter;
  int limit = 50;
};

std::string ValueText(const v1::FactValue& value, bool machine) {
  switch (value.kind_case()) {
    case v1::FactValue::kBoolValue:
      return value.bool_value() ? "true" : "false";
    case v1::FactValue::kInt64Value:
      return std::to_string(value.int64_value());
    case v1::FactValue::kDoubleValue:
      return machine ? CsvNumber(value.double_value()) : FormatNumber(value.double_value());
    case v1::FactValue::kStringValue:
      return value.string_value();
    case v1::FactValue::kTimestampValue:
      return Rfc3339(value.timestamp_value());
    default:
      return "";
  }
}

// Every column that a fact has: the keys first, the rest by name.
std::vector<std::string> Columns(const v1::ListFactsResponse& reply) {
  std::vector<std::string> columns = {"fact_id", "occurred_at", "account_id", "manager_id"};
  std::set<std::string> others;
  for (const v1::Fact& fact : reply.facts()) {
    for (const auto& [name, unused] : fact.values()) others.insert(name);
  }
  for (const std::string& name : others) {
    if (std::find(columns.begin(), columns.end(), name) == columns.end()) columns.push_back(name);
  }
  return columns;
}

std::string Field(const v1::Fact& fact, const std::string& column, bool machine) {
  const auto it = fact.values().find(column);
  if (it != fact.values().end()) return ValueText(it->second, machine);
  return column == "fact_id" ? IdOf(fact.name()) : "";
}

void PrintTable(const v1::ListFactsResponse& reply, const Terminal& terminal) {
  if (reply.facts_size() == 0) {
    *terminal.out << "No facts.\n";
    return;
  }
  const std::vector<std::string> names = Columns(reply);
  std::vector<TableColumn> columns;
  for (const std::string& name : names) columns.push_back({name, Align::kLeft, 32});
  columns.push_back({"counts as", Align::kRight});
  columns.push_back({"credited to"});
  Table table(columns);
  for (const v1::Fact& fact : reply.facts()) {
    std::vector<Cell> row;
    for (const std::string& name : names) row.emplace_back(Field(fact, name, false));
    row.emplace_back(fact.has_measured_value() ? FormatNumber(fact.measured_value()) : "");
    row.emplace_back(fact.attributed_manager(), Style::kDim);
    table.AddRow(std::move(row));
  }
  *terminal.out << table.Render(terminal.colour);
  if (!reply.next_page_token().empty()) {
    *terminal.out << fmt::format("\nThe first {}; --limit shows more.\n",
                                 Plural(reply.facts_size(), "fact"));
  }
}

void PrintCsv(const v1::ListFactsResponse& reply, std::ostream& out) {
  const std::vector<std::string> names = Columns(reply);
  std::vector<std::string> header = names;
  header.insert(header.end(), {"measured_value", "attributed_manager", "recorded_time"});
  WriteCsvRecord(out, header);
  for (const v1::Fact& fact : reply.facts()) {
    std::vector<std::string> record;
    for (const std::string& name : names) record.push_back(Field(fact, name, true));
    record.push_back(CsvNumber(
        fact.has_measured_value() ? std::optional<double>(fact.measured_value()) : std::nullopt));
    record.push_back(fact.attributed_manager());
    record.push_back(Rfc3339(fact.recorded_time()));
    WriteCsvRecord(out, record);
  }
}

absl::StatusOr<v1::ListFactsRequest> MakeRequest(const Options& options) {
  v1::ListFactsRequest request;
  request.set_filter(options.filter);
  if (!options.dataset.empty()) request.set_parent(InCollection(options.dataset, "datasets"));
  if (!options.subject.empty()) {
    const absl::StatusOr<std::string> subject = ParseSubject(options.subject);
    if (!subject.ok()) return subject.status();
    request.set_subject(*subject);
  }
  if (!options.kpi.empty()) {
    if (options.input.empty() || options.period.empty()) {
      return UsageError(
          "which facts? give the KPI's input and --period as well (keyscore kpis show names the "
          "inputs), or --dataset alone");
    }
    request.set_kpi(InCollection(options.kpi, "kpis"));
    request.set_input(options.input);
    const absl::StatusOr<std::string> period = ParsePeriod(options.period);
    if (!period.ok()) return period.status();
    request.set_period(*period);
  } else if (options.dataset.empty()) {
    return UsageError("which facts? give SUBJECT KPI INPUT --period P, or --dataset ID");
  } else {
    request.set_period(options.period);
  }
  return request;
}

absl::Status RunFacts(Context& context, const Options& options) {
  absl::StatusOr<v1::ListFactsRequest> request = MakeRequest(options);
  if (!request.ok()) return request.status();
  const absl::StatusOr<client::Client*> client = context.Connection();
  if (!client.ok()) return client.status();
  v1::ListFactsResponse all;
  do {
    request->set_page_size(std::min(1000, options.limit - all.facts_size()));
    request->set_page_token(all.next_page_token());
    const absl::StatusOr<v1::ListFactsResponse> page = (*client)->ListFacts(*request);
    if (!page.ok()) return page.status();
    all.mutable_facts()->MergeFrom(page->facts());
    all.set_next_page_token(page->next_page_token());
    all.set_fact_watermark(page->fact_watermark());
  } while (!all.next_page_token().empty() && all.facts_size() < options.limit);
  return Print(context, absl::StatusOr<v1::ListFactsResponse>(std::move(all)), PrintCsv,
               PrintTable);
}

}  // namespace

void AddFactsCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("facts", "List the facts behind a figure");
  const auto run = [&context, options] {
    context.action = [&context, options] { return RunFacts(context, *options); };
  };
  command
      ->add_option("subject", options->subject,
                   "managers/ID, accounts/ID, teams/ID or organization")
      ->type_name("SUBJECT");
  command->add_option("kpi", options->kpi, "Whose evidence")->type_name("KPI");
  command->add_option("input", options->input, "Which of its inputs; keyscore kpis show names them")
      ->type_name("INPUT");
  command->add_option("-p,--period", options->period, "As for scorecard")->type_name("PERIOD");
  command->add_option("--dataset", options->dataset, "Any facts of this dataset instead")
      ->type_name("ID");
  command
      ->add_option("--filter", options->filter,
                   "Comparisons with AND, e.g. 'outcome = \"won\" AND amount > 1000'")
      ->type_name("FILTER");
  command->add_option("--limit", options->limit, "At most this many")
      ->check(CLI::Range(1, 10000000))
      ->capture_default_str()
      ->type_name("N");
  command->footer(
      "Example: keyscore facts managers/anna-snelling opportunity_conversion_rate won -p 2017-Q3");
  command->callback(run);
}

}  // namespace keyscore::cli
