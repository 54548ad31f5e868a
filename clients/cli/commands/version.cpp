// keyscore version.
#include "cli/version.h"
#include "cli/commands/commands.h"

namespace keyscore::cli {

void AddVersionCommand(CLI::App& app, Context& context) {
  app.add_subcommand("version", "Print the version")->callback([&context] {
    context.action = [&context] {
      if (context.output == Output::kJson) {
        context.out() << "{\"version\": \"" << kVersion << "\"}\n";
      } else {
        context.out() << "keyscore " << kVersion << '\n';
      }
      return absl::OkStatus();
    };
  });
}

}  // namespace keyscore::cli
