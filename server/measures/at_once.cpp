// A few threads for the length of one call.
#include "measures/at_once.h"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

namespace keyscore::measures {
namespace {

std::atomic<int> helpers_at_work = 0;

// Whether one more helper may start.
bool Claim() {
  static const int most = std::max(1, static_cast<int>(std::thread::hardware_concurrency())) - 1;
  int at_work = helpers_at_work.load();
  while (at_work < most) {
    if (helpers_at_work.compare_exchange_weak(at_work, at_work + 1)) return true;
  }
  return false;
}

}  // namespace

void ForEachAtOnce(size_t count, bool helped, absl::FunctionRef<void(size_t)> work) {
  std::atomic<size_t> next = 0;
  const auto take = [&] {
    for (size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::thread> helpers;
  while (helped && helpers.size() + 1 < count && Claim()) {
    try {
      helpers.emplace_back([&take] {
        take();
        --helpers_at_work;
      });
    } catch (const std::system_error&) {  // no thread to be had; it goes without
      --helpers_at_work;
      break;
    }
  }
  take();
  for (std::thread& helper : helpers) helper.join();
}

}  // namespace keyscore::measures
