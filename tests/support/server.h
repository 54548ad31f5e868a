// A keyscored of the test's own, and the command keyscore against it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "keyscore/client/client.h"
#include "support/environment.h"
#include "support/process.h"

namespace keyscore::testing {

struct ServerOptions {
  // Where the facts are; empty = a new folder that goes with the server.
  std::filesystem::path data;
  std::string time_zone = "UTC";
  int fiscal_year_start_month = 1;  // 1 to 12
  // Libraries on top of the built-in ones; empty = none.
  std::filesystem::path plugins;
  // More YAML for the configuration, whole top-level keys.
  std::string more_config;
  // YAML of the key `listeners`, in place of one in the clear on 127.0.0.1:0. address() and
  // client() are about the first of them.
  std::string listeners;
  // How client() talks to it; absent = in the clear.
  std::optional<client::TlsOptions> tls;
};

class Server {
 public:
  // Waits for the line that says it is ready. The error carries what the server wrote.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options = {});
  // Kills it where it still runs.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const std::string& address() const { return address_; }
  client::Client& client() { return *client_; }
  pid_t pid() const { return pid_; }
  // What it wrote to standard error so far.
  std::string Log() const;

  // SIGTERM, then its exit code; -1 where it didn't end within the time.
  int Stop(absl::Duration timeout = absl::Seconds(30));
  // SIGKILL: as if the power went.
  void Kill();

  // Runs the command keyscore with KEYSCORE_SERVER set.
  Finished Cli(std::vector<std::string> arguments) const;

 private:
  Server() = default;
  absl::Status Launch(const ServerOptions& options);

  TempDir folder_;
  pid_t pid_ = -1;
  std::string address_;
  std::unique_ptr<client::Client> client_;
};

// The command line and the folder of a server with these options, for tests that start it in
// their own way. Writes the configuration file into `folder`.
std::vector<std::string> ServerCommand(const ServerOptions& options,
                                       const std::filesystem::path& folder);

}  // namespace keyscore::testing
