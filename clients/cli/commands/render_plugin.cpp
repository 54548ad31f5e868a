// Everything about one plugin: what it is, where it runs, and how each of its KPIs does.
#include <fmt/format.h>

#include "cli/commands/render_plugin.h"
#include "cli/text/format.h"
#include "cli/text/width.h"

namespace keyscore::cli {
namespace {

using Breaker = v1::KpiRuntime;

// The breaker in words, and whether they are good news.
Cell CallsNow(const v1::KpiRuntime& kpi) {
  switch (kpi.breaker()) {
    case Breaker::BREAKER_OPEN:
      return {fmt::format("paused after {} in a row, tried again from {} UTC on",
                          Plural(kpi.consecutive_failures(), "failure"), Moment(kpi.retry_time())),
              Style::kError};
    case Breaker::BREAKER_HALF_OPEN:
      return {"paused, one call is being tried", Style::kPoor};
    default:
      break;
  }
  if (kpi.consecutive_failures() > 0) {
    return {fmt::format("failing, {} in a row", FormatCount(kpi.consecutive_failures())),
            Style::kPoor};
  }
  return kpi.calls() > 0 ? Cell("works", Style::kGood) : Cell("not called yet", Style::kDim);
}

std::string WorkerWords(const v1::PluginRuntime& runtime) {
  std::string text = runtime.worker_process_id() == 0
                         ? std::string("none runs at the moment")
                         : fmt::format("process {}", runtime.worker_process_id());
  // Measured now and then, so 0 at first.
  if (runtime.worker_resident_bytes() > 0) {
    text += fmt::format(", {:.1f} MiB",
                        static_cast<double>(runtime.worker_resident_bytes()) / (1 << 20));
  }
  text += fmt::format(", {}", Plural(runtime.worker_restarts(), "restart"));
  if (runtime.suppressed_log_lines() > 0) {
    text += fmt::format(", {} left out of the log", Plural(runtime.suppressed_log_lines(), "line"));
  }
  return text;
}

void PrintRuntime(const v1::Plugin& plugin, const Terminal& terminal) {
  if (plugin.runtime().kpis_size() == 0) return;
  Table table({{"KPI"},
               {"Calls", Align::kRight},
               {"Rows", Align::kRight},
               {"Failures", Align::kRight},
               {"Now"},
               {"Last failure (UTC)"},
               {"", Align::kLeft, 100}});
  for (const v1::KpiRuntime& kpi : plugin.runtime().kpis()) {
    table.AddRow({Cell(IdOf(kpi.kpi())), Cell(FormatCount(kpi.calls())),
                  Cell(FormatCount(kpi.rows())), Cell(FormatCount(kpi.failures())), CallsNow(kpi),
                  Cell(kpi.has_last_failure_time() ? Moment(kpi.last_failure_time()) : ""),
                  Cell(kpi.last_failure(), Style::kDim)});
  }
  *terminal.out << '\n' << table.Render(terminal.colour);
}

}  // namespace

void PrintPlugin(const v1::Plugin& plugin, const Terminal& terminal) {
  Table table({{""}, {""}});
  const auto fact = [&table](const char* name, Cell value) {
    if (!value.text.empty()) table.AddRow({Cell(name, Style::kDim), std::move(value)});
  };
  fact("Plugin", Cell(plugin.name(), Style::kStrong));
  fact("State", StateOf(plugin));
  for (const std::string& reason : plugin.refusal_reasons()) {
    fact("Refused because", Cell(reason, Style::kError));
  }
  fact("Description", Cell(plugin.description()));
  fact("Version", Cell(plugin.version()));
  fact("Vendor", Cell(plugin.vendor()));
  fact("ABI", Cell(plugin.abi_version()));
  fact("Source", Cell(SourceWords(plugin)));
  fact("File", Cell(plugin.file_name()));
  fact("SHA-256", Cell(plugin.sha256()));
  if (plugin.has_load_time()) fact("Loaded", Cell(Rfc3339(plugin.load_time())));
  if (plugin.revision() > 0) fact("Revision", Cell(std::to_string(plugin.revision())));
  fact("Etag", Cell(plugin.etag(), Style::kDim));
  fact("Runs in", Cell(PlaceOf(plugin) == "worker"   ? "a worker process of its own"
                       : PlaceOf(plugin) == "server" ? "the server's process"
                                                     : ""));
  if (plugin.isolated() && plugin.has_runtime())
    fact("Worker", Cell(WorkerWords(plugin.runtime())));
  if (plugin.has_shadow()) {
    const v1::ShadowVersion& shadow = plugin.shadow();
    fact("In shadow",
         Cell(fmt::format("{} ({}), {}, since {} UTC", shadow.version(),
                          ShortDigest(shadow.sha256()), Plural(shadow.kpis_size(), "KPI"),
                          Moment(shadow.start_time()))));
  }
  for (const std::string& kpi : plugin.kpis()) fact("KPI", Cell(IdOf(kpi)));
  for (const std::string& dataset : plugin.datasets()) fact("Dataset", Cell(IdOf(dataset)));
  *terminal.out << table.Render(terminal.colour);
  PrintRuntime(plugin, terminal);
}

void PrintPluginChanged(const v1::Plugin& plugin, const Terminal& terminal) {
  const Cell state = StateOf(plugin);
  *terminal.out << fmt::format("{} {}: {}, {}, revision {}\n", Printable(IdOf(plugin.name())),
                               Printable(plugin.version()),
                               Paint(state.text, state.style, terminal.colour),
                               Plural(plugin.kpis_size(), "KPI"), plugin.revision());
}

}  // namespace keyscore::cli
