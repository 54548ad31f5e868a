// keyscore weights preview: what a draft would change, before it does. Ctrl-C ends the server's
// work too.
#include <algorithm>
#include <csignal>

#include <fmt/format.h>

#include "cli/commands/printing.h"
#include "cli/commands/render_preview.h"
#include "cli/commands/weights.h"
#include "cli/exit_code.h"
#include "cli/import/progress.h"
#include "cli/names.h"
#include "cli/weights/file.h"
#include "keyscore/client/error.h"

namespace keyscore::cli {
namespace {

using google::longrunning::Operation;

// How often somebody who waits sees how far it is.
constexpr absl::Duration kGlance = absl::Milliseconds(500);

volatile std::sig_atomic_t interrupted = 0;

// Catches Ctrl-C while it lives.
class InterruptWatch {
 public:
  InterruptWatch() {
    interrupted = 0;
    struct sigaction act = {};
    act.sa_handler = [](int) { interrupted = 1; };
    sigemptyset(&act.sa_mask);
    sigaction(SIGINT, &act, &before_);
  }
  ~InterruptWatch() { sigaction(SIGINT, &before_, nullptr); }
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

 private:
  struct sigaction before_ = {};
};

struct Asked {
  std::vector<std::string> ids;
  std::string file;
  std::vector<std::string> periods;
  std::string whom = "managers";
  bool all = false;
};

// "--periods 4" is a number of quarters, "--periods 2026-Q3,2026-Q4" are periods.
absl::Status ReadPeriods(const Asked& asked, v1::PreviewWeightsRequest& request) {
  for (const std::string& text : asked.periods) {
    const bool count = text.size() <= 2 && std::all_of(text.begin(), text.end(),
                                                       [](char c) { return c >= '0' && c <= '9'; });
    if (count && asked.periods.size() == 1) {
      request.set_period_count(std::stoi(text));
      if (request.period_count() < 1 || request.period_count() > 12) {
        return UsageError("--periods takes a number of quarters from 1 to 12, or periods");
      }
      continue;
    }
    const absl::StatusOr<std::string> period = ParsePeriod(text);
    if (!period.ok()) return period.status();
    request.add_periods(*period);
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::WeightPreview> Outcome(const Operation& done) {
  if (done.has_error()) {
    return client::MakeStatus(done.error().code(), done.error().message(),
                              done.error().SerializeAsString());
  }
  v1::WeightPreview preview;
  if (!done.response().UnpackTo(&preview)) {
    return absl::DataLossError(
        fmt::format("{} ended without a preview; ask the server's log", done.name()));
  }
  return preview;
}

// Waits for the end and shows how far it is; the operation is forgotten afterwards.
absl::StatusOr<v1::WeightPreview> Follow(Context& context, client::Client& client,
                                         Operation operation) {
  Progress progress(context.err(), context.terminal.err_is_terminal);
  const InterruptWatch watch;
  bool cancelled = false;
  while (!operation.done()) {
    if (interrupted != 0 && !cancelled) {
      cancelled = true;
      if (absl::Status asked = client.CancelOperation(operation.name()); !asked.ok()) return asked;
    }
    v1::PreviewProgress at;
    if (operation.metadata().UnpackTo(&at)) {
      progress.Show("Previewing", at.subjects_done(), at.subjects_total(), "scorecards");
    }
    absl::StatusOr<Operation> next = client.WaitOperation(operation.name(), kGlance);
    if (!next.ok()) return next.status();
    operation = *std::move(next);
  }
  progress.Clear();
  client.DeleteOperation(operation.name()).IgnoreError();  // the server forgets it by itself later
  absl::StatusOr<v1::WeightPreview> outcome = Outcome(operation);
  if (cancelled && !outcome.ok()) {
    return absl::CancelledError("stopped; the server has stopped too, and nothing was changed");
  }
  return outcome;
}

absl::Status Run(Context& context, const Asked& asked) {
  v1::PreviewWeightsRequest request;
  for (const std::string& id : asked.ids) request.add_names(InCollection(id, "weightProfiles"));
  if (!asked.file.empty()) {
    absl::StatusOr<WeightsFile> file = ReadWeightsFile(asked.file);
    if (!file.ok()) return file.status();
    if (absl::Status faults = ReportFaults(*file, file->faults, context); !faults.ok()) {
      return faults;
    }
    request.mutable_profiles()->Swap(file->set.mutable_profiles());
    if (file->set.target_series_size() > 0) {
      context.err() << "The file's targets are not tried: those in force count\n";
    }
  }
  if (request.names_size() + request.profiles_size() == 0) {
    return UsageError("give the profiles whose drafts to try, or a file with -f");
  }
  request.set_parent(asked.whom + "/-");
  if (absl::Status periods = ReadPeriods(asked, request); !periods.ok()) return periods;
  const absl::StatusOr<client::Client*> client = context.Connection();
  if (!client.ok()) return client.status();
  absl::StatusOr<Operation> begun = (*client)->PreviewWeights(request);
  if (!begun.ok()) return begun.status();
  return Print(context, Follow(context, **client, *std::move(begun)), PrintPreviewCsv,
               [&asked](const v1::WeightPreview& preview, const Terminal& terminal) {
                 PrintPreview(preview, asked.all, terminal);
               });
}

}  // namespace

void AddWeightsPreviewCommand(CLI::App& weights, Context& context) {
  auto asked = std::make_shared<Asked>();
  CLI::App* command = weights.add_subcommand(
      "preview", "Show what drafts would change for everybody, before they do");
  CLI::Option* ids =
      command->add_option("profiles", asked->ids, "Profiles whose newest revision is tried")
          ->type_name("PROFILE...");
  command
      ->add_option("-f,--file", asked->file, "Try the profiles of this file; - is standard input")
      ->excludes(ids)
      ->type_name("FILE");
  command
      ->add_option("-p,--period,--periods", asked->periods,
                   "How many whole quarters back, or which periods; else 4")
      ->delimiter(',')
      ->type_name("N|PERIOD,...");
  command->add_option("--for", asked->whom, "Whose totals: managers, accounts or teams")
      ->check(CLI::IsMember({"managers", "accounts", "teams"}))
      ->default_str("managers");
  command->add_flag("--all", asked->all, "Every rise and fall, not just the ten largest");
  command->footer(
      "Nothing is written. Ctrl-C stops it, on the server too.\n"
      "Example: keyscore weights preview -f weights.yaml --periods 4");
  command->callback(
      [&context, asked] { context.action = [&context, asked] { return Run(context, *asked); }; });
}

}  // namespace keyscore::cli
