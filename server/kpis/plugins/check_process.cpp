// posix_spawn, two pipes, and a look at the clock every few milliseconds.
#include "kpis/plugins/check_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/time/clock.h"
#include "fmt/format.h"
#include "kpis/isolation/unique_fd.h"

namespace keyscore::kpis {
namespace {

constexpr size_t kMaxOutput = size_t{16} << 20;
constexpr size_t kMaxWords = size_t{64} << 10;
constexpr int kPollMillis = 10;

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

absl::StatusOr<Pipe> MakePipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return absl::ErrnoToStatus(errno, "no pipe to a program could be made");
  }
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

absl::StatusOr<pid_t> Start(std::vector<std::string>& command, int out, int words) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  const absl::Cleanup destroy = [&] {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  };
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, words, STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::array<char*, 1> environment{};
  pid_t process = 0;
  const int error = posix_spawn(&process, arguments[0], &files, &attributes, arguments.data(),
                                environment.data());
  if (error != 0) return absl::ErrnoToStatus(error, fmt::format("can't start {}", command[0]));
  return process;
}

// Appends what is in the pipe by now, and no more than `most`; false at its end.
bool Take(int pipe, size_t most, std::string& text) {
  std::array<char, 64 * 1024> chunk;
  for (size_t taken = 0; taken < most;) {
    const ssize_t count = read(pipe, chunk.data(), std::min(chunk.size(), most - taken));
    if (count == 0) return false;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno == EAGAIN;
    text.append(chunk.data(), static_cast<size_t>(count));
    taken += static_cast<size_t>(count);
  }
  return true;
}

// A process that runs, and is gone with everything in its group when this is.
class Running {
 public:
  Running(pid_t process, UniqueFd out, UniqueFd words)
      : process_(process), out_(std::move(out)), words_(std::move(words)) {}
  Running(const Running&) = delete;
  ~Running() { End(); }

  // Waits a moment for output; true when the process has ended and all was read.
  bool Wait() {
    std::array<pollfd, 2> ready = {
        {{out_open_ ? out_.get() : -1, POLLIN, 0}, {words_open_ ? words_.get() : -1, POLLIN, 0}}};
    poll(ready.data(), ready.size(), kPollMillis);
    siginfo_t info{};
    const bool ended =
        waitid(P_PID, static_cast<id_t>(process_), &info, WEXITED | WNOWAIT | WNOHANG) == 0 &&
        info.si_pid == process_;
    if (ended) End();  // what it started and still prints goes too
    out_open_ = out_open_ && Take(out_.get(), kMaxOutput + 1 - finished_.out.size(), finished_.out);
    words_open_ = words_open_ && Take(words_.get(), kMaxWords, finished_.last_words);
    if (finished_.last_words.size() > kMaxWords) {
      finished_.last_words.erase(0, finished_.last_words.size() - kMaxWords);
    }
    return ended;
  }

  bool prints_without_end() const { return finished_.out.size() > kMaxOutput; }
  FinishedProcess Result() && { return std::move(finished_); }

 private:
  // Kills the group while its leader is not reaped, so that the number is still its own.
  void End() {
    if (process_ <= 0) return;
    kill(-process_, SIGKILL);
    while (waitpid(process_, &finished_.status, 0) < 0 && errno == EINTR) {
    }
    process_ = -1;
  }

  pid_t process_;
  const UniqueFd out_;
  const UniqueFd words_;
  bool out_open_ = true;
  bool words_open_ = true;
  FinishedProcess finished_;
};

}  // namespace

absl::StatusOr<FinishedProcess> RunProcess(std::vector<std::string> command, absl::Duration limit,
                                           const store::StopFn& stop) {
  absl::StatusOr<Pipe> out = MakePipe();
  absl::StatusOr<Pipe> words = MakePipe();
  if (!out.ok() || !words.ok()) return out.ok() ? words.status() : out.status();
  const absl::Time deadline = absl::Now() + limit;
  const absl::StatusOr<pid_t> process = Start(command, out->write.get(), words->write.get());
  if (!process.ok()) return absl::InternalError(process.status().message());
  out->write = UniqueFd();
  words->write = UniqueFd();
  Running running(*process, std::move(out->read), std::move(words->read));
  while (!running.Wait()) {
    if (stop && stop()) return absl::CancelledError("the caller no longer waits");
    if (absl::Now() > deadline) {
      return absl::DeadlineExceededError(
          fmt::format("{} took longer than {}", command[0], absl::FormatDuration(limit)));
    }
    if (running.prints_without_end()) break;
  }
  if (running.prints_without_end()) {
    return absl::InternalError(
        fmt::format("{} printed more than {} MiB", command[0], kMaxOutput >> 20));
  }
  return std::move(running).Result();
}

}  // namespace keyscore::kpis
