// The keeper of the worker processes: one thread with everything that belongs to their life.
#include "kpis/isolation/worker_host.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/cleanup/cleanup.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "fmt/format.h"
#include "kpis/isolation/protocol.h"

namespace keyscore::kpis {
namespace {

constexpr absl::Duration kTick = absl::Seconds(1);
constexpr int kMaxPollMillis = 1'000;
// How much of one log is read before the others have their turn.
constexpr size_t kLogBytesAtOnce = 256 * 1024;

int PidfdOpen(pid_t pid) { return static_cast<int>(syscall(SYS_pidfd_open, pid, 0)); }
void Kill(const WorkerProcess& process) {
  syscall(SYS_pidfd_send_signal, process.pidfd.get(), SIGKILL, nullptr, 0);
}

using Process = std::shared_ptr<WorkerProcess>;

class Keeper : public WorkerHost {
 public:
  Keeper(WorkerOptions options, UniqueFd wake)
      : options_(std::move(options)), wake_(std::move(wake)), thread_([this] { Run(); }) {}

  ~Keeper() override {
    {
      absl::MutexLock lock(&mutex_);
      closing_ = true;
    }
    Wake();
    thread_.join();
  }

  const WorkerOptions& options() const override { return options_; }

  absl::StatusOr<Process> Spawn(const WorkerLibrary& library, std::shared_ptr<LogIntake> intake,
                                UniqueFd* socket) override {
    Order order(library, std::move(intake), socket);
    {
      absl::MutexLock lock(&mutex_);
      if (closing_) return absl::UnavailableError("the server is stopping");
      orders_.push_back(&order);
    }
    Wake();
    order.done.WaitForNotification();
    return std::move(order.process);
  }

  void Retire(const Process& process, absl::Time deadline) override {
    process->kill_at_us = absl::ToUnixMicros(deadline);
    Wake();
  }

 private:
  // A process that somebody waits for.
  struct Order {
    Order(const WorkerLibrary& of, std::shared_ptr<LogIntake> log, UniqueFd* end)
        : library(of), intake(std::move(log)), socket(end) {}
    const WorkerLibrary& library;
    std::shared_ptr<LogIntake> intake;
    UniqueFd* socket;
    absl::StatusOr<Process> process = absl::UnknownError("not started");
    absl::Notification done;
  };

  void Wake() {
    const uint64_t one = 1;
    // Fails only when it is full of wakes already.
    [[maybe_unused]] const ssize_t written = write(wake_.get(), &one, sizeof one);
  }

  void Run() {
    absl::Time ticked = absl::Now();
    for (bool closing = false; !closing || !processes_.empty();) {
      closing = TakeOrders();
      if (closing) {
        for (const Process& process : processes_) Kill(*process);
      }
      Poll(NextKill());
      const absl::Time now = absl::Now();
      if (now - ticked >= kTick) {
        ticked = now;
        for (const Process& process : processes_) Look(*process, now);
      }
    }
  }

  // Starts what was ordered; whether the server stops.
  bool TakeOrders() {
    std::vector<Order*> orders;
    bool closing = false;
    {
      absl::MutexLock lock(&mutex_);
      orders.swap(orders_);
      closing = closing_;
    }
    for (Order* order : orders) {
      order->process = StartProcess(*order);
      if (order->process.ok()) processes_.push_back(*order->process);
      order->done.Notify();
    }
    return closing;
  }

  absl::StatusOr<Process> StartProcess(Order& order) const {
    std::array<int, 2> ends{};
    std::array<int, 2> pipe{};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
      return absl::ResourceExhaustedError("no socket pair for a worker could be made");
    }
    UniqueFd ours(ends[0]);
    const UniqueFd theirs(ends[1]);
    if (pipe2(pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
      return absl::ResourceExhaustedError("no pipe for a worker's log could be made");
    }
    auto process = std::make_shared<WorkerProcess>();
    process->log = UniqueFd(pipe[0]);
    const UniqueFd log(pipe[1]);
    process->intake = order.intake;

    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    const absl::Cleanup destroy = [&] {
      posix_spawn_file_actions_destroy(&files);
      posix_spawnattr_destroy(&attributes);
    };
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, log.get(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, log.get(), STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&files, theirs.get(), kWorkerSocket);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);  // a Ctrl-C is for the server alone
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

