// keyscore plugin describe: the cards of a library's KPIs and datasets.
#include <memory>
#include <string>
#include <vector>

#include "cli/commands/plugin_check.h"
#include "kpis/conformance/describe.h"

namespace keyscore::cli {

void AddPluginDescribeCommand(CLI::App& plugins, Context& context) {
  using kpis::conformance::Form;
  struct Asked {
    std::vector<std::string> files;
    std::string format = "text";
  };
  auto asked = std::make_shared<Asked>();
  CLI::App* describe = plugins.add_subcommand(
      "describe", "Print the KPIs and datasets of plugin files, without a server");
  describe->add_option("files", asked->files, "Built libraries, e.g. build/acme_health.so")
      ->required()
      ->type_name("FILE.so");
  describe->add_option("--format", asked->format, "How to print: text or markdown (a whole page)")
      ->check(CLI::IsMember({"text", "markdown"}))
      ->type_name("FORMAT");
  describe->callback([&context, asked] {
    context.action = [&context, asked]() -> absl::Status {
      const absl::StatusOr<std::string> page = kpis::conformance::DescribeLibraries(
          asked->files, asked->format == "markdown" ? Form::kMarkdown : Form::kText);
      if (!page.ok()) return page.status();
      context.out() << *page;
      return absl::OkStatus();
    };
  });
}

}  // namespace keyscore::cli
