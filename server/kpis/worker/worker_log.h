// What the library logs, written to the worker's standard error, which the server reads.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "keyscore/kpi_abi.h"

namespace keyscore::kpis {

// The host that the library gets. It may be used from any thread of the library's.
class WorkerLog {
 public:
  static WorkerLog& Get();

  const ks_host* host() const { return &host_; }

  // Warnings and errors logged until now, the first few.
  std::vector<std::string> TakeComplaints();

  // Lines that the pipe had no room for, counted here too where given.
  void CountLostIn(std::atomic<uint32_t>* counter) { counter_.store(counter); }

 private:
  WorkerLog();
  static void Log(void* context, uint32_t level, ks_str message);
  void Write(uint32_t level, ks_str message);

  ks_host host_{};
  std::vector<std::string> complaints_;
  bool listening_ = true;
  std::atomic<std::atomic<uint32_t>*> counter_{nullptr};
};

}  // namespace keyscore::kpis
