// Starting and stopping keyscored.
#include "support/server.h"

#include <csignal>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace keyscore::testing {
namespace {

constexpr char kReady[] = "keyscored ready on ";

}  // namespace

std::vector<std::string> ServerCommand(const ServerOptions& options,
                                       const std::filesystem::path& folder) {
  std::string config = absl::StrCat(
      "builtin_plugin_directory: ", Environment("KEYSCORE_PLUGINS_DIR"),
      "\ncalendar:\n  time_zone: ", options.time_zone,
      "\n  fiscal_year_start_month: ", options.fiscal_year_start_month, "\n", options.more_config);
  if (!options.plugins.empty()) {
    absl::StrAppend(&config, "plugin_directories:\n  - ", options.plugins.string(), "\n");
  }
  if (!options.listeners.empty()) {
    absl::StrAppend(&config, "listeners:\n", options.listeners, "\n");
  }
  WriteFile(folder / "config.yaml", config);
  const std::filesystem::path data = options.data.empty() ? folder / "data" : options.data;
  std::vector<std::string> command = {Environment("KEYSCORED_BIN"), "--data", data.string(),
                                      "--config", (folder / "config.yaml").string()};
  // The flag would replace the file's listeners.
  if (options.listeners.empty()) command.insert(command.end(), {"--listen", "127.0.0.1:0"});
  return command;
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options) {
  std::unique_ptr<Server> server(new Server);
  if (absl::Status status = server->Launch(options); !status.ok()) return status;
  return server;
}

absl::Status Server::Launch(const ServerOptions& options) {
  const std::filesystem::path out = folder_ / "out";
  pid_ =
      Spawn(ServerCommand(options, folder_.path()), {}, out.string(), (folder_ / "err").string());
  const absl::Time deadline = absl::Now() + absl::Seconds(60);
  while (address_.empty()) {
    const std::string text = ReadFile(out);
    const size_t line = text.find(kReady);
    const size_t end = line == std::string::npos ? line : text.find('\n', line);
    if (end != std::string::npos) {
      const size_t begin = line + sizeof(kReady) - 1;
      // What stands after the address is for people.
      address_ = text.substr(begin, text.find_first_of(" \n", begin) - begin);
      break;
    }
    const int exit_code = WaitFor(pid_, absl::ZeroDuration());
    if (exit_code != -1) {
      pid_ = -1;
      return absl::UnavailableError(
          absl::StrCat("keyscored ended with ", exit_code, ":\n", text, Log()));
    }
    if (absl::Now() > deadline) {
      return absl::DeadlineExceededError(absl::StrCat("keyscored is not ready:\n", text, Log()));
    }
    absl::SleepFor(absl::Milliseconds(5));
  }
  client::ConnectOptions connect;
  connect.timeout = absl::Minutes(2);
  connect.tls = options.tls;
  absl::StatusOr<std::unique_ptr<client::Client>> client = client::Connect(address_, connect);
  if (!client.ok()) return client.status();
  client_ = *std::move(client);
  return client_->WaitUntilConnected(absl::Seconds(20));
}

Server::~Server() { Kill(); }

std::string Server::Log() const { return ReadFile(folder_ / "err"); }

int Server::Stop(absl::Duration timeout) {
  if (pid_ < 0) return -1;
  kill(pid_, SIGTERM);
  const int exit_code = WaitFor(pid_, timeout);
  if (exit_code != -1) pid_ = -1;
  return exit_code;
}

void Server::Kill() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  WaitFor(pid_, absl::Seconds(30));
  pid_ = -1;
}

Finished Server::Cli(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), Environment("KEYSCORE_CLI_BIN"));
  return Run(arguments, {"KEYSCORE_SERVER=" + address_, "NO_COLOR=1"});
}

}  // namespace keyscore::testing
