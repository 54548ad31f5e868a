// keyscore weights lint: advice on how well the KPIs are chosen. Nothing is refused for it.
#include <algorithm>

#include <fmt/format.h>

#include "cli/commands/printing.h"
#include "cli/commands/weights.h"
#include "cli/exit_code.h"
#include "cli/names.h"
#include "cli/text/csv.h"
#include "cli/text/format.h"
#include "cli/text/style.h"
#include "cli/text/width.h"
#include "cli/weights/file.h"

namespace keyscore::cli {
namespace {

struct Asked {
  std::string id;
  std::string file;
  std::string period;
};

void PrintFindings(const v1::LintWeightsResponse& reply, const Terminal& terminal) {
  std::ostream& out = *terminal.out;
  for (const v1::LintFinding& finding : reply.findings()) {
    out << Paint(Printable(finding.rule()), Style::kFair, terminal.colour) << "  "
        << Paint(IdOf(finding.profile()), Style::kDim, terminal.colour) << '\n'
        << "  " << Printable(finding.evidence()) << '\n';
    if (finding.kpis_size() > 0) {
      out << "  "
          << Paint("KPIs: " + Printable(JoinIds(finding.kpis())), Style::kDim, terminal.colour)
          << '\n';
    }
    out << "  → " << Printable(finding.remedy()) << "\n\n";
  }
  const std::string looked = reply.subjects() > 0 ? fmt::format("looked at the figures of {} in {}",
                                                                Plural(reply.subjects(), "subject"),
                                                                FormatSpan(reply.period()))
                                                  : std::string("there were no figures to look at");
  out << fmt::format("{}; {}\n",
                     reply.findings_size() == 0
                         ? std::string("Nothing to advise")
                         : Plural(reply.findings_size(), "piece") + " of advice",
                     looked);
}

void PrintFindingsCsv(const v1::LintWeightsResponse& reply, std::ostream& out) {
  WriteCsvRecord(out, {"profile", "rule", "kpis", "evidence", "remedy"});
  for (const v1::LintFinding& finding : reply.findings()) {
    WriteCsvRecord(
        out, {finding.profile(), finding.rule(), fmt::format("{}", fmt::join(finding.kpis(), " ")),
              finding.evidence(), finding.remedy()});
  }
}

// Every profile of the file; the server looks at one at a time.
absl::StatusOr<v1::LintWeightsResponse> LintFile(Context& context, const Asked& asked,
                                                 v1::LintWeightsRequest request) {
  const absl::StatusOr<WeightsFile> file = ReadWeightsFile(asked.file);
  if (!file.ok()) return file.status();
  if (absl::Status faults = ReportFaults(*file, file->faults, context); !faults.ok()) return faults;
  if (file->set.profiles_size() == 0) {
    return UsageError(fmt::format("{} has no profiles to look at", file->path));
  }
  const absl::StatusOr<client::Client*> client = context.Connection();
  if (!client.ok()) return client.status();
  v1::LintWeightsResponse all;
  for (const v1::WeightProfile& profile : file->set.profiles()) {
    *request.mutable_profile() = profile;
    const absl::StatusOr<v1::LintWeightsResponse> reply = (*client)->LintWeights(request);
    if (!reply.ok()) return reply.status();
    all.mutable_findings()->MergeFrom(reply->findings());
    *all.mutable_period() = reply->period();
    all.set_subjects(std::max(all.subjects(), reply->subjects()));
  }
  return all;
}

absl::Status Run(Context& context, const Asked& asked) {
  v1::LintWeightsRequest request;
  if (!asked.period.empty()) {
    const absl::StatusOr<std::string> period = ParsePeriod(asked.period);
    if (!period.ok()) return period.status();
    request.set_period(*period);
  }
  if (!asked.file.empty()) {
    return Print(context, LintFile(context, asked, request), PrintFindingsCsv, PrintFindings);
  }
  if (!asked.id.empty()) request.set_name(InCollection(asked.id, "weightProfiles"));
  const absl::StatusOr<client::Client*> client = context.Connection();
  if (!client.ok()) return client.status();
  return Print(context, (*client)->LintWeights(request), PrintFindingsCsv, PrintFindings);
}

}  // namespace

void AddWeightsLintCommand(CLI::App& weights, Context& context) {
  auto asked = std::make_shared<Asked>();
  CLI::App* command =
      weights.add_subcommand("lint", "Get advice on how well KPIs and weights are chosen");
  CLI::Option* id =
      command
          ->add_option("profile", asked->id,
                       "Its newest revision is looked at; else every profile that counts today")
          ->type_name("PROFILE");
  command->add_option("-f,--file", asked->file, "The profiles of this file; - is standard input")
      ->excludes(id)
      ->type_name("FILE");
  command
      ->add_option("-p,--period", asked->period,
                   "Whose figures to look at; else the last whole quarter")
      ->type_name("PERIOD");
  command->footer("It is advice: the exit code is 0 whatever is found.");
  command->callback(
      [&context, asked] { context.action = [&context, asked] { return Run(context, *asked); }; });
}

}  // namespace keyscore::cli
