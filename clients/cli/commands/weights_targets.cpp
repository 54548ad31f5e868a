// keyscore weights targets list | show | approve: what is to be reached, as dated series. They are
// written as files.
#include <fmt/format.h>

#include "cli/commands/printing.h"
#include "cli/commands/render_plugin.h"
#include "cli/commands/weights.h"
#include "cli/names.h"
#include "cli/text/csv.h"
#include "cli/text/format.h"
#include "cli/text/table.h"
#include "cli/text/width.h"
#include "cli/weights/file.h"

namespace keyscore::cli {
namespace {

using Series = v1::TargetSeries;

Cell StateCell(const Series& series) {
  return {EnumWords(Series::State_Name(series.state()), "STATE_"),
          series.state() == Series::STATE_ACTIVE ? Style::kGood : Style::kFair};
}

// "2026-01-01 to 2027-01-01, 4 points".
std::string PointsWords(const Series& series) {
  if (series.points_size() == 0) return "none";
  const Series::Point& last = series.points(series.points_size() - 1);
  return fmt::format("{} to {}, {}", series.points(0).start_date(),
                     last.end_date().empty() ? "…" : last.end_date(),
                     Plural(series.points_size(), "point"));
}

void PrintList(const v1::ListTargetSeriesResponse& reply, const Terminal& terminal) {
  if (reply.target_series_size() == 0) {
    *terminal.out
        << "There are no series of targets; profiles and KPIs have targets of their own.\n";
    return;
  }
  Table table(
      {{"Target"}, {"KPI"}, {"For"}, {"Pacing"}, {"Points"}, {"State"}, {"By"}, {"Reason"}});
  for (const Series& series : reply.target_series()) {
    table.AddRow({Cell(IdOf(series.name()), Style::kStrong), Cell(IdOf(series.kpi())),
                  Cell(SelectorWords(series.selector())),
                  Cell(WordOf(kPacingWords, series.pacing())), Cell(PointsWords(series)),
                  StateCell(series), Cell(series.author()), Cell(series.reason(), Style::kDim)});
  }
  *terminal.out << table.Render(terminal.colour);
}

void PrintOne(const Series& series, const Terminal& terminal) {
  Table facts({{""}, {""}});
  const auto fact = [&facts](const char* name, Cell value) {
    if (!value.text.empty()) facts.AddRow({Cell(name, Style::kDim), std::move(value)});
  };
  fact("Target", Cell(IdOf(series.name()), Style::kStrong));
  fact("Name", Cell(series.display_name()));
  fact("KPI", Cell(IdOf(series.kpi())));
  fact("For", Cell(SelectorWords(series.selector())));
  fact("Pacing", Cell(WordOf(kPacingWords, series.pacing())));
  fact("State", StateCell(series));
  fact("Revision", Cell(std::to_string(series.revision())));
  fact("Written by", Cell(series.author()));
  fact("Approved by", Cell(series.approver()));
  fact("Reason", Cell(series.reason()));
  fact("Etag", Cell(series.etag(), Style::kDim));
  Table points({{"From"}, {"To"}, {"Value", Align::kRight}});
  for (const Series::Point& point : series.points()) {
    points.AddRow(
        {Cell(point.start_date()), Cell(point.end_date()), Cell(FormatNumber(point.value()))});
  }
  *terminal.out << facts.Render(terminal.colour) << '\n' << points.Render(terminal.colour);
}

void PrintCsv(const google::protobuf::RepeatedPtrField<Series>& all, std::ostream& out) {
  WriteCsvRecord(out, {"target", "kpi", "for", "pacing", "state", "revision", "start_date",
                       "end_date", "value", "author", "approver", "reason", "etag"});
  for (const Series& series : all) {
    for (const Series::Point& point : series.points()) {
      WriteCsvRecord(out, {series.name(), series.kpi(), SelectorWords(series.selector()),
                           WordOf(kPacingWords, series.pacing()),
                           EnumWords(Series::State_Name(series.state()), "STATE_"),
                           std::to_string(series.revision()), point.start_date(), point.end_date(),
                           CsvNumber(point.value()), series.author(), series.approver(),
                           series.reason(), series.etag()});
    }
  }
}

void PrintOneCsv(const Series& series, std::ostream& out) {
  google::protobuf::RepeatedPtrField<Series> one;
  *one.Add() = series;
  PrintCsv(one, out);
}

absl::Status RunList(Context& context, const std::string& kpi) {
  const absl::StatusOr<client::Client*> client = context.Connection();
  if (!client.ok()) return client.status();
  v1::ListTargetSeriesRequest request;
  if (!kpi.empty()) request.set_kpi(InCollection(kpi, "kpis"));
  return Print(
      context,
      ListAll(*client, &client::Client::ListTargetSeries, request,
              [](v1::ListTargetSeriesResponse& page, v1::ListTargetSeriesResponse& all) {
                all.mutable_target_series()->MergeFrom(page.target_series());
              }),
      [](const v1::ListTargetSeriesResponse& reply, std::ostream& out) {
        PrintCsv(reply.target_series(), out);
      },
      PrintList);
}

struct Asked {
  std::string id;
  std::shared_ptr<WeightsChange> change;
};

template <typename Request, absl::StatusOr<Series> (client::Client::*method)(const Request&)>
void AddChange(CLI::App& targets, Context& context, const char* name, const char* help) {
  auto asked = std::make_shared<Asked>();
  CLI::App* command = targets.add_subcommand(name, help);
  command->add_option("target", asked->id, "Its id")->required()->type_name("TARGET");
  asked->change = AddWeightsChangeOptions(*command);
  command->callback([&context, asked] {
    context.action = [&context, asked]() -> absl::Status {
      const absl::StatusOr<client::Client*> client = context.Connection();
      if (!client.ok()) return client.status();
      Request request;
      request.set_name(InCollection(asked->id, "targetSeries"));
      request.set_reason(asked->change->reason);
      request.set_etag(asked->change->etag);
      return Print(context, ((*client)->*method)(request), PrintOneCsv,
                   [](const Series& series, const Terminal& terminal) {
                     const Cell state = StateCell(series);
                     *terminal.out << fmt::format("{}: revision {}, {}\n",
                                                  Printable(IdOf(series.name())), series.revision(),
                                                  Paint(state.text, state.style, terminal.colour));
                   });
    };
  });
}

}  // namespace

void AddWeightsTargetsCommands(CLI::App& weights, Context& context) {
  CLI::App* targets = weights.add_subcommand("targets", "What is to be reached, as dated series");
  targets->require_subcommand(1);
  targets->footer("Write them in a file, under `targets`, and apply that.");

  auto kpi = std::make_shared<std::string>();
  CLI::App* list = targets->add_subcommand("list", "List the series of targets");
  list->add_option("--kpi", *kpi, "Only those of this KPI")->type_name("ID");
  list->callback(
      [&context, kpi] { context.action = [&context, kpi] { return RunList(context, *kpi); }; });

  auto id = std::make_shared<std::string>();
  CLI::App* show = targets->add_subcommand("show", "Show one series");
  show->add_option("target", *id, "Its id")->required()->type_name("TARGET");
  show->callback([&context, id] {
    context.action = [&context, id]() -> absl::Status {
      const absl::StatusOr<client::Client*> client = context.Connection();
      if (!client.ok()) return client.status();
      v1::GetTargetSeriesRequest request;
      request.set_name(InCollection(*id, "targetSeries"));
      return Print(context, (*client)->GetTargetSeries(request), PrintOneCsv, PrintOne);
    };
  });
  AddChange<v1::ApproveTargetSeriesRequest, &client::Client::ApproveTargetSeries>(
      *targets, context, "approve", "Put a series in force that waits for a second pair of eyes");
  AddChange<v1::DeleteTargetSeriesRequest, &client::Client::DeleteTargetSeries>(
      *targets, context, "delete", "Take a series out of force");
}

}  // namespace keyscore::cli
