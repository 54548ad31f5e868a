// The way of a call: the cache, a flight under way, a flight of its own.
#include "rpc/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "rpc/answer_flight.h"
#include "rpc/error.h"
#include "rpc/fault.h"

namespace keyscore::rpc {
namespace {

// The bytes of a message in one piece, as they mostly come.
absl::StatusOr<grpc::Slice> InOnePiece(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (buffer.TrySingleSlice(&slice).ok() || buffer.DumpToSingleSlice(&slice).ok()) return slice;
  return absl::InternalError("the request's bytes can't be read");
}

absl::Status Malformed(const char* method) {
  return WithReason(
      absl::InvalidArgumentError(fmt::format(
          "the message is no request of {}; send it as the API's .proto files describe it",
          method)),
      "MALFORMED_MESSAGE");
}

}  // namespace

absl::StatusOr<View> ViewOf(const Backend& backend, const Newest& newest, const Call& call) {
  auto view = ViewOf(backend, newest.source, newest.rules, newest.today, call);
  if (!view.ok()) return view;
  view->pinned.registry = newest.registry;
  view->time = newest.time;
  return view;
}

Answers::Answers(Backend& backend, Clock clock) : backend_(backend), clock_(std::move(clock)) {}

Answers::~Answers() = default;

int64_t Answers::NumberOf(const std::shared_ptr<const weighting::Rules>& rules) {
  absl::MutexLock lock(&rules_mutex_);
  if (rules_ != rules) {
    rules_ = rules;  // kept alive, so that no other rules come to stand at its address
    ++rules_number_;
  }
  return rules_number_;
}

Newest Answers::Pin(std::shared_ptr<measures::Source> source) {
  Newest newest;
  newest.source = std::move(source);
  newest.rules = backend_.weights.Snapshot();
  newest.registry = backend_.plugins.registry().Snapshot();
  newest.rules_number = NumberOf(newest.rules);
  // The clock may have been set back since the newest change, which counts all the same.
  newest.time = std::max(clock_(), newest.rules->changed_at);
  newest.today = backend_.calendar.DayOf(newest.time);
  return newest;
}

bool Answers::MayReuse(const Newest& newest) const {
  return backend_.answers.enabled() && newest.registry->observer() == nullptr;
}

Answers::Found Answers::Look(const AnswerKey& key, const Newest& newest) {
  Found found;
  if (!MayReuse(newest)) return found;
  found.answer = backend_.answers.Find(key);
  if (found.answer != nullptr) found.standing = StandingOf(*found.answer, *newest.source);
  if (found.standing == Standing::kStands) {
    backend_.answers.CountHit();
  } else {
    backend_.answers.CountMiss(found.answer != nullptr);
  }
  return found;
}

grpc::ServerUnaryReactor* Answers::Serve(
    grpc::CallbackServerContext* context, AnswerKind kind, const char* method,
    const grpc::ByteBuffer& request, grpc::ByteBuffer* response,
    absl::FunctionRef<std::unique_ptr<Question>(std::string_view bytes)> parse) {
  const absl::Time start = absl::Now();
  std::unique_ptr<Waiting> waiting;
  Waiting* waits = nullptr;  // from when another may answer it
  std::shared_ptr<Flight> flight;
  const absl::Status status = Guarded(method, [&]() -> absl::Status {
    auto bytes = InOnePiece(request);
    if (!bytes.ok()) return bytes.status();
    Found found;
    std::optional<Newest> newest;
    FlightKey key;
    if (auto source = backend_.sources.TryNow()) {
      newest = Pin(std::move(source));
      key = {{ScopeOf(*context), kind, TextOf(*bytes), newest->registry->generation(),
              newest->rules_number, newest->today},
             newest->source->watermark()};
      found = Look(key.key, *newest);
      if (found.standing == Standing::kStands) {
        *response = OnTheWire(*found.answer);
        return absl::OkStatus();
      }
    }
    waiting = std::make_unique<Waiting>(*this, context, method, response, start);
    if (newest && Join(key, waiting.get())) {
      waits = waiting.release();
      return absl::OkStatus();
    }
    std::unique_ptr<Question> question = parse(TextOf(*bytes));
    if (question == nullptr) return Malformed(method);
    flight = std::make_shared<Flight>();
    flight->kind = kind;
    flight->method = method;
    flight->scope = ScopeOf(*context);
    flight->request = *bytes;
    flight->waiting.push_back(waiting.get());
    waits = waiting.release();
    waits->flight = flight.get();
    if (question->IsAboutNow()) flight->newest = std::move(newest);
    if (found.standing == Standing::kAsksDirectory) flight->kept = std::move(found.answer);
    flight->question = std::move(question);
    return absl::OkStatus();
  });
  if (flight != nullptr) Start(std::move(flight));
  if (waits != nullptr) return waits;
  LogCall(method, status, start);
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(ToGrpcStatus(status));
  return reactor;
}

void Answers::Start(std::shared_ptr<Flight> flight) {
  const absl::Status status = Guarded(flight->method, [&]() -> absl::Status {
    if (flight->newest && JoinOrList(flight)) return absl::OkStatus();
    WorkPool::Job job = [this, flight] { Run(flight); };
    return backend_.calls.pool().TryRun(job) ? absl::OkStatus() : Overloaded();
  });
  if (!status.ok()) Land(flight, status);
}

void Answers::Run(const std::shared_ptr<Flight>& flight) {
  if (IsAbandoned(flight)) return;
  const Call call([this, flight] { return IsAbandoned(flight); });
  absl::StatusOr<std::shared_ptr<Answer>> answer;
  const absl::Status status = Guarded(flight->method, [&] {
    answer = Make(flight, call);
    return answer.status();
  });
  if (!status.ok()) {
    Land(flight, status);
  } else if (*answer != nullptr) {
    Land(flight, answer);
  }
}

absl::StatusOr<std::shared_ptr<Answer>> Answers::Make(const std::shared_ptr<Flight>& flight,
                                                      const Call& call) {
  if (!flight->question->IsAboutNow()) return Ask(*flight, call);
  if (!flight->newest) {  // it was not to be had without waiting
    auto source = backend_.sources.Now(call.stop());
    if (!source.ok()) return source.status();
    flight->newest = Pin(*std::move(source));
    Found found = Look(KeyOf(*flight).key, *flight->newest);
    if (found.standing == Standing::kStands) return std::move(found.answer);
    if (found.standing == Standing::kAsksDirectory) flight->kept = std::move(found.answer);
    if (JoinOrList(flight)) return nullptr;
  }
  if (!MayReuse(*flight->newest)) return Ask(*flight, call);

  // What is read of the log as a whole while the answer is made must be of one state.
  const auto before = MarksOf(*flight->newest->source);
  auto answer = Ask(*flight, call);
  if (!answer.ok()) return answer;
  if (*answer == flight->kept) {
    (*answer)->RaiseTo(flight->newest->source->watermark());
    return answer;
  }
  const auto after = MarksOf(*flight->newest->source);
  if ((*answer)->may_be_kept && before.ok() && after.ok() &&
      before->datasets_held == after->datasets_held) {
    backend_.answers.Keep(KeyOf(*flight).key, *answer);
  }
  return answer;
}

absl::StatusOr<std::shared_ptr<Answer>> Answers::Ask(Flight& flight, const Call& call) {
  return flight.question->Ask({.scope = flight.scope,
                               .newest = flight.newest ? &*flight.newest : nullptr,
                               .kept = flight.kept,
                               .call = call});
}

}  // namespace keyscore::rpc
