// keyscore weights export | validate | diff | apply: weightings as a file that is kept in git.
#include <cerrno>
#include <fstream>
#include <system_error>

#include <fmt/format.h>

#include "cli/commands/printing.h"
#include "cli/commands/render_applied.h"
#include "cli/commands/weights.h"
#include "cli/exit_code.h"
#include "cli/text/format.h"
#include "cli/weights/file.h"

namespace keyscore::cli {
namespace {

struct Asked {
  std::string file;
  bool dry_run = false;
  bool normalize = false;
  std::shared_ptr<WeightsChange> change;
};

// "1 profile, 2 targets".
std::string CountWords(const v1::WeightSet& set) {
  std::string words = Plural(set.profiles_size(), "profile");
  if (set.target_series_size() > 0) words += ", " + Plural(set.target_series_size(), "target");
  return words;
}

absl::Status RunExport(Context& context, const Asked& asked) {
  const absl::StatusOr<client::Client*> client = context.Connection();
  if (!client.ok()) return client.status();
  const absl::StatusOr<v1::WeightSet> set = (*client)->ExportWeights(v1::ExportWeightsRequest());
  if (!set.ok()) return set.status();
  if (context.output == Output::kCsv) {
    return UsageError("weightings are no table; export them as YAML, or with --output json");
  }
  const std::string text = context.output == Output::kJson ? ToJson(*set) : WriteWeightsFile(*set);
  if (asked.file.empty() || asked.file == "-") {
    context.out() << text;
    return absl::OkStatus();
  }
  errno = 0;
  std::ofstream file(asked.file, std::ios::binary | std::ios::trunc);
  file << text << std::flush;
  if (!file) {
    return UsageError(fmt::format("{} can't be written: {}", asked.file,
                                  std::generic_category().message(errno == 0 ? EIO : errno)));
  }
  context.err() << fmt::format("Wrote {}: {}\n", asked.file, CountWords(*set));
  return absl::OkStatus();
}

// The file without fault, as the server judges it too; else every fault of it is told.
absl::StatusOr<WeightsFile> Sound(Context& context, client::Client& client, const Asked& asked) {
  absl::StatusOr<WeightsFile> file = ReadWeightsFile(asked.file);
  if (!file.ok()) return file.status();
  // What could not be read can't be judged; what could is, so that one run shows everything.
  google::protobuf::RepeatedPtrField<v1::WeightFault> of_server;
  if (file->set.profiles_size() + file->set.target_series_size() > 0) {
    v1::ValidateWeightsRequest request;
    *request.mutable_set() = file->set;
    request.set_normalize(asked.normalize);
    const auto reply = client.ValidateWeights(request);
    if (reply.ok()) {
      of_server = reply->faults();
    } else if (file->faults.empty()) {
      return reply.status();
    }
  }
  if (absl::Status faults = ReportFaults(*file, AllFaults(*file, of_server), context);
      !faults.ok()) {
    return faults;
  }
  return file;
}

absl::Status RunValidate(Context& context, const Asked& asked) {
  const absl::StatusOr<client::Client*> client = context.Connection();
  if (!client.ok()) return client.status();
  const absl::StatusOr<WeightsFile> file = Sound(context, **client, asked);
  if (!file.ok()) return file.status();
  context.out() << fmt::format("{} is in order: {}\n", file->path, CountWords(file->set));
  return absl::OkStatus();
}

absl::StatusOr<v1::ApplyWeightsResponse> Send(Context& context, const Asked& asked) {
  const absl::StatusOr<client::Client*> client = context.Connection();
  if (!client.ok()) return client.status();
  absl::StatusOr<WeightsFile> file = Sound(context, **client, asked);
  if (!file.ok()) return file.status();
  v1::ApplyWeightsRequest request;
  *request.mutable_set() = std::move(file->set);
  request.set_normalize(asked.normalize);
  request.set_validate_only(asked.dry_run);
  request.set_reason(asked.change->reason);
  request.set_etag(asked.change->etag);
  return (*client)->ApplyWeights(request);
}

absl::Status RunDiff(Context& context, const Asked& asked) {
  const absl::StatusOr<v1::ApplyWeightsResponse> reply = Send(context, asked);
  absl::Status printed =
      Print(context, reply, PrintWeightChangesCsv,
            [](const v1::ApplyWeightsResponse& changes, const Terminal& terminal) {
              PrintWeightChanges(changes, /*would=*/true, terminal);
            });
  if (!printed.ok()) return printed;
  const int64_t differences = CountDifferences(*reply);
  if (differences == 0) return absl::OkStatus();
  return Finding(
      fmt::format("{} and the server differ in {}; `keyscore weights apply -f {}` puts "
                  "the file in force",
                  asked.file, Plural(differences, "resource"), asked.file));
}

absl::Status RunApply(Context& context, const Asked& asked) {
  const absl::StatusOr<v1::ApplyWeightsResponse> reply = Send(context, asked);
  return Print(context, reply, PrintWeightChangesCsv,
               [&asked](const v1::ApplyWeightsResponse& changes, const Terminal& terminal) {
                 PrintApplied(changes, asked.dry_run, terminal);
               });
}

CLI::App* AddFile(CLI::App& weights, const char* name, const char* help,
                  const std::shared_ptr<Asked>& asked) {
  CLI::App* command = weights.add_subcommand(name, help);
  command->add_option("-f,--file", asked->file, "The file; - is standard input")
      ->required()
      ->type_name("FILE");
  command->add_flag("--normalize", asked->normalize,
                    "Scale the weights of every level to 1 instead of refusing them");
  asked->change = std::make_shared<WeightsChange>();
  return command;
}

}  // namespace

void AddWeightsFileCommands(CLI::App& weights, Context& context) {
  auto exported = std::make_shared<Asked>();
  CLI::App* to_file =
      weights.add_subcommand("export", "Write all that is published, and every target, as YAML");
  to_file->add_option("-f,--file", exported->file, "Where to; else to standard output")
      ->type_name("FILE");
  to_file->callback([&context, exported] {
    context.action = [&context, exported] { return RunExport(context, *exported); };
  });

  auto validated = std::make_shared<Asked>();
  AddFile(weights, "validate", "Say everything that is wrong with a file; change nothing",
          validated)
      ->callback([&context, validated] {
        context.action = [&context, validated] { return RunValidate(context, *validated); };
      });

  auto compared = std::make_shared<Asked>();
  compared->dry_run = true;
  CLI::App* diff = AddFile(weights, "diff", "Show what applying a file would change", compared);
  diff->footer("Exit code 0: nothing, 4: something.");
  diff->callback([&context, compared] {
    context.action = [&context, compared] { return RunDiff(context, *compared); };
  });

  auto applied = std::make_shared<Asked>();
  CLI::App* apply = AddFile(weights, "apply", "Put a file in force: all of it or nothing", applied);
  apply->add_flag("-n,--dry-run", applied->dry_run, "Say what would change, and change nothing");
  applied->change = AddWeightsChangeOptions(*apply);
  apply->footer(
      "What the file doesn't name stays. Where four eyes are asked for, it is drafted.\n"
      "Example: keyscore weights apply -f weights.yaml --reason 'board of 12 March'");
  apply->callback([&context, applied] {
    context.action = [&context, applied] { return RunApply(context, *applied); };
  });
}

}  // namespace keyscore::cli
