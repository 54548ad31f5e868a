// keyscore plugin new: writes the project, and says what to do next.
#include "cli/commands/plugin_new.h"

#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "absl/strings/str_split.h"
#include "cli/commands/plugin_new_project.h"

namespace keyscore::cli {
namespace {

namespace fs = std::filesystem;

// CMake looks for packages beside the folders of PATH; a program that lies elsewhere needs a hint.
bool IsOnPath(const std::string& program_folder) {
  const char* path = std::getenv("PATH");
  std::error_code ignored;
  const std::vector<std::string> folders = absl::StrSplit(path == nullptr ? "" : path, ':');
  for (const std::string& folder : folders) {
    if (!folder.empty() && fs::equivalent(folder, program_folder, ignored)) return true;
  }
  return false;
}

// An argument for a shell.
std::string Quoted(const std::string& text) {
  if (text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             "_-./+,:@%") == std::string::npos) {
    return text;
  }
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

void PrintWritten(const Context& context, const std::string& name, const std::string& directory,
                  const std::vector<std::string>& files) {
  if (context.output == Output::kJson) {
    const nlohmann::json written = {{"directory", directory}, {"files", files}};
    // A path need not be UTF-8; JSON must.
    context.out() << written.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    return;
  }
  std::string prefix;
  if (!IsOnPath(context.program_folder)) {
    const fs::path folder = fs::path(context.program_folder).parent_path();
    prefix = " -DCMAKE_PREFIX_PATH=" + Quoted(folder.string());
  }
  const std::string enter = directory == "." ? "" : fmt::format("  cd {}\n", Quoted(directory));
  context.out() << fmt::format(
      "Wrote {0}: {1}\n\nNext, edit {2}.cpp, then\n\n{3}  cmake -B build{4}\n  cmake --build "
      "build\n"
      "  ctest --test-dir build --output-on-failure\n"
      "  keyscore plugin check build/{2}.so --golden {2}.golden.yaml\n"
      "  keyscore plugin install build/{2}.so --golden {2}.golden.yaml --reason 'first version'\n",
      Quoted(directory), fmt::join(files, ", "), name, enter, prefix);
}

}  // namespace

void AddPluginNewCommand(CLI::App& plugins, Context& context) {
  struct Options {
    std::string name;
    std::string directory;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command =
      plugins.add_subcommand("new", "Write a project for a KPI library of your own");
  command
      ->add_option("name", options->name,
                   "The library's name in snake_case; its KPIs are called name.something")
      ->required()
      ->type_name("NAME");
  command
      ->add_option("-d,--directory", options->directory,
                   "Where to write it, missing or empty; the folder NAME unless said")
      ->type_name("DIR");
  command->footer("Needs no server. Example: keyscore plugin new acme_health");
  command->callback([&context, options] {
    context.action = [&context, options]() -> absl::Status {
      if (absl::Status status = CheckLibraryName(options->name); !status.ok()) return status;
      const std::string directory = options->directory.empty() ? options->name : options->directory;
      const auto files =
          WriteProject(TemplateFolder(context.program_folder), options->name, directory);
      if (!files.ok()) return files.status();
      PrintWritten(context, options->name, directory, *files);
      return absl::OkStatus();
    };
  });
}

}  // namespace keyscore::cli
