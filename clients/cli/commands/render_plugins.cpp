// Lists of plugins, and the words that go with them.
#include "cli/commands/render_plugin.h"

#include <fmt/format.h>

#include "cli/text/csv.h"
#include "cli/text/format.h"
#include "cli/text/width.h"

namespace keyscore::cli {
namespace {

using Breaker = v1::KpiRuntime;

std::string StateWords(const v1::Plugin& plugin) {
  return EnumWords(v1::Plugin::State_Name(plugin.state()), "STATE_");
}

int PausedKpis(const v1::Plugin& plugin) {
  int paused = 0;
  for (const v1::KpiRuntime& kpi : plugin.runtime().kpis()) {
    paused += kpi.breaker() == Breaker::BREAKER_OPEN || kpi.breaker() == Breaker::BREAKER_HALF_OPEN
                  ? 1
                  : 0;
  }
  return paused;
}

// What one wants to see of a plugin before anything else.
Cell Trouble(const v1::Plugin& plugin) {
  int failing = 0;
  for (const v1::KpiRuntime& kpi : plugin.runtime().kpis()) {
    failing += kpi.breaker() == Breaker::BREAKER_CLOSED && kpi.consecutive_failures() > 0 ? 1 : 0;
  }
  std::vector<std::string> notes;
  const int paused = PausedKpis(plugin);
  if (paused > 0) {
    notes.push_back(
        fmt::format("{} of {} paused", paused, Plural(plugin.runtime().kpis_size(), "KPI")));
  }
  if (failing > 0) notes.push_back(fmt::format("{} failing", Plural(failing, "KPI")));
  if (plugin.has_shadow()) notes.push_back(plugin.shadow().version() + " in shadow");
  return {fmt::format("{}", fmt::join(notes, "; ")), paused > 0    ? Style::kError
                                                     : failing > 0 ? Style::kPoor
                                                                   : Style::kDim};
}

}  // namespace

Cell StateOf(const v1::Plugin& plugin) {
  const Style style = plugin.state() == v1::Plugin::STATE_ACTIVE    ? Style::kGood
                      : plugin.state() == v1::Plugin::STATE_REFUSED ? Style::kError
                                                                    : Style::kFair;
  return {StateWords(plugin), style};
}

std::string SourceWords(const v1::Plugin& plugin) {
  switch (plugin.source()) {
    case v1::Plugin::SOURCE_BUILTIN:
      return "built in";
    case v1::Plugin::SOURCE_DIRECTORY:
      return "directory";
    case v1::Plugin::SOURCE_INSTALLED:
      return "installed";
    default:
      return "";
  }
}

std::string PlaceOf(const v1::Plugin& plugin) {
  if (plugin.state() != v1::Plugin::STATE_ACTIVE) return "";
  return plugin.isolated() ? "worker" : "server";
}

std::string Moment(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0 && time.nanos() == 0) return "";
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", ToTime(time), absl::UTCTimeZone());
}

std::string ShortDigest(const std::string& sha256) { return sha256.substr(0, 12); }

void PrintPlugins(const v1::ListPluginsResponse& reply, const Terminal& terminal) {
  std::ostream& out = *terminal.out;
  if (reply.plugins_size() == 0) {
    out << "No plugins: the server's plugin folder is empty.\n";
    return;
  }
  Table table({{"Plugin"},
               {"State"},
               {"Version"},
               {"Source"},
               {"Runs in"},
               {"KPIs", Align::kRight},
               {"SHA-256"},
               {"Notes"},
               {"Description", Align::kLeft, 60}});
  for (const v1::Plugin& plugin : reply.plugins()) {
    table.AddRow({Cell(IdOf(plugin.name())), StateOf(plugin), Cell(plugin.version()),
                  Cell(SourceWords(plugin)), Cell(PlaceOf(plugin)),
                  plugin.kpis_size() > 0 ? Cell(FormatCount(plugin.kpis_size())) : Cell(),
                  Cell(ShortDigest(plugin.sha256()), Style::kDim), Trouble(plugin),
                  Cell(plugin.description())});
  }
  out << table.Render(terminal.colour);
  for (const v1::Plugin& plugin : reply.plugins()) {
    for (const std::string& reason : plugin.refusal_reasons()) {
      out << fmt::format("\n{}: {}", Paint(plugin.file_name(), Style::kError, terminal.colour),
                         Printable(reason));
    }
    if (plugin.refusal_reasons_size() > 0) out << '\n';
  }
}

void PrintPluginsCsv(const v1::ListPluginsResponse& reply, std::ostream& out) {
  WriteCsvRecord(out, {"plugin", "state", "file_name", "version", "vendor", "abi_version", "kpis",
                       "datasets", "sha256", "builtin", "refusal_reasons", "description", "source",
                       "isolated", "revision", "paused_kpis", "shadow_version"});
  for (const v1::Plugin& plugin : reply.plugins()) {
    WriteCsvRecord(
        out,
        {plugin.name(), StateWords(plugin), plugin.file_name(), plugin.version(), plugin.vendor(),
         plugin.abi_version(), fmt::format("{}", fmt::join(plugin.kpis(), " ")),
         fmt::format("{}", fmt::join(plugin.datasets(), " ")), plugin.sha256(),
         plugin.builtin() ? "true" : "false",
         fmt::format("{}", fmt::join(plugin.refusal_reasons(), "; ")), plugin.description(),
         EnumWords(v1::Plugin::Source_Name(plugin.source()), "SOURCE_"),
         plugin.isolated() ? "true" : "false", std::to_string(plugin.revision()),
         std::to_string(PausedKpis(plugin)), plugin.shadow().version()});
  }
}

void PrintPluginCsv(const v1::Plugin& plugin, std::ostream& out) {
  v1::ListPluginsResponse one;
  *one.add_plugins() = plugin;
  PrintPluginsCsv(one, out);
}

}  // namespace keyscore::cli
