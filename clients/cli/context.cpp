// The terminal as it is, and the lazy connection.
#include "cli/context.h"

#include <pwd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "absl/time/time.h"
#include "cli/exit_code.h"
#include "cli/version.h"

namespace keyscore::cli {
namespace {

// Who sits here: noted by the server with every change. Letters that no header may carry are
// shown as '?'.
std::string UserName() {
  std::string name;
  if (const char* user = std::getenv("USER"); user != nullptr) name = user;
  std::array<char, 4096> buffer;
  passwd entry{};
  passwd* found = nullptr;
  if (name.empty() && getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 &&
      found != nullptr) {
    name = found->pw_name;
  }
  for (char& c : name) c = c >= ' ' && c <= '~' ? c : '?';
  return name.substr(0, 150);
}

}  // namespace

Terminal RealTerminal() {
  Terminal terminal{.out = &std::cout, .err = &std::cerr};
  const bool out_is_terminal = isatty(STDOUT_FILENO) == 1;
  terminal.err_is_terminal = isatty(STDERR_FILENO) == 1;
  const char* no_colour = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  terminal.colour = out_is_terminal && (no_colour == nullptr || *no_colour == '\0') &&
                    (term == nullptr || std::string_view(term) != "dumb");
  winsize size{};
  if (out_is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    terminal.width = size.ws_col;
  }
  return terminal;
}

absl::StatusOr<client::Client*> Context::Connection() {
  if (client_ != nullptr) return client_.get();
  client::ConnectOptions options;
  options.timeout = absl::Seconds(timeout_seconds);
  if (timeout_given) options.plugin_timeout = options.timeout;
  options.user = UserName();
  options.user_agent = std::string("keyscore/") + kVersion;
  const bool tls_asked = tls || !tls_options.root_certificates_file.empty() ||
                         !tls_options.certificate_file.empty() ||
                         !tls_options.private_key_file.empty();
  if (tls_asked) options.tls = tls_options;
  auto connected = client::Connect(server, options);
  if (!connected.ok()) return UsageError(std::string(connected.status().message()));
  client_ = *std::move(connected);
  return client_.get();
}

}  // namespace keyscore::cli
