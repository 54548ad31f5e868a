// posix_spawn and waitpid.
#include "support/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "absl/time/clock.h"
#include "support/environment.h"

namespace keyscore::testing {
namespace {

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

pid_t Spawn(const std::vector<std::string>& command, const std::vector<std::string>& environment,
            const std::string& out_path, const std::string& err_path) {
  std::vector<std::string> variables = environment;
  for (char** variable = environ; *variable != nullptr; ++variable) variables.push_back(*variable);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  constexpr int kFlags = O_WRONLY | O_CREAT | O_APPEND;
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out_path.c_str(), kFlags, 0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err_path.c_str(), kFlags, 0600);
  pid_t pid = -1;
  const int error = posix_spawnp(&pid, command.front().c_str(), &actions, nullptr,
                                 Pointers(command).data(), Pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    std::fprintf(stderr, "can't start %s: error %d\n", command.front().c_str(), error);
    std::exit(2);
  }
  return pid;
}

int WaitFor(pid_t pid, absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  int status = 0;
  while (waitpid(pid, &status, WNOHANG) == 0) {
    if (absl::Now() > deadline) return -1;
    absl::SleepFor(absl::Milliseconds(5));
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

Finished Run(const std::vector<std::string>& command, const std::vector<std::string>& environment) {
  const TempDir folder;
  const std::string out = (folder / "out").string();
  const std::string err = (folder / "err").string();
  const pid_t pid = Spawn(command, environment, out, err);
  Finished finished;
  finished.exit_code = WaitFor(pid, absl::Minutes(4));
  if (finished.exit_code == -1) {
    kill(pid, SIGKILL);
    WaitFor(pid, absl::Seconds(10));
  }
  finished.out = ReadFile(out);
  finished.err = ReadFile(err);
  return finished;
}

}  // namespace keyscore::testing
