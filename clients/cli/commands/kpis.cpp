// keyscore kpis list | show: the catalogue.
#include <map>

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

std::string Arrow(const v1::Kpi& kpi) {
  switch (kpi.direction()) {
    case v1::Kpi::DIRECTION_HIGHER_IS_BETTER:
      return "↑";
    case v1::Kpi::DIRECTION_LOWER_IS_BETTER:
      return "↓";
    default:
      return "↔";
  }
}

void PrintList(const v1::ListKpisResponse& reply, const Terminal& terminal) {
  Table table(
      {{"KPI"}, {""}, {"Title", Align::kLeft, 40}, {"Unit"}, {""}, {"In pillar", Align::kRight}});
  // Weights are relative within a pillar; people want to see what comes of them.
  std::map<v1::Pillar, double> pillar_weights;
  for (const v1::Kpi& kpi : reply.kpis()) pillar_weights[kpi.pillar()] += kpi.default_weight();
  v1::Pillar pillar = v1::PILLAR_UNSPECIFIED;
  for (const v1::Kpi& kpi : reply.kpis()) {
    if (kpi.pillar() != pillar) {
      if (!table.empty()) table.AddBlankLine();
      pillar = kpi.pillar();
      table.AddRow({Cell(PillarTitle(pillar), Style::kStrong)});
    }
    table.AddRow({Cell("  " + IdOf(kpi.name())), Cell(Arrow(kpi), Style::kDim), Cell(kpi.title()),
                  Cell(kpi.unit(), Style::kDim),
                  Cell(EnumWords(v1::Kpi::Timing_Name(kpi.timing()), "TIMING_"), Style::kDim),
                  kpi.default_weight() > 0
                      ? Cell(FormatShare(kpi.default_weight() / pillar_weights[pillar]))
                      : Cell("–", Style::kDim)});
  }
  *terminal.out << table.Render(terminal.colour);
  *terminal.out << fmt::format("\n{}. ↑ higher is better, ↓ lower is better, ↔ a range is best.\n",
                               Plural(reply.kpis_size(), "KPI"));
}

void PrintCsv(const v1::ListKpisResponse& reply, std::ostream& out) {
  WriteCsvRecord(out, {"kpi", "title", "pillar", "unit", "direction", "timing", "controllability",
                       "rollup", "cadence_days", "default_weight", "formula", "plugin", "version"});
  for (const v1::Kpi& kpi : reply.kpis()) {
    WriteCsvRecord(
        out, {kpi.name(), kpi.title(), EnumWords(v1::Pillar_Name(kpi.pillar()), "PILLAR_"),
              kpi.unit(), EnumWords(v1::Kpi::Direction_Name(kpi.direction()), "DIRECTION_"),
              EnumWords(v1::Kpi::Timing_Name(kpi.timing()), "TIMING_"),
              EnumWords(v1::Kpi::Controllability_Name(kpi.controllability()), "CONTROLLABILITY_"),
              EnumWords(v1::Kpi::Rollup_Name(kpi.rollup()), "ROLLUP_"),
              std::to_string(kpi.cadence_days()), CsvNumber(kpi.default_weight()), kpi.formula(),
              kpi.plugin(), kpi.version()});
  }
}

std::string WindowText(const v1::KpiInput& input) {
  std::string text = EnumWords(v1::Window_Name(input.window()), "WINDOW_");
  if (input.window_days() > 0) text += fmt::format(" {} days", input.window_days());
  return text;
}

