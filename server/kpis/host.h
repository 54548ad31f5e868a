// What the server offers to one library: its log, for now.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "keyscore/kpi_abi.h"
#include "spdlog/logger.h"

namespace keyscore::kpis {

// The library may keep the pointer and log from any thread at any time, so a Host is never freed.
class Host {
 public:
  // `library` names it in the log.
  static Host& Make(const std::string& library);

  const ks_host* abi() const { return &abi_; }

  // The warnings and errors logged so far (the first few), which
  // say why a library refused to work. Later ones only go to the server's log.
  std::vector<std::string> TakeComplaints() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  explicit Host(const std::string& library);
  static void Log(void* context, uint32_t level, ks_str message);
  void Write(uint32_t level, ks_str message) ABSL_LOCKS_EXCLUDED(mutex_);

  const std::shared_ptr<spdlog::logger> logger_;
  ks_host abi_{};
  absl::Mutex mutex_;
  bool listening_ ABSL_GUARDED_BY(mutex_) = true;
  std::vector<std::string> complaints_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace keyscore::kpis
