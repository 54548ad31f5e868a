// keyscored: reads flags and configuration, and hands over to the daemon.
#include <CLI/CLI.hpp>

#include <iostream>
#include <string>

#include "config/config.h"
#include "config/version.h"
#include "rpc/daemon.h"

namespace {

constexpr int kFailed = 1;
constexpr int kMisused = 2;  // the command line or the configuration

int Complain(int code, const absl::Status& status) {
  std::cerr << "keyscored: " << std::string(status.message()) << '\n';
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace keyscore;
  CLI::App app(
      "keyscored scores how well key account managers look after their accounts, and serves "
      "the scorecards over gRPC.",
      "keyscored");
  config::Flags flags;
  std::string config_path;
  bool check_only = false;
  app.add_option("--data", flags.data_directory, "Directory of the facts; made if it isn't there")
      ->type_name("DIR");
  app.add_option(
         "--listen", flags.listen,
         "Address to listen on, e.g. 127.0.0.1:7443; port 0 picks a free one; may be repeated")
      ->type_name("ADDRESS");
  app.add_option("--config", config_path, "Configuration file; flags beat it")->type_name("FILE");
  app.add_option("--plugins", flags.plugin_directories,
                 "Directory with the organisation's own KPI libraries; may be repeated")
      ->type_name("DIR");
  app.add_flag("--check-config", check_only, "Check the configuration and exit");
  app.set_version_flag("--version", std::string("keyscored ") + config::kVersion);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kMisused;
  }

  config::Config config;
  if (!config_path.empty()) {
    auto read = config::ReadFile(config_path);
    if (!read.ok()) return Complain(kMisused, read.status());
    config = *std::move(read);
  }
  config::Apply(flags, config);
  if (const auto status = config::Validate(config); !status.ok()) return Complain(kMisused, status);
  if (const auto status = rpc::CheckConfig(config); !status.ok()) return Complain(kMisused, status);
  if (check_only) {
    std::cout << "configuration OK\n";
    return 0;
  }
  const absl::Status status = rpc::RunDaemon(config);
  if (status.ok()) return 0;
  return Complain(absl::IsInvalidArgument(status) ? kMisused : kFailed, status);
}
