// The server's end of one worker process: the shared block, and calls over it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "kpis/isolation/protocol.h"
#include "kpis/isolation/worker_host.h"
#include "store/store.h"

namespace keyscore::kpis {

// For one caller at a time.
class WorkerLink {
 public:
  enum class End {
    kDone,
    kDied,     // the process ended, or can't be spoken to any more
    kTimeout,  // no reply by the deadline
    kStopped,  // the caller has stopped waiting
    kGarbled,  // the process wrote something into the block that no worker writes
  };

  WorkerLink(std::shared_ptr<WorkerHost> host, std::shared_ptr<WorkerProcess> process,
             UniqueFd socket);
  // Asks the process to quit, in its own time.
  ~WorkerLink();

  // Sees to it that the block holds `bytes`. What stood in it may be gone. kDone or kDied,
  // kTimeout; *error is set where the system has no memory, or the block would be larger than
  // kMaxBlockBytes.
  End Reserve(uint64_t bytes, absl::Time deadline, absl::Status* error);
  CallBlock& header() const { return *reinterpret_cast<CallBlock*>(block_); }
  std::byte* bytes() const { return block_; }
  uint64_t size() const { return size_; }

  // Hands the request in the header over and waits for the reply. After any end but kDone the
  // process is of no use any more.
  End Do(absl::Time deadline, const store::StopFn& stop);

  // Whether the process has ended; how, in words, once it has.
  bool ended() const { return process_->exited.HasBeenNotified(); }
  // Kills it and waits until it is gone.
  std::string Kill();
  // Whether it ended for a reason that says nothing about the call that was under way: killed from
  // outside, not by us, or before it had taken the call.
  bool ended_by_chance() const;

  std::shared_ptr<const WorkerProcess> shared_process() const { return process_; }

 private:
  End WaitForReply(absl::Time deadline, const store::StopFn& stop);
  // Waits for the socket or the end of the process; kDone = there is a message.
  End WaitForMessage(absl::Time deadline, char* letter);
  void TakeLostLines();

  const std::shared_ptr<WorkerHost> host_;
  const std::shared_ptr<WorkerProcess> process_;
  const UniqueFd socket_;
  std::byte* block_ = nullptr;
  uint64_t size_ = 0;
  uint32_t number_ = 0;  // of the newest request
  bool asked_ = false;   // a request was handed over since the last Reserve
  uint32_t lost_lines_ = 0;
  bool killed_ = false;
  bool socket_closed_ = false;  // by the worker
};

}  // namespace keyscore::kpis
