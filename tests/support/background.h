// Clients that ask a server without pause while a test does something to it.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "keyscore/client/client.h"

namespace keyscore::testing {

// No call waits longer for its answer, whatever happens to the plugins meanwhile.
inline constexpr absl::Duration kBackgroundDeadline = absl::Seconds(30);

class Background {
 public:
  // Makes one request; what is wrong with the answer, or "".
  using Ask = std::function<std::string(client::Client&)>;

  // Each client has a connection of its own and tries nothing twice. `asks` are made in turn.
  Background(const std::string& address, int clients, std::vector<Ask> asks);
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  // Waits until each client has made this many more requests, so that they are known to run.
  void WaitForMore(int64_t requests_each);
  // Ends the clients. What went wrong, a line each, the first few; "" = nothing.
  std::string Stop() ABSL_LOCKS_EXCLUDED(mutex_);
  int64_t requests() const;

 private:
  void Run(const std::string& address, size_t client) ABSL_LOCKS_EXCLUDED(mutex_);
  void Complain(const std::string& what) ABSL_LOCKS_EXCLUDED(mutex_);

  const std::vector<Ask> asks_;
  std::atomic<bool> stop_ = false;
  std::vector<std::atomic<int64_t>> made_;  // requests, by client
  absl::Mutex mutex_;
  int64_t complaint_count_ ABSL_GUARDED_BY(mutex_) = 0;
  std::string complaints_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

}  // namespace keyscore::testing