    std::array<std::string, 6> words = {
        options_.program,         order.library.path,
        order.library.file_id,    order.library.builtin ? "1" : "0",
        std::to_string(getpid()), std::to_string(options_.memory_bytes)};
    std::array<char*, words.size() + 1> arguments{};
    std::transform(words.begin(), words.end(), arguments.begin(),
                   [](std::string& word) { return word.data(); });
    std::array<char*, 1> environment{};
    const int error = posix_spawn(&process->pid, options_.program.c_str(), &files, &attributes,
                                  arguments.data(), environment.data());
    if (error != 0) {
      return absl::ErrnoToStatus(error, fmt::format("can't start {}", options_.program));
    }
    process->pidfd = UniqueFd(PidfdOpen(process->pid));
    if (!process->pidfd.valid()) {  // no descriptors left: nobody could watch over it
      kill(process->pid, SIGKILL);
      waitpid(process->pid, nullptr, 0);
      return absl::ResourceExhaustedError("no descriptor to watch a worker could be made");
    }
    LimitTime(*process);
    *order.socket = std::move(ours);
    return process;
  }

  // Until the next process is due to be killed, in milliseconds.
  int NextKill() {
    const int64_t now = absl::ToUnixMicros(absl::Now());
    int64_t next = now + kMaxPollMillis * int64_t{1'000};
    for (const Process& process : processes_) {
      const int64_t due = process->kill_at_us;
      if (due <= now) {
        Kill(*process);
      } else {
        next = std::min(next, due);
      }
    }
    return static_cast<int>((next - now) / 1'000 + 1);
  }

  void Poll(int millis) {
    std::vector<pollfd> ready = {{wake_.get(), POLLIN, 0}};
    for (const Process& process : processes_) {
      ready.push_back({process->pidfd.get(), POLLIN, 0});
      ready.push_back({process->log.get(), POLLIN, 0});
    }
    if (poll(ready.data(), ready.size(), millis) <= 0) return;
    if (ready[0].revents != 0) {
      uint64_t wakes = 0;
      [[maybe_unused]] const ssize_t count = read(wake_.get(), &wakes, sizeof wakes);
    }
    std::vector<Process> alive;
    for (size_t i = 0; i < processes_.size(); ++i) {
      const Process& process = processes_[i];
      if (ready[2 * i + 2].revents != 0) ReadLog(*process);
      if (ready[2 * i + 1].revents != 0 && Bury(*process)) continue;
      alive.push_back(process);
    }
    processes_ = std::move(alive);
  }

  static void ReadLog(WorkerProcess& process) {
    std::array<char, 64 * 1024> bytes;
    const absl::Time now = absl::Now();
    for (size_t total = 0; total < kLogBytesAtOnce;) {
      const ssize_t count = read(process.log.get(), bytes.data(), bytes.size());
      if (count <= 0) return;
      process.intake->Take({bytes.data(), static_cast<size_t>(count)}, now);
      total += static_cast<size_t>(count);
    }
  }

  static bool Bury(WorkerProcess& process) {
    int status = 0;
    if (waitpid(process.pid, &status, WNOHANG) != process.pid) return false;
    ReadLog(process);  // its last words
    process.intake->Tick(absl::Now());
    process.resident_bytes = 0;
    process.wait_status = status;
    process.exited.Notify();
    return true;
  }

  // Every second: its memory, its processor time, its log.
  void Look(WorkerProcess& process, absl::Time now) const {
    process.intake->Tick(now);
    std::ifstream statm(fmt::format("/proc/{}/statm", process.pid));
    int64_t pages = 0;
    int64_t resident = 0;
    if (statm >> pages >> resident) process.resident_bytes = resident * getpagesize();
    LimitTime(process);
  }

  // Processor time that it may use until the next look: a call's worth and some, so that one which
  // goes on and on ends by itself even if nobody here could kill it.
  void LimitTime(const WorkerProcess& process) const {
    clockid_t clock{};
    timespec used{};
    if (clock_getcpuclockid(process.pid, &clock) != 0 || clock_gettime(clock, &used) != 0) return;
    const int64_t more = absl::ToInt64Seconds(
        absl::Ceil(options_.call_timeout + options_.load_timeout, absl::Seconds(1)));
    const rlimit limit{static_cast<rlim_t>(used.tv_sec + more + 10), RLIM_INFINITY};
    prlimit(process.pid, RLIMIT_CPU, &limit, nullptr);
  }

  const WorkerOptions options_;
  const UniqueFd wake_;
  absl::Mutex mutex_;
  std::vector<Order*> orders_ ABSL_GUARDED_BY(mutex_);
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<Process> processes_;  // the thread's
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<WorkerHost>> WorkerHost::Start(WorkerOptions options) {
  if (access(options.program.c_str(), X_OK) != 0) {
    return absl::FailedPreconditionError(
        fmt::format("the program for workers, {}, can't be run; install it, or name it in "
                    "plugins.worker_program",
                    options.program));
  }
  UniqueFd wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake.valid()) return absl::ResourceExhaustedError("no descriptor for the workers' keeper");
  return std::make_shared<Keeper>(std::move(options), std::move(wake));
}

}  // namespace keyscore::kpis
