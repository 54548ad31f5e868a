// The end of an import: what was read, what became of it, and what deserves a look.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/import/importer.h"
#include "cli/text/csv.h"
#include "cli/text/format.h"
#include "cli/text/table.h"
#include "cli/text/width.h"

namespace keyscore::cli {
namespace {

constexpr size_t kShownReasons = 12;

std::string FileName(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

// A count of something bad: quiet when it is zero.
Cell BadCount(int64_t count, Style style) {
  return count == 0 ? Cell("0", Style::kDim) : Cell(FormatCount(count), style);
}

void PrintFiles(const ImportReport& report, const Terminal& terminal) {
  const bool any_bad = std::any_of(report.files.begin(), report.files.end(),
                                   [](const ReadFile& file) { return file.bad_lines > 0; });
  Table table({{"File"}, {"Rows", Align::kRight}, {any_bad ? "Unreadable" : "", Align::kRight}});
  for (const ReadFile& file : report.files) {
    table.AddRow({Cell(FileName(file.path)), Cell(FormatCount(file.rows)),
                  any_bad ? BadCount(file.bad_lines, Style::kPoor) : Cell()});
  }
  if (!table.empty()) *terminal.out << table.Render(terminal.colour) << '\n';
  for (const std::string& left_out : report.left_out) {
    *terminal.out << Paint("Left out: " + Printable(left_out), Style::kDim, terminal.colour)
                  << '\n';
  }
  if (!report.left_out.empty()) *terminal.out << '\n';
}

void PrintDatasets(const ImportReport& report, const Terminal& terminal) {
  const bool any_refused =
      std::any_of(report.datasets.begin(), report.datasets.end(),
                  [](const ImportedDataset& dataset) { return dataset.refused > 0; });
  // A dry run can say what is faultless, not what it would have changed.
  const bool dry = report.dry_run;
  Table table({{"Dataset"},
               {"Read", Align::kRight},
               {dry ? "Faultless" : "Accepted", Align::kRight},
               {"New", Align::kRight},
               {"Changed", Align::kRight},
               {"Replayed", Align::kRight},
               {"Rejected", Align::kRight},
               {any_refused ? "Refused" : "", Align::kRight}});
  const auto written = [dry](int64_t count) { return dry ? Cell() : Cell(FormatCount(count)); };
  for (const ImportedDataset& dataset : report.datasets) {
    const int64_t accepted = dry ? dataset.read - dataset.rejected - dataset.refused
                                 : dataset.inserted + dataset.updated;
    table.AddRow({Cell(dataset.dataset), Cell(FormatCount(dataset.read)),
                  Cell(FormatCount(accepted), Style::kStrong), written(dataset.inserted),
                  written(dataset.updated), written(dataset.replayed),
                  BadCount(dataset.rejected, Style::kPoor),
                  any_refused ? BadCount(dataset.refused, Style::kPoor) : Cell()});
  }
  if (!table.empty()) *terminal.out << table.Render(terminal.colour);
}

void PrintWarnings(const ImportReport& report, const Terminal& terminal) {
  if (report.warnings.empty()) return;
  *terminal.out << '\n' << Paint("Worth a look", Style::kFair, terminal.colour) << '\n';
  Table table({{"", Align::kRight}, {""}, {""}, {""}});
  for (const ImportWarning& warning : report.warnings) {
    table.AddRow({Cell(FormatCount(warning.count)), Cell(warning.dataset), Cell(warning.message),
                  Cell("e.g. " + warning.examples, Style::kDim)});
  }
  *terminal.out << table.Render(terminal.colour, 2);
}

void PrintRejects(const ImportReport& report, const Terminal& terminal) {
  if (report.rejected == 0) return;
  std::ostream& out = *terminal.out;
  out << '\n'
      << Paint(fmt::format("{} rejected", Plural(report.rejected, "row")), Style::kPoor,
               terminal.colour)
      << fmt::format("; each with its reason in {}\n", report.rejects_path);
  Table table({{"", Align::kRight}, {""}, {""}, {"", Align::kLeft, 90}});
  for (size_t i = 0; i < report.rejects.size() && i < kShownReasons; ++i) {
    const auto& group = report.rejects[i];
    table.AddRow({Cell(FormatCount(group.count)), Cell(group.dataset), Cell(group.column),
                  Cell(group.reason)});
  }
  out << table.Render(terminal.colour, 2);
  if (report.rejects.size() > kShownReasons) {
    out << fmt::format(
        "  … and {}\n",
        Plural(static_cast<int64_t>(report.rejects.size() - kShownReasons), "further reason"));
  }
  int64_t unexplained = 0;
  for (const ImportedDataset& dataset : report.datasets) unexplained += dataset.unexplained;
  if (unexplained > 0) {
    out << fmt::format("  The server gave no reason for {} more; smaller --batch-rows show them.\n",
                       FormatCount(unexplained));
  }
}

void PrintTable(const ImportReport& report, const Terminal& terminal) {
  PrintFiles(report, terminal);
  PrintDatasets(report, terminal);
  PrintWarnings(report, terminal);
  PrintRejects(report, terminal);
  if (report.dry_run) {
    *terminal.out << "\nDry run: everything was checked, nothing was written.\n";
  }
}

nlohmann::json ToJson(const ImportReport& report) {
  using nlohmann::json;
  json out = {{"mapping", report.mapping},
              {"dryRun", report.dry_run},
              {"files", json::array()},
              {"leftOut", report.left_out},
              {"datasets", json::array()},
              {"warnings", json::array()},
              {"rejected", report.rejected},
              {"rejects", json::array()},
              {"rejectsFile", report.rejects_path},
              {"factWatermark", report.watermark},
              {"seconds", report.seconds}};
  for (const ReadFile& file : report.files) {
    out["files"].push_back(
        {{"path", file.path}, {"rows", file.rows}, {"unreadableLines", file.bad_lines}});
  }
  for (const ImportedDataset& dataset : report.datasets) {
    out["datasets"].push_back({{"dataset", "datasets/" + dataset.dataset},
                               {"read", dataset.read},
                               {"accepted", dataset.inserted + dataset.updated},
                               {"inserted", dataset.inserted},
                               {"updated", dataset.updated},
                               {"replayed", dataset.replayed},
                               {"rejected", dataset.rejected},
                               {"refused", dataset.refused}});
  }
  for (const ImportWarning& warning : report.warnings) {
    out["warnings"].push_back({{"dataset", "datasets/" + warning.dataset},
                               {"message", warning.message},
                               {"count", warning.count},
                               {"examples", warning.examples}});
  }
  for (const auto& group : report.rejects) {
    out["rejects"].push_back({{"dataset", group.dataset},
                              {"column", group.column},
                              {"reason", group.reason},
                              {"count", group.count}});
  }
  return out;
}

void PrintCsv(const ImportReport& report, std::ostream& out) {
  WriteCsvRecord(out, {"dataset", "read", "accepted", "inserted", "updated", "replayed", "rejected",
                       "refused"});
  for (const ImportedDataset& dataset : report.datasets) {
    WriteCsvRecord(
        out, {dataset.dataset, std::to_string(dataset.read),
              std::to_string(dataset.inserted + dataset.updated), std::to_string(dataset.inserted),
              std::to_string(dataset.updated), std::to_string(dataset.replayed),
              std::to_string(dataset.rejected), std::to_string(dataset.refused)});
  }
}

}  // namespace

void PrintImportReport(const ImportReport& report, Context& context) {
  switch (context.output) {
    case Output::kJson:
      context.out() << ToJson(report).dump(1, ' ', false, nlohmann::json::error_handler_t::replace)
                    << '\n';
      break;
    case Output::kCsv:
      PrintCsv(report, context.out());
      break;
    case Output::kTable:
      PrintTable(report, context.terminal);
      break;
  }
}

}  // namespace keyscore::cli
