// A table of watched regions and a signal handler that looks the fault's address up in it. The
// handler does only what async-signal-safety allows: it reads fixed memory and calls write().
#include "kpis/conformance/crash_report.h"

#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstring>

namespace keyscore::kpis::conformance {
namespace {

constexpr size_t kSlots = 1024;  // 32 inputs and 39 outputs with two edges each, a few times over
constexpr size_t kNameBytes = 96;

constexpr uintptr_t kFree = 0;
constexpr uintptr_t kTaken = 1;  // being filled in

struct Slot {
  std::atomic<uintptr_t> begin{kFree};
  std::atomic<uintptr_t> end{0};
  Edge edge = Edge::kBefore;
  std::array<char, kNameBytes> name{};
};

std::array<Slot, kSlots> slots;
std::atomic<int> report_pipe{-1};
alignas(16) std::array<char, 64 * 1024> alternate_stack;

// Appends text to a fixed buffer.
struct Line {
  std::array<char, 256> bytes{};
  size_t size = 0;

  void Add(const char* text) {
    while (*text != '\0' && size < bytes.size() - 1) bytes[size++] = *text++;
  }
};

bool WasWrite(const void* context) {
#if defined(__x86_64__)
  constexpr long long kWriteBit = 2;  // of the page fault's error code
  const auto* machine = static_cast<const ucontext_t*>(context);
  return (machine->uc_mcontext.gregs[REG_ERR] & kWriteBit) != 0;
#else
  static_cast<void>(context);
  return true;
#endif
}

void OnFault(int, siginfo_t* info, void* context) {
  const auto at = reinterpret_cast<uintptr_t>(info->si_addr);
  for (const Slot& slot : slots) {
    const uintptr_t begin = slot.begin.load();
    if (begin <= kTaken || at < begin || at >= slot.end.load()) continue;
    Line line;
    line.Add("G");
    line.Add(WasWrite(context) ? "wrote " : "read ");
    line.Add(slot.edge == Edge::kBefore  ? "before the start of "
             : slot.edge == Edge::kAfter ? "past the end of "
                                         : "to ");
    line.Add(slot.name.data());
    if (slot.edge == Edge::kReadOnly) line.Add(", which is read-only");
    line.bytes[line.size++] = '\n';
    [[maybe_unused]] const ssize_t written = write(report_pipe, line.bytes.data(), line.size);
    break;
  }
  // SA_RESETHAND: the instruction runs again on return, and this time the signal kills.
}

}  // namespace

void InstallCrashReport(int pipe) {
  report_pipe = pipe;
  stack_t stack{};
  stack.ss_sp = alternate_stack.data();
  stack.ss_size = alternate_stack.size();
  sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_sigaction = OnFault;
  action.sa_flags = static_cast<int>(SA_SIGINFO | SA_ONSTACK | SA_RESETHAND);
  sigaction(SIGSEGV, &action, nullptr);
  sigaction(SIGBUS, &action, nullptr);
}

WatchedRegion::WatchedRegion(const void* begin, size_t bytes, Edge edge, const char* name)
    : slot_(kSlots) {
  if (bytes == 0) return;
  for (size_t i = 0; i < kSlots; ++i) {
    Slot& slot = slots[i];
    uintptr_t expected = kFree;
    if (!slot.begin.compare_exchange_strong(expected, kTaken)) continue;
    slot.end = reinterpret_cast<uintptr_t>(begin) + bytes;
    slot.edge = edge;
    std::strncpy(slot.name.data(), name, kNameBytes - 1);
    slot.begin = reinterpret_cast<uintptr_t>(begin);
    slot_ = i;
    return;
  }
}

WatchedRegion::~WatchedRegion() {
  if (slot_ < kSlots) slots[slot_].begin = kFree;
}

}  // namespace keyscore::kpis::conformance
