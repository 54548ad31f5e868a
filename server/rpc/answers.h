// Answers calls with bytes: with those of an answer that was made before and still stands, on the
// spot; else the pool makes one, once for all calls that ask the same of the same state.
//
// What an answer is made from is pinned before it is made, and what it is kept and shared under is
// what was pinned. So it does not matter what changes while it is made.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "rpc/answer.h"
#include "rpc/answer_cache.h"
#include "rpc/backend.h"

namespace keyscore::rpc {

// The newest state of everything that an answer is made from, pinned.
struct Newest {
  std::shared_ptr<measures::Source> source;
  std::shared_ptr<const weighting::Rules> rules;
  std::shared_ptr<const kpis::RegistrySnapshot> registry;
  int64_t rules_number = 0;  // as in AnswerKey
  absl::Time time;           // at which it was pinned
  absl::CivilDay today;      // the day that it lies in
};
absl::StatusOr<View> ViewOf(const Backend& backend, const Newest& newest, const Call& call);

// How a question is put to who knows the answer.
struct Asking {
  std::string_view scope;          // of the caller
  const Newest* newest = nullptr;  // null where the question itself says as of when
  std::shared_ptr<Answer> kept;    // which stands if the directory describes its subject as before
  const Call& call;
};

// A request of one of the methods, parsed. Used by one thread at a time.
class Question {
 public:
  virtual ~Question() = default;
  // Whether it is about the newest state. Others are answered each for itself.
  virtual bool IsAboutNow() const = 0;
  // `asking.kept` itself where it still stands.
  virtual absl::StatusOr<std::shared_ptr<Answer>> Ask(const Asking& asking) = 0;
};

// May be used from any thread. Must outlive the calls and what the pool has to do for them.
class Answers {
 public:
  using Clock = std::function<absl::Time()>;

  // `clock` says which day it is.
  explicit Answers(Backend& backend, Clock clock);
  ~Answers();

  // To be returned by a raw unary callback method. `parse` is called at once and only where there
  // is no answer yet; null = the bytes are no request of this method.
  grpc::ServerUnaryReactor* Serve(
      grpc::CallbackServerContext* context, AnswerKind kind, const char* method,
      const grpc::ByteBuffer& request, grpc::ByteBuffer* response,
      absl::FunctionRef<std::unique_ptr<Question>(std::string_view bytes)> parse);

 private:
  class Waiting;
  struct Flight;
  struct FlightKey {
    AnswerKey key;
    int64_t watermark = 0;
    bool operator==(const FlightKey&) const = default;
    template <typename H>
    friend H AbslHashValue(H state, const FlightKey& key) {
      return H::combine(std::move(state), key.key, key.watermark);
    }
  };

  Newest Pin(std::shared_ptr<measures::Source> source) ABSL_LOCKS_EXCLUDED(rules_mutex_);
  int64_t NumberOf(const std::shared_ptr<const weighting::Rules>& rules)
      ABSL_LOCKS_EXCLUDED(rules_mutex_);
  // Whether several calls may have one answer. Not where answers aren't kept, and not where
  // somebody observes evaluations: who does is to see one for every call.
  bool MayReuse(const Newest& newest) const;
  // The answer that is kept, and how it stands.
  struct Found {
    std::shared_ptr<Answer> answer;
    Standing standing = Standing::kFallen;
  };
  Found Look(const AnswerKey& key, const Newest& newest);

  static FlightKey KeyOf(const Flight& flight);
  // Has `waiting` wait for the flight of this key, where there is one.
  bool Join(const FlightKey& key, Waiting* waiting) ABSL_LOCKS_EXCLUDED(mutex_);
  // Has whoever waits for `flight` wait for the one that is under way for the same question, if
  // there is one; else others may join this one from now on. Whether there was one.
  bool JoinOrList(const std::shared_ptr<Flight>& flight) ABSL_LOCKS_EXCLUDED(mutex_);
  // The call is cancelled.
  void Leave(Waiting* waiting) ABSL_LOCKS_EXCLUDED(mutex_);
  // Tells those whose time is over; whether nobody waits any more. Nobody joins from then on.
  bool IsAbandoned(const std::shared_ptr<Flight>& flight) ABSL_LOCKS_EXCLUDED(mutex_);
  // Answers all who wait.
  void Land(const std::shared_ptr<Flight>& flight,
            const absl::StatusOr<std::shared_ptr<Answer>>& answer) ABSL_LOCKS_EXCLUDED(mutex_);
  void Unlist(const std::shared_ptr<Flight>& flight) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  void Start(std::shared_ptr<Flight> flight);
  void Run(const std::shared_ptr<Flight>& flight);
  // Null: those who waited wait for another flight now.
  absl::StatusOr<std::shared_ptr<Answer>> Make(const std::shared_ptr<Flight>& flight,
                                               const Call& call);
  absl::StatusOr<std::shared_ptr<Answer>> Ask(Flight& flight, const Call& call);

  Backend& backend_;
  const Clock clock_;

  absl::Mutex rules_mutex_;
  std::shared_ptr<const weighting::Rules> rules_ ABSL_GUARDED_BY(rules_mutex_);
  int64_t rules_number_ ABSL_GUARDED_BY(rules_mutex_) = 0;

  absl::Mutex mutex_;  // also of who waits for which flight
  // Those that may be joined. The keys refer to the flights' own texts.
  absl::flat_hash_map<FlightKey, std::shared_ptr<Flight>> flights_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace keyscore::rpc
