// Facts that arrive while something else is measured.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "bench/support/cards.h"
#include "bench/support/clock.h"
#include "keyscore/v1/fact_service.pb.h"

namespace keyscore::bench {

// From construction to Stop(): so many facts a second about many managers and people, in the
// quarter that is asked for, in columnar batches of 100 spread evenly in time. A batch is sent when
// the one before is acknowledged; one that is late is not left out.
class FactStream {
 public:
  FactStream(const std::string& address, std::vector<std::string> managers,
             std::vector<Person> people, int per_second);
  ~FactStream();
  FactStream(const FactStream&) = delete;
  FactStream& operator=(const FactStream&) = delete;

  // Ends the stream and returns how many facts/s were acknowledged. Dies if a batch was refused.
  double Stop();

 private:
  void Send(const std::string& address, int per_second);

  const std::vector<std::string> managers_;
  const std::vector<Person> people_;
  const Stopwatch watch_;
  std::atomic<bool> stop_{false};
  int64_t sent_ = 0;
  double seconds_ = 0;
  std::string error_;
  std::thread thread_;  // last: it uses the others
};

// `count` interactions (datasets/interaction) in 2025-Q3 whose ids begin with `prefix`; the i-th is
// of managers[(first + i) % size] (a bare id) with people[(first + i) % size].
v1::AppendFactsRequest Interactions(const std::string& prefix, int64_t first, int count,
                                    const std::vector<std::string>& managers,
                                    const std::vector<Person>& people);

// "x" of "managers/x", each.
std::vector<std::string> BareIds(const std::vector<std::string>& names);

}  // namespace keyscore::bench
