// What the server and a worker say to each other: calls over a block of shared memory, and a socket
// pair that wakes who sleeps and carries new blocks.
//
// The server writes a request into the block, raises `request`, and rings if the worker sleeps. The
// worker does it, writes what came of it, raises `reply`, and rings if the server sleeps. Both look
// at the block for kSpin before they sleep, because waking somebody costs more than most calls. The
// block holds no lock: whoever dies, the other one goes on. The worker may write what it likes into
// it, so the server reads from it once, by copying, and believes nothing.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

#include "kpis/abi_call.h"
#include "kpis/batch_layout.h"
#include "kpis/descriptor.h"

namespace keyscore::kpis {

inline constexpr std::chrono::microseconds kSpin{50};

// Descriptors of a worker when it starts: 0 /dev/null, 1 and 2 the log, then
inline constexpr int kWorkerSocket = 3;

enum class WorkerOp : uint32_t {
  kDescribe = 1,  // open the library and write its description behind the block's header
  kCreate = 2,    // make the instance of a KPI from settings
  kEvaluate = 3,
  kFit = 4,
};

// One-byte messages of the socket.
inline constexpr char kRing = 'R';      // look at the block
inline constexpr char kNewBlock = 'B';  // with a descriptor: use this block from now on; echoed
inline constexpr char kQuit = 'Q';      // destroy the instances and exit

struct CallBlock {
  std::atomic<uint32_t> request;        // number of the newest request
  std::atomic<uint32_t> taken;          // … that the worker has begun with
  std::atomic<uint32_t> reply;          // … that was done
  std::atomic<uint32_t> worker_sleeps;  // 1 = it wants to be rung
  std::atomic<uint32_t> server_sleeps;
  std::atomic<uint32_t> cancelled;   // 1 = nobody waits for the answer any more
  std::atomic<uint32_t> lost_lines;  // of the log, in all

  // The request.
  WorkerOp op;
  uint32_t kpi;  // index
  uint32_t subject_kind;
  uint32_t parameter_count;
  int64_t period_from_us;
  int64_t period_to_us;
  int64_t period_days;
  std::array<double, kMaxFigures> parameters;
  uint32_t setting_count;  // kCreate: the values in the order of the KPI's settings
  std::array<double, kMaxSettings> settings;
  BatchLayout layout;

  // The reply.
  int32_t code;
  uint32_t message_size;
  uint64_t produced;  // kDescribe: bytes behind the header, or as many as would be needed
  std::array<char, kMaxCallMessageBytes> message;
  std::array<double, kMaxFigures> fitted;
};
static_assert(std::atomic<uint32_t>::is_always_lock_free);

// Where what follows the header begins.
inline constexpr uint64_t kBlockPayload =
    (sizeof(CallBlock) + kBufferAlignment - 1) / kBufferAlignment * kBufferAlignment;

// A description of more bytes is refused: kMaxKpis KPIs of reasonable length have room.
inline constexpr uint64_t kMaxDescriptionBytes = uint64_t{16} << 20;

// Pauses the processor between two looks at the block.
inline void SpinPause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Looks at `counter` until it differs from `seen` or kSpin is over; whether it differs. Looks once
// where there is no second processor on which the other side could work.
inline bool SpinWhile(const std::atomic<uint32_t>& counter, uint32_t seen) {
  static const bool alone = std::thread::hardware_concurrency() < 2;
  if (alone) return counter.load(std::memory_order_acquire) != seen;
  const auto end = std::chrono::steady_clock::now() + kSpin;
  do {
    for (int i = 0; i < 32; ++i) {
      if (counter.load(std::memory_order_acquire) != seen) return true;
      SpinPause();
    }
    std::this_thread::yield();  // the other side may be waiting for this very processor
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

}  // namespace keyscore::kpis
