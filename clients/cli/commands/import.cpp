// keyscore import: files into facts.
#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/exit_code.h"
#include "cli/import/importer.h"
#include "cli/text/format.h"

namespace keyscore::cli {
namespace {

absl::Status RunImportCommand(Context& context, const ImportOptions& options) {
  ImportReport report;
  const absl::Status status = RunImport(context, options, report);
  // Also when it stopped: what was done so far is worth knowing.
  if (status.ok() || !report.datasets.empty()) PrintImportReport(report, context);
  if (!status.ok()) return status;
  if (options.strict && report.rejected > 0) {
    return absl::FailedPreconditionError(fmt::format(
        "{} rejected, and --strict was given; see {}",
        report.rejected == 1 ? "1 row was"
                             : fmt::format("{} rows were", FormatCount(report.rejected)),
        report.rejects_path));
  }
  return absl::OkStatus();
}

}  // namespace

void AddImportCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<ImportOptions>();
  CLI::App* command = app.add_subcommand("import", "Import CSV, Parquet or JSON files as facts");
  command
      ->add_option("-m,--mapping", options->mapping,
                   "A shipped mapping (keyscore, maven-crm), or a YAML file; keyscore takes "
                   "files named as datasets")
      ->capture_default_str()
      ->type_name("NAME|FILE");
  command->add_option("paths", options->paths, "Files, or folders that hold them")
      ->required()
      ->type_name("PATH");
  command->add_option("--batch-rows", options->batch_rows, "Rows sent, and made durable, at a time")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str()
      ->type_name("N");
  command->add_option("--rejects", options->rejects_path, "Where rejected rows are written")
      ->capture_default_str()
      ->type_name("FILE");
  command->add_flag("--dry-run", options->dry_run, "Check everything, write nothing");
  command->add_flag("--refuse-batch", options->refuse_batch,
                    "Write nothing of a batch that has a faulty row");
  command->add_flag("--strict", options->strict, "Exit with 1 when a row was rejected");
  command->footer(
      "An import that broke off is resumed by running it again: what is there already is\n"
      "recognised and changes nothing. Rejected rows don't make it fail, unless --strict.\n"
      "Example: keyscore import --mapping maven-crm data/crm");
  command->callback([&context, options] {
    context.action = [&context, options] { return RunImportCommand(context, *options); };
  });
}

}  // namespace keyscore::cli
