// A library that was taken: one line for it, its KPIs, and the rules in one line too, unless some
// of them failed.
#include "cli/commands/render_checks.h"

#include <fmt/format.h>

#include "cli/commands/render_plugin.h"
#include "cli/text/format.h"
#include "cli/text/width.h"

namespace keyscore::cli {
namespace {

using Check = v1::ConformanceCheck;

void PrintHead(const v1::Plugin& plugin, const InstallAsked& asked, const Terminal& terminal) {
  const std::string id = Printable(IdOf(plugin.name()));
  // In shadow, the plugin's own version is still the one that is served.
  const bool shadows = asked.shadow && plugin.has_shadow();
  const std::string version = Printable(shadows ? plugin.shadow().version() : plugin.version());
  const std::string digest = ShortDigest(shadows ? plugin.shadow().sha256() : plugin.sha256());
  std::string what;
  if (asked.validate_only) {
    what = asked.shadow ? "may run in shadow; nothing was changed"
                        : "may be installed; nothing was changed";
  } else if (shadows) {
    what = fmt::format("runs in shadow beside {}; `keyscore plugin shadow {}` compares them",
                       Printable(plugin.version()), id);
  } else if (plugin.state() == v1::Plugin::STATE_ACTIVE) {
    what = plugin.isolated() ? "is in force, in a worker process of its own"
                             : "is in force, in the server's process";
  } else {
    what = fmt::format("is installed, and {}; `keyscore plugin enable {}` puts it in force",
                       StateOf(plugin).text, id);
  }
  *terminal.out << fmt::format(
      "{} {}  {}\n", Paint(id + " " + version, Style::kStrong, terminal.colour), what,
      Paint(fmt::format("sha256 {}{}", digest,
                        plugin.revision() > 0 && !asked.validate_only
                            ? fmt::format(", revision {}", plugin.revision())
                            : std::string()),
            Style::kDim, terminal.colour));
  const auto& kpis = shadows ? plugin.shadow().kpis() : plugin.kpis();
  for (const std::string& kpi : kpis) {
    *terminal.out << "  KPI      " << Printable(IdOf(kpi)) << '\n';
  }
  for (const std::string& dataset : plugin.datasets()) {
    *terminal.out << "  dataset  " << Printable(IdOf(dataset)) << '\n';
  }
}

void PrintFailed(const Check& check, const Terminal& terminal) {
  std::ostream& out = *terminal.out;
  out << fmt::format("{}  {}: {}\n", Paint("FAIL", Style::kError, terminal.colour),
                     Printable(check.rule()), Printable(check.tried()));
  if (!check.note().empty()) out << "      " << Printable(check.note()) << '\n';
  for (const Check::Failure& failure : check.failures()) {
    out << fmt::format("      {}{}\n",
                       failure.kpi().empty() ? "" : Printable(IdOf(failure.kpi())) + ": ",
                       Printable(failure.happened()));
    if (!failure.fix().empty()) out << "      fix: " << Printable(failure.fix()) << '\n';
  }
}

}  // namespace

void PrintInstalled(const v1::InstallPluginResponse& reply, const InstallAsked& asked,
                    const Terminal& terminal) {
  PrintHead(reply.plugin(), asked, terminal);
  if (reply.checks_size() == 0) return;
  int64_t passed = 0;
  int64_t failed = 0;
  int64_t skipped = 0;
  for (const Check& check : reply.checks()) {
    passed += check.outcome() == Check::OUTCOME_PASSED ? 1 : 0;
    failed += check.outcome() == Check::OUTCOME_FAILED ? 1 : 0;
    skipped += check.outcome() == Check::OUTCOME_SKIPPED ? 1 : 0;
  }
  std::string summary = Plural(passed, "rule") + " passed";
  if (failed > 0) summary += fmt::format(", {} failed", failed);
  if (skipped > 0) summary += fmt::format(", {} skipped", skipped);
  *terminal.out << summary << '\n';
  for (const Check& check : reply.checks()) {
    if (check.outcome() == Check::OUTCOME_FAILED) PrintFailed(check, terminal);
  }
}

}  // namespace keyscore::cli
