// What every command of `keyscore` shares: the options that stand before or after any of them, the
// streams, and the connection, which is made when it is first needed.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "absl/status/statusor.h"
#include "keyscore/client/client.h"

namespace keyscore::cli {

enum class Output { kTable, kJson, kCsv };

// Where output goes, and what may be written there.
struct Terminal {
  std::ostream* out = nullptr;
  std::ostream* err = nullptr;
  bool colour = false;           // stdout is a terminal that wants colour
  bool err_is_terminal = false;  // so that a progress bar makes sense
  size_t width = 100;            // columns of stdout
};

// Looks at stdout, stderr, NO_COLOR, TERM and COLUMNS.
Terminal RealTerminal();

struct Context {
  Terminal terminal;
  // Global options.
  std::string server = "127.0.0.1:7443";
  double timeout_seconds = 30;
  bool timeout_given = false;  // else changes of plugins may take longer
  Output output = Output::kTable;
  bool tls = false;
  client::TlsOptions tls_options;
  // The folder that the program lies in, to find what was installed with it.
  std::string program_folder;

  // What the parsed command line asks for.
  std::function<absl::Status()> action;

  // The connection, made on first use.
  absl::StatusOr<client::Client*> Connection();

  std::ostream& out() const { return *terminal.out; }
  std::ostream& err() const { return *terminal.err; }

 private:
  std::unique_ptr<client::Client> client_;
};

}  // namespace keyscore::cli
