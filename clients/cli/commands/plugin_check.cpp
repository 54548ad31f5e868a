// keyscore plugin check: the conformance checker on files.
#include "cli/commands/plugin_check.h"

#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/text/format.h"
#include "kpis/conformance/check.h"

namespace keyscore::cli {
namespace {

namespace conformance = kpis::conformance;

struct Asked {
  std::vector<std::string> files;
  std::string golden;
  std::string format = "text";
};

absl::Status Check(const Asked& asked, const Context& context) {
  if (!asked.golden.empty() && asked.files.size() > 1) {
    return UsageError("--golden is for one library; give the libraries one by one");
  }
  const bool json = asked.format == "json" || context.output == Output::kJson;
  nlohmann::ordered_json reports = nlohmann::ordered_json::array();
  int64_t failed = 0;
  for (const std::string& file : asked.files) {
    const conformance::Report report =
        conformance::CheckLibrary(file, {.golden_file = asked.golden});
    failed += report.passed() ? 0 : 1;
    if (json) {
      reports.push_back(conformance::ToJson(report));
    } else {
      context.out() << (&file == &asked.files.front() ? "" : "\n")
                    << conformance::ToText(report, context.terminal.colour) << std::flush;
    }
  }
  if (json) {
    // A path need not be UTF-8; JSON must.
    context.out() << reports.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  }
  if (failed == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(fmt::format(
      "{} of {} {} not conform; each FAIL above says how to mend it", failed,
      Plural(static_cast<int64_t>(asked.files.size()), "plugin"), failed == 1 ? "does" : "do"));
}

}  // namespace

void AddPluginCheckCommand(CLI::App& plugins, Context& context) {
  auto asked = std::make_shared<Asked>();
  CLI::App* check = plugins.add_subcommand(
      "check", "Try a plugin's file against every rule that the server relies on");
  check->add_option("files", asked->files, "Built libraries, e.g. build/acme_health.so")
      ->required()
      ->type_name("FILE.so");
  check
      ->add_option("--golden", asked->golden,
                   "Golden vectors to reproduce; those beside the library, "
                   "acme_health.golden.yaml, unless given")
      ->type_name("FILE");
  check->add_option("--format", asked->format, "How to print: text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("FORMAT");
  check->footer(
      "Exit codes: 0 conforms, 1 a rule failed or the file can't be read, 2 wrong usage.");
  check->callback(
      [&context, asked] { context.action = [&context, asked] { return Check(*asked, context); }; });
}

}  // namespace keyscore::cli