// Figures that accompany the value, in one line.
template <class Figures>
std::string FigureNames(const Figures& figures) {
  std::vector<std::string> names;
  for (const v1::KpiFigure& figure : figures) {
    names.push_back(fmt::format("{} ({})", figure.name(), figure.title()));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string ActionsHeading(const v1::Kpi& kpi) {
  switch (kpi.direction()) {
    case v1::Kpi::DIRECTION_HIGHER_IS_BETTER:
      return "When it is low";
    case v1::Kpi::DIRECTION_LOWER_IS_BETTER:
      return "When it is high";
    default:
      return "When it is out of range";
  }
}

void PrintOne(const v1::Kpi& kpi, const Terminal& terminal) {
  std::ostream& out = *terminal.out;
  const bool colour = terminal.colour;
  out << Paint(Printable(kpi.title()), Style::kStrong, colour) << "  "
      << Paint(kpi.name(), Style::kDim, colour) << '\n';
  if (!kpi.description().empty()) out << Printable(kpi.description()) << '\n';
  out << '\n';

  Table facts({{""}, {""}});
  const auto fact = [&facts](const char* name, const std::string& value) {
    if (!value.empty()) facts.AddRow({Cell(name, Style::kDim), Cell(value)});
  };
  fact("Formula", kpi.formula());
  fact("Unit", kpi.unit());
  fact("Pillar", PillarTitle(kpi.pillar()));
  fact("Direction", EnumWords(v1::Kpi::Direction_Name(kpi.direction()), "DIRECTION_"));
  fact("Timing", EnumWords(v1::Kpi::Timing_Name(kpi.timing()), "TIMING_"));
  fact("Manager's control",
       EnumWords(v1::Kpi::Controllability_Name(kpi.controllability()), "CONTROLLABILITY_"));
  fact("Roll-up", kpi.rollup() == v1::Kpi::ROLLUP_ACCOUNTS ? "per account, then the weighted mean"
                                                           : "all facts of the subject pooled");
  fact("Cadence", kpi.cadence_days() == 0 ? "never stale"
                                          : "stale after " + Plural(kpi.cadence_days(), "day"));
  fact("Default weight",
       kpi.default_weight() > 0
           ? fmt::format("{:g}, relative to the other KPIs of its pillar", kpi.default_weight())
           : "none; asked for, or given weight by a profile");
  if (kpi.has_default_target()) {
    fact("Target", FormatNumber(kpi.default_target()) + " " + kpi.unit() +
                       (kpi.target_source().empty() ? "" : " (" + kpi.target_source() + ")"));
  }
  std::vector<std::string> points;
  for (const v1::CurvePoint& point : kpi.curve()) {
    points.push_back(fmt::format("{} → {:.0f}", FormatNumber(point.value()), point.score()));
  }
  fact("Curve", fmt::format("{}", fmt::join(points, ", ")));
  for (const v1::KpiSetting& setting : kpi.settings()) {
    fact("Setting", fmt::format("{} = {} ({} to {}): {}", setting.name(),
                                FormatNumber(setting.value()), FormatNumber(setting.minimum()),
                                FormatNumber(setting.maximum()), setting.description()));
  }
  fact("Explained by", FigureNames(kpi.details()));
  fact("Model", FigureNames(kpi.parameters()));
  fact("Plugin", fmt::format("{} {}", IdOf(kpi.plugin()), kpi.version()));
  out << facts.Render(colour);

  Table inputs({{"Input"}, {"Measure", Align::kLeft, 70}, {"Window"}, {"Where", Align::kLeft, 80}});
  for (const v1::KpiInput& input : kpi.inputs()) {
    inputs.AddRow({Cell(input.name() + (input.optional_input() ? " (optional)" : "")),
                   Cell(fmt::format(
                       "{} of {}{}", EnumWords(v1::Aggregate_Name(input.aggregate()), "AGGREGATE_"),
                       IdOf(input.dataset()),
                       input.value().empty() ? "" : fmt::format(": {}", input.value()))),
                   Cell(fmt::format("{} by {}", WindowText(input), input.time_column())),
                   Cell(input.filter(), Style::kDim)});
  }
  if (!inputs.empty()) out << '\n' << inputs.Render(colour);
  if (kpi.actions_size() > 0) {
    out << '\n' << Paint(ActionsHeading(kpi), Style::kStrong, colour) << '\n';
    for (const std::string& action : kpi.actions()) out << "  • " << Printable(action) << '\n';
  }
}

void PrintOneCsv(const v1::Kpi& kpi, std::ostream& out) {
  v1::ListKpisResponse one;
  *one.add_kpis() = kpi;
  PrintCsv(one, out);
}

}  // namespace

void AddKpisCommand(CLI::App& app, Context& context) {
  static const std::map<std::string, v1::Pillar> kPillars = {
      {"relationships", v1::PILLAR_RELATIONSHIPS},
      {"revenue", v1::PILLAR_REVENUE},
      {"retention", v1::PILLAR_RETENTION},
      {"learning", v1::PILLAR_LEARNING}};
  CLI::App* command = app.add_subcommand("kpis", "The catalogue: what is measured, and how");
  command->require_subcommand(1);

  auto pillar = std::make_shared<std::string>();
  CLI::App* list = command->add_subcommand("list", "List the KPIs");
  list->add_option("--pillar", *pillar, "Only those of relationships, revenue, retention, learning")
      ->check(CLI::IsMember({"relationships", "revenue", "retention", "learning"}))
      ->type_name("PILLAR");
  list->callback([&context, pillar] {
    context.action = [&context, pillar]() -> absl::Status {
      const absl::StatusOr<client::Client*> client = context.Connection();
      if (!client.ok()) return client.status();
      v1::ListKpisRequest request;
      if (!pillar->empty()) request.set_pillar(kPillars.at(*pillar));
      return Print(context,
                   ListAll(*client, &client::Client::ListKpis, request,
                           [](v1::ListKpisResponse& page, v1::ListKpisResponse& all) {
                             all.mutable_kpis()->MergeFrom(page.kpis());
                           }),
                   PrintCsv, PrintList);
    };
  });

  auto id = std::make_shared<std::string>();
  CLI::App* show = command->add_subcommand("show", "Show one KPI's definition");
  show->add_option("kpi", *id, "Its id, e.g. churn_rate")->required()->type_name("KPI");
  show->callback([&context, id] {
    context.action = [&context, id]() -> absl::Status {
      const absl::StatusOr<client::Client*> client = context.Connection();
      if (!client.ok()) return client.status();
      v1::GetKpiRequest request;
      request.set_name(InCollection(*id, "kpis"));
      return Print(context, (*client)->GetKpi(request), PrintOneCsv, PrintOne);
    };
  });
}

}  // namespace keyscore::cli
