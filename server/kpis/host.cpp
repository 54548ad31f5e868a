// Takes what libraries log into the server's log.
#include "kpis/host.h"

#include <utility>

#include "kpis/text.h"
#include "spdlog/spdlog.h"

namespace keyscore::kpis {
namespace {

constexpr size_t kMaxMessageBytes = 2'000;
constexpr size_t kMaxComplaints = 10;

spdlog::level::level_enum LevelOf(uint32_t level) {
  switch (level) {
    case KS_LOG_DEBUG:
      return spdlog::level::debug;
    case KS_LOG_INFO:
      return spdlog::level::info;
    case KS_LOG_WARNING:
      return spdlog::level::warn;
    default:  // an unknown level is worth a look
      return spdlog::level::err;
  }
}

}  // namespace

Host& Host::Make(std::string library) { return *new Host(std::move(library)); }

Host::Host(std::string library) : library_(std::move(library)) {
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
  const spdlog::level::level_enum severity = LevelOf(level);
  spdlog::log(severity, "plugin {}: {}", library_, text);
  if (severity < spdlog::level::warn) return;
  absl::MutexLock lock(&mutex_);
  if (listening_ && complaints_.size() < kMaxComplaints) complaints_.push_back(text);
}

}  // namespace keyscore::kpis
