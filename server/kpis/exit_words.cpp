// Signals by their names.
#include "kpis/exit_words.h"

#include <sys/wait.h>

#include <csignal>
#include <cstring>

#include "fmt/format.h"

namespace keyscore::kpis {

std::string ExitWords(int wait_status) {
  if (!WIFSIGNALED(wait_status)) {
    return fmt::format("exited with code {}", WEXITSTATUS(wait_status));
  }
  const int signal = WTERMSIG(wait_status);
  const char* const name = sigabbrev_np(signal);
  return name == nullptr ? fmt::format("crashed with signal {}", signal)
                         : fmt::format("crashed with SIG{}", name);
}

}  // namespace keyscore::kpis
