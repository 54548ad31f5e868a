// `keyscore-plugin-check`: the conformance checker as a program of its own, which is installed with
// the SDK and needs nothing of the server. `keyscore plugin check` is the same with more around it.
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "kpis/conformance/check.h"

namespace {

namespace conformance = keyscore::kpis::conformance;

enum ExitCode : int { kConforms = 0, kFailed = 1, kUsage = 2 };

struct Asked {
  std::vector<std::string> files;
  std::string golden;
  std::string format = "text";
  pid_t parent = 0;
};

// A checker whose server is killed must not outlive it.
void EndWithParent(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) std::_Exit(kFailed);  // it was gone before
}

int Check(const Asked& asked) {
  const bool colour = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  nlohmann::ordered_json reports = nlohmann::ordered_json::array();
  bool passed = true;
  for (const std::string& file : asked.files) {
    const conformance::Report report =
        conformance::CheckLibrary(file, {.golden_file = asked.golden});
    passed = passed && report.passed();
    if (asked.format == "json") {
      reports.push_back(conformance::ToJson(report));
    } else {
      std::cout << conformance::ToText(report, colour) << std::flush;
    }
  }
  if (asked.format == "json") {
    // A path need not be UTF-8; JSON must.
    std::cout << reports.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  }
  return passed ? kConforms : kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    CLI::App app("Tries KPI libraries against every rule that the Keyscore server relies on.",
                 "keyscore-plugin-check");
    Asked asked;
    app.add_option("files", asked.files, "Built libraries")->required()->type_name("FILE.so");
    app.add_option("--golden", asked.golden,
                   "Golden vectors to reproduce; FILE.golden.yaml beside the library unless given")
        ->type_name("FILE");
    app.add_option("--format", asked.format, "How to print: text or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->type_name("FORMAT");
    app.add_option("--parent", asked.parent, "The process to end with")->group("");  // not shown
    app.footer("Exit codes: 0 conforms, 1 a rule failed or a file can't be read, 2 wrong usage.");
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app.exit(error) == 0 ? kConforms : kUsage;
    }
    if (!asked.golden.empty() && asked.files.size() > 1) {
      std::cerr << "keyscore-plugin-check: --golden is for one library\n";
      return kUsage;
    }
    if (asked.parent != 0) EndWithParent(asked.parent);
    return Check(asked);
  } catch (const std::exception& error) {
    std::cerr << "keyscore-plugin-check: unexpected: " << error.what() << std::endl;
    return kFailed;
  }
}
