// Starts the worker processes in which plugins run apart from the server.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "kpis/isolation/circuit_breaker.h"
#include "kpis/isolation/log_intake.h"
#include "kpis/isolation/unique_fd.h"

namespace keyscore::kpis {

struct WorkerOptions {
  std::string program;  // keyscore-worker
  absl::Duration load_timeout = absl::Seconds(10);
  absl::Duration call_timeout = absl::Seconds(2);
  int64_t memory_bytes = int64_t{512} << 20;  // of address space
  int max_waiting_calls = 8;                  // of one plugin, the running one included
  int log_lines_per_second = 20;              // of one plugin; bursts of ten times as many
  BreakerOptions breaker;
};

// One worker process, as its host and its user share it.
struct WorkerProcess {
  pid_t pid = 0;
  UniqueFd pidfd;
  UniqueFd log;  // the host's: what the process writes to its log
  std::shared_ptr<LogIntake> intake;
  std::atomic<int64_t> resident_bytes{0};
  std::atomic<int64_t> kill_at_us{std::numeric_limits<int64_t>::max()};  // Unix; may still run then
  std::atomic<int> wait_status{0};                                       // of waitpid(); valid once
  absl::Notification exited;                                             // it has been buried
};

// What a worker is started for.
struct WorkerLibrary {
  std::string path;  // the staged file
  std::string file_id;
  bool builtin = false;
};

// One for the server. Its thread starts the processes (so they die with it), listens to their logs,
// watches their memory and time, and buries those that end.
class WorkerHost {
 public:
  // FAILED_PRECONDITION where the program is not there.
  static absl::StatusOr<std::shared_ptr<WorkerHost>> Start(WorkerOptions options);
  // Kills what still runs.
  virtual ~WorkerHost() = default;

  virtual const WorkerOptions& options() const = 0;

  // Starts a process; `socket` becomes the server's end of its socket. RESOURCE_EXHAUSTED when the
  // system has no more processes or descriptors.
  virtual absl::StatusOr<std::shared_ptr<WorkerProcess>> Spawn(const WorkerLibrary& library,
                                                               std::shared_ptr<LogIntake> intake,
                                                               UniqueFd* socket) = 0;
  // The process is no longer wanted: it has until `deadline` to end by itself.
  virtual void Retire(const std::shared_ptr<WorkerProcess>& process, absl::Time deadline) = 0;
};

}  // namespace keyscore::kpis
