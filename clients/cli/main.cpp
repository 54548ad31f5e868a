// `keyscore`: the command.
#include <exception>
#include <filesystem>
#include <iostream>
#include <system_error>

#include "cli/app.h"
#include "cli/exit_code.h"

int main(int argc, char** argv) {
  try {
    keyscore::cli::Context context;
    context.terminal = keyscore::cli::RealTerminal();
    std::error_code ignored;
    context.program_folder =
        std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path().string();
    return keyscore::cli::Run(argc, argv, context);
  } catch (const std::exception& error) {
    std::cerr << "keyscore: unexpected: " << error.what() << std::endl;
    return keyscore::cli::kFailed;
  }
}
