// Who waits for which answer: joining, leaving, and the end of a flight.
#include <algorithm>
#include <utility>

#include "rpc/answer_flight.h"

namespace keyscore::rpc {

Answers::FlightKey Answers::KeyOf(const Flight& flight) {
  return {{flight.scope, flight.kind, TextOf(flight.request), flight.newest->registry->generation(),
           flight.newest->rules_number, flight.newest->today},
          flight.newest->source->watermark()};
}

bool Answers::Join(const FlightKey& key, Waiting* waiting) {
  {
    absl::MutexLock lock(&mutex_);
    const auto found = flights_.find(key);
    if (found == flights_.end()) return false;
    found->second->waiting.push_back(waiting);
    waiting->flight = found->second.get();
  }
  backend_.answers.CountShared();
  return true;
}

bool Answers::JoinOrList(const std::shared_ptr<Flight>& flight) {
  if (!MayReuse(*flight->newest)) return false;
  const FlightKey key = KeyOf(*flight);
  absl::MutexLock lock(&mutex_);
  const auto [other, added] = flights_.try_emplace(key, flight);
  if (added) {
    flight->listed = true;
    return false;
  }
  for (Waiting* const waiting : flight->waiting) {
    waiting->flight = other->second.get();
    other->second->waiting.push_back(waiting);
    backend_.answers.CountShared();
  }
  flight->waiting.clear();
  return true;
}

void Answers::Unlist(const std::shared_ptr<Flight>& flight) {
  if (std::exchange(flight->listed, false)) flights_.erase(KeyOf(*flight));
}

void Answers::Leave(Waiting* waiting) {
  {
    absl::MutexLock lock(&mutex_);
    if (waiting->flight == nullptr) return;  // it is being answered
    std::erase(std::exchange(waiting->flight, nullptr)->waiting, waiting);
  }
  backend_.answers.CountAbandoned();
  waiting->Refuse(absl::CancelledError("the client cancelled the call, or the server is stopping"));
}

bool Answers::IsAbandoned(const std::shared_ptr<Flight>& flight) {
  std::vector<Waiting*> late;
  bool abandoned = false;
  {
    absl::MutexLock lock(&mutex_);
    std::vector<Waiting*>& waiting = flight->waiting;
    const auto in_time = [](Waiting* call) { return !call->Stopped(); };
    const auto first_late = std::partition(waiting.begin(), waiting.end(), in_time);
    late.assign(first_late, waiting.end());
    waiting.erase(first_late, waiting.end());
    for (Waiting* const call : late) call->flight = nullptr;
    abandoned = waiting.empty();
    if (abandoned) Unlist(flight);
  }
  for (Waiting* const call : late) {
    backend_.answers.CountAbandoned();
    call->Refuse(absl::DeadlineExceededError("the call took longer than its deadline allows"));
  }
  return abandoned;
}

void Answers::Land(const std::shared_ptr<Flight>& flight,
                   const absl::StatusOr<std::shared_ptr<Answer>>& answer) {
  std::vector<Waiting*> waiting;
  {
    absl::MutexLock lock(&mutex_);
    Unlist(flight);
    waiting.swap(flight->waiting);
    for (Waiting* const call : waiting) call->flight = nullptr;
  }
  for (Waiting* const call : waiting) {
    if (answer.ok()) {
      call->Reply(**answer);
    } else {
      call->Refuse(answer.status());
    }
  }
}

}  // namespace keyscore::rpc
