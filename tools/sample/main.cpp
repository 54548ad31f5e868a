// keyscore-sample: writes a believable organisation, one file a dataset, the same for the same
// seed on every machine.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <string>

#include "absl/status/status.h"
#include "sample/account_facts.h"
#include "sample/manager_facts.h"
#include "sample/organization.h"
#include "sample/sink.h"

namespace keyscore::sample {
namespace {

struct Options {
  std::string out;
  Settings settings;
  double scale = 1;
  int managers = 40;
  int accounts = 600;
  int years = 3;
  std::string end = "2025-12-31";
  Format format = Format::kParquet;
};

int Scaled(int count, double scale) {
  return std::max(1, static_cast<int>(std::lround(count * scale)));
}

absl::Status PrintSummary(const Organization& organization, Sink& sink, const Options& options) {
  const Settings& settings = organization.settings();
  const std::string end = FormatDay(settings.to);
  const absl::StatusOr<double> churned = sink.Ask(
      fmt::format("SELECT count(churned_at) FROM account WHERE churned_at < DATE '{}'", end));
  const absl::StatusOr<double> returned =
      sink.Ask("SELECT count(*) - count(DISTINCT account_id) FROM account");
  const absl::StatusOr<double> moved =
      sink.Ask(fmt::format("SELECT count(*) FROM ownership WHERE occurred_at >= DATE '{}' AND "
                           "occurred_at > (SELECT min(occurred_at) FROM account WHERE "
                           "account.account_id = ownership.account_id)",
                           FormatDay(settings.from)));
  const absl::StatusOr<double> revenue =
      sink.Ask("SELECT coalesce(sum(amount), 0) FROM invoice_line");
  for (const absl::StatusOr<double>* figure : {&churned, &returned, &moved, &revenue}) {
    if (!figure->ok()) return figure->status();
  }
  fmt::print("A sample organisation from {} to {}, seed {}\n\n", FormatDay(settings.from),
             FormatDay(settings.to - 1), settings.seed);
  fmt::print("  {:>9} managers in {} teams, e.g. managers/{} (teams/{})\n",
             organization.managers().size(), organization.teams().size(),
             organization.managers().front().id,
             organization.teams()[static_cast<size_t>(organization.managers().front().team)].id);
  fmt::print("  {:>9} accounts; {:.0f} churned, {:.0f} came back, {:.0f} changed hands\n",
             settings.accounts, *churned, *returned, *moved);
  fmt::print("  {:>9.1f} million invoiced\n", *revenue / 1e6);
  fmt::print("  {:>9} facts:\n", sink.total_rows());
  for (size_t i = 0; i < kDatasetCount; ++i) {
    fmt::print("{:>12} {:<18}{}", sink.rows(static_cast<Dataset>(i)), kDatasets[i].name,
               i % 3 == 2 || i + 1 == kDatasetCount ? "\n" : "");
  }
  fmt::print("\nWritten to {}\n", options.out);
  return absl::OkStatus();
}

absl::Status Generate(const Options& options) {
  Settings settings = options.settings;
  const absl::StatusOr<Day> last = ParseDay(options.end);
  if (!last.ok()) return last.status();
  settings.to = *last + 1;
  settings.from = AddMonths(settings.to, -12 * options.years);
  settings.managers = Scaled(options.managers, options.scale);
  settings.accounts = Scaled(options.accounts, options.scale);

  absl::StatusOr<std::unique_ptr<Sink>> sink = Sink::Open(options.out);
  if (!sink.ok()) return sink.status();
  const Organization organization(settings);
  organization.WriteDirectory(**sink);
  for (int i = 0; i < settings.managers; ++i) {
    WriteFacts(organization, organization.managers()[static_cast<size_t>(i)], i, **sink);
  }
  for (int i = 0; i < settings.accounts; ++i) {
    const Account account = MakeAccount(organization, i);
    WriteDirectory(organization, account, **sink);
    WriteFacts(organization, account, **sink);
  }
  if (absl::Status status = (*sink)->Finish(options.format); !status.ok()) return status;
  return PrintSummary(organization, **sink, options);
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app(
      "Writes a sample organisation for Keyscore: one file for each built-in dataset, columns as "
      "in "
      "the dataset's schema. The same options give the same bytes on every machine.",
      "keyscore-sample");
  app.add_option("--out", options.out, "Folder to write to; made if missing")
      ->required()
      ->type_name("DIR");
  app.add_option("--seed", options.settings.seed, "Which of the possible organisations")
      ->capture_default_str();
  app.add_option("--scale", options.scale, "Multiplies managers and accounts, and so the facts")
      ->check(CLI::Range(0.001, 1000.0))
      ->capture_default_str();
  const std::map<std::string, Format> formats = {{"parquet", Format::kParquet},
                                                 {"csv", Format::kCsv}};
  app.add_option("--format", options.format, "parquet or csv (default parquet)")
      ->transform(CLI::CheckedTransformer(formats, CLI::ignore_case))
      ->type_name("FORMAT");
  app.add_option("--managers", options.managers, "Key account managers at scale 1")
      ->check(CLI::Range(1, 5'000))
      ->capture_default_str();
  app.add_option("--accounts", options.accounts, "Accounts at scale 1")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--years", options.years, "Years of facts")
      ->check(CLI::Range(1, 20))
      ->capture_default_str();
  app.add_option("--end", options.end, "Last day with facts")
      ->type_name("YYYY-MM-DD")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  if (absl::Status status = Generate(options); !status.ok()) {
    fmt::print(stderr, "keyscore-sample: {}\n", std::string(status.message()));
    return status.code() == absl::StatusCode::kInvalidArgument ? 2 : 1;
  }
  return 0;
}

}  // namespace
}  // namespace keyscore::sample

int main(int argc, char** argv) { return keyscore::sample::Main(argc, argv); }
