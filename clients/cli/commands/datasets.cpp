// keyscore datasets list | show: the tables of facts.
#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/commands/printing.h"
#include "cli/names.h"
#include "cli/text/csv.h"
#include "cli/text/format.h"
#include "cli/text/table.h"
#include "cli/text/width.h"

namespace keyscore::cli {
namespace {

std::string KindText(const v1::Dataset& dataset) {
  return EnumWords(v1::Dataset::Kind_Name(dataset.kind()), "KIND_");
}

std::string TypeText(const v1::DatasetColumn& column) {
  return EnumWords(v1::DatasetColumn::Type_Name(column.type()), "TYPE_");
}

std::string AllowedText(const v1::DatasetColumn& column) {
  std::string text = fmt::format("{}", fmt::join(column.allowed_values(), ", "));
  if (column.has_minimum() && column.has_maximum()) {
    text += fmt::format("{} to {}", FormatNumber(column.minimum()), FormatNumber(column.maximum()));
  } else if (column.has_minimum()) {
    text += fmt::format("at least {}", FormatNumber(column.minimum()));
  } else if (column.has_maximum()) {
    text += fmt::format("at most {}", FormatNumber(column.maximum()));
  }
  if (!column.references().empty()) text += "a key of " + IdOf(column.references());
  return text;
}

void PrintList(const v1::ListDatasetsResponse& reply, const Terminal& terminal) {
  Table table({{"Dataset"}, {"Kind"}, {"Facts", Align::kRight}, {"Time is"}, {"Title"}, {"From"}});
  for (const v1::Dataset& dataset : reply.datasets()) {
    const bool derived = dataset.kind() == v1::Dataset::KIND_DERIVED;
    table.AddRow({Cell(IdOf(dataset.name())), Cell(KindText(dataset), Style::kDim),
                  derived ? Cell("–", Style::kDim)
                          : Cell(FormatCount(dataset.fact_count()),
                                 dataset.fact_count() == 0 ? Style::kDim : Style::kPlain),
                  Cell(dataset.occurred_at_meaning()), Cell(dataset.title()),
                  Cell(dataset.declared_by(), Style::kDim)});
  }
  *terminal.out << table.Render(terminal.colour);
}

void PrintListCsv(const v1::ListDatasetsResponse& reply, std::ostream& out) {
  WriteCsvRecord(out, {"dataset", "title", "kind", "fact_count", "fact_watermark",
                       "occurred_at_meaning", "declared_by", "description"});
  for (const v1::Dataset& dataset : reply.datasets()) {
    WriteCsvRecord(out,
                   {dataset.name(), dataset.title(), KindText(dataset),
                    std::to_string(dataset.fact_count()), std::to_string(dataset.fact_watermark()),
                    dataset.occurred_at_meaning(), dataset.declared_by(), dataset.description()});
  }
}

void PrintOne(const v1::Dataset& dataset, const Terminal& terminal) {
  std::ostream& out = *terminal.out;
  out << Paint(Printable(dataset.title()), Style::kStrong, terminal.colour) << "  "
      << Paint(dataset.name(), Style::kDim, terminal.colour) << '\n'
      << Printable(dataset.description()) << "\n\n"
      << fmt::format("{}, {}; occurred_at is: {}\n\n", KindText(dataset),
                     Plural(dataset.fact_count(), "fact"), dataset.occurred_at_meaning());
  Table table({{"Column"},
               {"Type"},
               {""},
               {"Allowed", Align::kLeft, 60},
               {"What it is", Align::kLeft, 70}});
  for (const v1::DatasetColumn& column : dataset.columns()) {
    table.AddRow({Cell(column.name()), Cell(TypeText(column)),
                  Cell(column.nullable() ? "" : "required", Style::kDim), Cell(AllowedText(column)),
                  Cell(column.description(), Style::kDim)});
  }
  out << table.Render(terminal.colour);
}

void PrintOneCsv(const v1::Dataset& dataset, std::ostream& out) {
  WriteCsvRecord(out, {"dataset", "column", "type", "nullable", "allowed_values", "minimum",
                       "maximum", "references", "description"});
  using Number = std::optional<double>;
  for (const v1::DatasetColumn& column : dataset.columns()) {
    WriteCsvRecord(
        out, {dataset.name(), column.name(), TypeText(column), column.nullable() ? "true" : "false",
              fmt::format("{}", fmt::join(column.allowed_values(), "|")),
              CsvNumber(column.has_minimum() ? Number(column.minimum()) : std::nullopt),
              CsvNumber(column.has_maximum() ? Number(column.maximum()) : std::nullopt),
              column.references(), column.description()});
  }
}

}  // namespace

void AddDatasetsCommand(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("datasets", "The tables of facts and their columns");
  command->require_subcommand(1);
  command->add_subcommand("list", "List the datasets")->callback([&context] {
    context.action = [&context]() -> absl::Status {
      const absl::StatusOr<client::Client*> client = context.Connection();
      if (!client.ok()) return client.status();
      return Print(context,
                   ListAll(*client, &client::Client::ListDatasets, v1::ListDatasetsRequest(),
                           [](v1::ListDatasetsResponse& page, v1::ListDatasetsResponse& all) {
                             all.mutable_datasets()->MergeFrom(page.datasets());
                           }),
                   PrintListCsv, PrintList);
    };
  });
  auto id = std::make_shared<std::string>();
  CLI::App* show = command->add_subcommand("show", "Show one dataset's columns");
  show->add_option("dataset", *id, "Its id, e.g. opportunity")->required()->type_name("DATASET");
  show->callback([&context, id] {
    context.action = [&context, id]() -> absl::Status {
      const absl::StatusOr<client::Client*> client = context.Connection();
      if (!client.ok()) return client.status();
      v1::GetDatasetRequest request;
      request.set_name(InCollection(*id, "datasets"));
      return Print(context, (*client)->GetDataset(request), PrintOneCsv, PrintOne);
    };
  });
}

}  // namespace keyscore::cli
