// keyscore weights show: which weights count for a subject on a day, and why.
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

void PrintWeights(const v1::WeightResolution& weights, const Terminal& terminal) {
  std::ostream& out = *terminal.out;
  const bool colour = terminal.colour;
  out << Paint(Printable(weights.subject()), Style::kStrong, colour) << " on " << weights.date()
      << "  "
      << Paint(fmt::format("{}, revision {}", weights.profile(), weights.profile_revision()),
               Style::kDim, colour)
      << '\n';
  if (!weights.tenure_band().empty()) {
    out << "Tenure " << weights.tenure_band();
    if (weights.has_tenure_months()) {
      out << fmt::format(" ({} in role)", Plural(weights.tenure_months(), "month"));
    }
    out << '\n';
  }
  out << fmt::format("Scored when figures for {} of the weight are there\n\n",
                     FormatShare(weights.minimum_coverage()));
  Table table({{"KPI"},
               {"In pillar", Align::kRight},
               {"Of total", Align::kRight},
               {""},
               {"Target", Align::kRight}});
  for (const v1::PillarWeight& pillar : weights.pillars()) {
    table.AddRow({Cell(PillarTitle(pillar.pillar()), Style::kStrong), "",
                  Cell(FormatShare(pillar.weight()), Style::kStrong),
                  Cell(Bar(pillar.weight(), 20), Style::kStrong)});
    for (const v1::ResolvedKpiWeight& kpi : weights.kpis()) {
      if (kpi.pillar() != pillar.pillar() || kpi.weight_in_pillar() <= 0) continue;
      table.AddRow({Cell("  " + IdOf(kpi.kpi())), Cell(FormatShare(kpi.weight_in_pillar())),
                    Cell(FormatShare(kpi.weight())), Cell(Bar(kpi.weight(), 20), Style::kDim),
                    kpi.has_target() ? Cell(FormatNumber(kpi.target())) : Cell()});
    }
  }
  out << table.Render(colour);
  if (weights.reasons_size() > 0) out << '\n';
  for (const std::string& reason : weights.reasons()) {
    out << Paint("• " + Printable(reason), Style::kDim, colour) << '\n';
  }
}

void PrintWeightsCsv(const v1::WeightResolution& weights, std::ostream& out) {
  WriteCsvRecord(out, {"subject", "date", "profile", "profile_revision", "pillar", "kpi",
                       "weight_in_pillar", "weight", "target"});
  for (const v1::ResolvedKpiWeight& kpi : weights.kpis()) {
    WriteCsvRecord(
        out, {weights.subject(), weights.date(), weights.profile(),
              std::to_string(weights.profile_revision()),
              EnumWords(v1::Pillar_Name(kpi.pillar()), "PILLAR_"), kpi.kpi(),
              CsvNumber(kpi.weight_in_pillar()), CsvNumber(kpi.weight()),
              CsvNumber(kpi.has_target() ? std::optional<double>(kpi.target()) : std::nullopt)});
  }
}

}  // namespace

void AddWeightsCommand(CLI::App& app, Context& context) {
  struct Options {
    std::string subject;
    std::string date;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("weights", "What counts how much, for whom");
  command->require_subcommand(1);
  CLI::App* show =
      command->add_subcommand("show", "Show the weights that count for a subject, and why");
  show->add_option("subject", options->subject,
                   "managers/ID, accounts/ID, teams/ID or organization")
      ->required()
      ->type_name("SUBJECT");
  show->add_option("--date", options->date, "On this day, YYYY-MM-DD; else today")
      ->type_name("DATE");
  show->callback([&context, options] {
    context.action = [&context, options]() -> absl::Status {
      const absl::StatusOr<std::string> subject = ParseSubject(options->subject);
      if (!subject.ok()) return subject.status();
      const absl::StatusOr<client::Client*> client = context.Connection();
      if (!client.ok()) return client.status();
      v1::ResolveWeightsRequest request;
      request.set_subject(*subject);
      request.set_date(options->date);
      return Print(context, (*client)->ResolveWeights(request), PrintWeightsCsv, PrintWeights);
    };
  });
}

}  // namespace keyscore::cli
