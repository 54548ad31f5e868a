// keyscore completion: a shell's completion, generated from the tree of commands, so that it can't
// lag behind.
#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/completion.h"

namespace keyscore::cli {

void AddCompletionCommand(CLI::App& app, Context& context) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("completion", "Print the completion script of a shell");
  command->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->type_name("SHELL");
  command->footer(
      "bash: source <(keyscore completion bash)\n"
      "zsh:  keyscore completion zsh > \"${fpath[1]}/_keyscore\"\n"
      "fish: keyscore completion fish > ~/.config/fish/completions/keyscore.fish");
  command->callback([&context, &app, shell] {
    context.action = [&context, &app, shell] {
      context.out() << CompletionScript(app, *shell);
      return absl::OkStatus();
    };
  });
}

}  // namespace keyscore::cli
