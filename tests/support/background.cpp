// A thread a client.
#include "support/background.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace keyscore::testing {
namespace {

constexpr int64_t kComplaintsShown = 10;

}  // namespace

Background::Background(const std::string& address, int clients, std::vector<Ask> asks)
    : asks_(std::move(asks)), made_(static_cast<size_t>(clients)) {
  for (size_t i = 0; i < made_.size(); ++i) {
    threads_.emplace_back([this, address, i] { Run(address, i); });
  }
}

Background::~Background() { Stop(); }

void Background::Run(const std::string& address, size_t client) {
  client::ConnectOptions options;
  options.timeout = kBackgroundDeadline;
  options.max_attempts = 1;
  const auto connected = client::Connect(address, options);
  if (!connected.ok()) {
    Complain(connected.status().ToString());
    return;
  }
  for (size_t i = client; !stop_; ++i) {
    if (const std::string wrong = asks_[i % asks_.size()](**connected); !wrong.empty()) {
      Complain(wrong);
    }
    ++made_[client];
  }
}

void Background::Complain(const std::string& what) {
  absl::MutexLock lock(&mutex_);
  if (++complaint_count_ <= kComplaintsShown) absl::StrAppend(&complaints_, what, "\n");
}

void Background::WaitForMore(int64_t requests_each) {
  for (const std::atomic<int64_t>& made : made_) {
    const int64_t target = made + requests_each;
    const absl::Time deadline = absl::Now() + absl::Minutes(1);
    while (made < target && !stop_) {
      if (absl::Now() > deadline) {
        Complain("a client makes no progress");
        return;
      }
      absl::SleepFor(absl::Milliseconds(1));
    }
  }
}

std::string Background::Stop() {
  stop_ = true;
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  absl::MutexLock lock(&mutex_);
  if (complaint_count_ > kComplaintsShown) {
    return absl::StrCat(complaints_, "… ", complaint_count_, " in all");
  }
  return complaints_;
}

int64_t Background::requests() const {
  int64_t sum = 0;
  for (const std::atomic<int64_t>& made : made_) sum += made;
  return sum;
}

}  // namespace keyscore::testing
