// Runs a piece of code in a forked child under the sandbox and brings back what it says.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "absl/functional/function_ref.h"
#include "fmt/format.h"
#include "kpis/sandbox/sandbox.h"

namespace keyscore::kpis {

// "allowed", or the errno's name of a call that came back with -1 (or with null, for pointers).
inline std::string Verdict(long result) {
  return result == -1 ? strerrorname_np(errno) : "allowed";
}

// What `code` returned in the child; "signal N" where that ended it.
inline std::string Confined(const SandboxOptions& options, absl::FunctionRef<std::string()> code) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    const absl::Status entered = EnterSandbox(options);
    const std::string said = entered.ok() ? code() : std::string(entered.message());
    const ssize_t written = write(ends[1], said.data(), said.size());
    _exit(written == static_cast<ssize_t>(said.size()) ? 0 : 1);
  }
  close(ends[1]);
  std::string said;
  char chunk[4096];
  for (ssize_t count; (count = read(ends[0], chunk, sizeof(chunk))) > 0;) {
    said.append(chunk, static_cast<size_t>(count));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) return fmt::format("signal {}", WTERMSIG(status));
  return WEXITSTATUS(status) == 0 ? said : fmt::format("exit code {}", WEXITSTATUS(status));
}

}  // namespace keyscore::kpis
