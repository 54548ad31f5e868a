// `keyscore`: the command.
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <system_error>

#include "cli/app.h"
#include "cli/exit_code.h"

int main(int argc, char** argv) {
  // What goes wrong is said once, by us; who wants gRPC's own words sets the variable.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
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
