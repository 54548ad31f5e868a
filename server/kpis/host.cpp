// Takes what libraries log into the server's log.
#include "kpis/host.h"

#include <utility>

#include "kpis/isolation/log_intake.h"
#include "kpis/text.h"

namespace keyscore::kpis {
namespace {

constexpr size_t kMaxMessageBytes = 2'000;
constexpr size_t kMaxComplaints = 10;

}  // namespace

Host& Host::Make(const std::string& library) { return *new Host(library); }

Host::Host(const std::string& library) : logger_(PluginLogger(library)) {
  abi_.struct_size = sizeof abi_;
  abi_.abi_major = KS_ABI_MAJOR;
  abi_.abi_minor = KS_ABI_MINOR;
  abi_.context = this;
  abi_.log = &Host::Log;
}

std::vector<std::string> Host::TakeComplaints() {
  absl::MutexLock lock(&mutex_);
  listening_ = false;
  return std::exchange(complaints_, {});
}

void Host::Log(void* context, uint32_t level, ks_str message) {
  // Called by foreign code, which an exception must not cross.
  try {
    if (context != nullptr && message.data != nullptr) {
      static_cast<Host*>(context)->Write(level, message);
    }
  } catch (...) {
  }
}

void Host::Write(uint32_t level, ks_str message) {
  // The size is not ours: what may be far off is not read to its end.
  const std::string text =
      SafeText({message.data, std::min<size_t>(message.size, kMaxMessageBytes)}, kMaxMessageBytes);
  const spdlog::level::level_enum severity = LogLevelOf(level);
  logger_->log(severity, text);
  if (severity < spdlog::level::warn) return;
  absl::MutexLock lock(&mutex_);
  if (listening_ && complaints_.size() < kMaxComplaints) complaints_.push_back(text);
}

}  // namespace keyscore::kpis
