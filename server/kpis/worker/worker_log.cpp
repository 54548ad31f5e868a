// One write() a line, which a pipe takes whole or not at all.
#include "kpis/worker/worker_log.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "kpis/isolation/log_line.h"
#include "kpis/text.h"

namespace keyscore::kpis {
namespace {

constexpr size_t kMaxComplaints = 10;

}  // namespace

WorkerLog& WorkerLog::Get() {
  static auto* const log = new WorkerLog;  // never destroyed: the library may log to the last
  return *log;
}

WorkerLog::WorkerLog() {
  host_ = {sizeof(ks_host), KS_ABI_MAJOR, KS_ABI_MINOR, 0, this, &WorkerLog::Log};
}

std::vector<std::string> WorkerLog::TakeComplaints() {
  listening_ = false;
  return std::exchange(complaints_, {});
}

void WorkerLog::Log(void* context, uint32_t level, ks_str message) {
  // Called by foreign code, which an exception must not cross.
  try {
    if (context != nullptr && message.data != nullptr) {
      static_cast<WorkerLog*>(context)->Write(level, message);
    }
  } catch (...) {
  }
}

void WorkerLog::Write(uint32_t level, ks_str message) {
  const std::string text =
      SafeText({message.data, std::min<size_t>(message.size, kMaxLogLineBytes)}, kMaxLogLineBytes);
  if (listening_ && level >= KS_LOG_WARNING && complaints_.size() < kMaxComplaints) {
    complaints_.push_back(text);
  }
  const std::string line = MarkedLine(level, text);
  if (write(STDERR_FILENO, line.data(), line.size()) == static_cast<ssize_t>(line.size())) return;
  if (std::atomic<uint32_t>* const counter = counter_.load()) ++*counter;
}

}  // namespace keyscore::kpis
