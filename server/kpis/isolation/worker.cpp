// Turns, starts, calls, and what becomes of those that fail.
#include "kpis/isolation/worker.h"

#include <algorithm>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "fmt/format.h"
#include "kpis/abi_call.h"
#include "kpis/failure.h"
#include "kpis/isolation/description.h"
#include "kpis/text.h"

namespace keyscore::kpis {
namespace {

// How often a waiting caller looks whether it is still wanted.
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(10);
// A call is made so often where its process ends by chance.
constexpr int kMaxAttempts = 3;
// A library that is given up after this time, because its caller's deadline passed, is to blame.
constexpr absl::Duration kPatience = absl::Milliseconds(250);

std::string Rows(uint64_t count) { return count == 1 ? "1 row" : fmt::format("{} rows", count); }

}  // namespace

// The right to talk to the process.
class Worker::Turn {
 public:
  explicit Turn(Worker* worker) : worker_(worker) {}
  Turn(Turn&& other) noexcept : worker_(std::exchange(other.worker_, nullptr)) {}
  Turn& operator=(Turn&&) = delete;
  ~Turn() {
    if (worker_ == nullptr) return;
    worker_->Publish();
    absl::MutexLock lock(&worker_->mutex_);
    worker_->busy_ = false;
    --worker_->waiting_;
  }

 private:
  Worker* worker_;
};

Worker::Worker(std::shared_ptr<WorkerHost> host, WorkerLibrary library,
               std::function<void()> changed)
    : host_(std::move(host)),
      library_(std::move(library)),
      changed_(std::move(changed)),
      intake_(
          std::make_shared<LogIntake>(library_.file_id, host_->options().log_lines_per_second)) {}

absl::StatusOr<Worker::Turn> Worker::TakeTurn(const store::StopFn& stop) {
  absl::MutexLock lock(&mutex_);
  if (waiting_ >= host_->options().max_waiting_calls) {
    return PluginFailure(
        absl::StatusCode::kResourceExhausted, kPluginBusy,
        fmt::format("{} calls of its library are under way already, and no more may wait",
                    waiting_));
  }
  ++waiting_;
  const auto free = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return !busy_; };
  while (!mutex_.AwaitWithTimeout(absl::Condition(&free), kBetweenLooks)) {
    if (stop && stop()) {
      --waiting_;
      return absl::CancelledError("the caller has stopped waiting");
    }
  }
  busy_ = true;
  return Turn(this);
}

std::string Worker::Outcome() const {
  const CallBlock& block = link_->header();
  const auto size = std::min<size_t>(block.message_size, block.message.size());
  return SafeText({block.message.data(), size}, kMaxCallMessageBytes);
}

std::string Worker::Bury() { return link_->Kill(); }

absl::Status Worker::StartProcess() {
  UniqueFd socket;
  auto process = host_->Spawn(library_, intake_, &socket);
  if (!process.ok()) return process.status();
  link_ = std::make_unique<WorkerLink>(host_, *std::move(process), std::move(socket));
  absl::MutexLock lock(&mutex_);
  ++starts_;
  return absl::OkStatus();
}

absl::Status Worker::Ask(const std::string& doing) {
  const End end = link_->Do(absl::Now() + host_->options().load_timeout, {});
  if (end == End::kDone) return absl::OkStatus();
  const std::string how = Bury();
  if (end == End::kGarbled) {
    return absl::InvalidArgumentError(fmt::format(
        "wrote over the memory that its worker shares with the server while {}", doing));
  }
  return absl::InvalidArgumentError(
      end == End::kTimeout ? fmt::format("did not return within {} while {}",
                                         absl::FormatDuration(host_->options().load_timeout), doing)
                           : fmt::format("{} while {}", how, doing));
}

absl::StatusOr<std::string> Worker::ReadDescription() {
  constexpr char kDoing[] = "it was opened";
  const absl::Time deadline = absl::Now() + host_->options().load_timeout;
  for (uint64_t size = 0;;) {
    absl::Status error;
    const End reserved = link_->Reserve(kBlockPayload + size, deadline, &error);
    if (!error.ok()) return error;
    if (reserved != End::kDone) {
      return absl::InvalidArgumentError(fmt::format("its worker {} at the start", Bury()));
    }
    link_->header().op = WorkerOp::kDescribe;
    if (absl::Status asked = Ask(kDoing); !asked.ok()) return asked;
    const uint64_t produced = link_->header().produced;
    if (produced > kMaxDescriptionBytes) {
      return absl::InvalidArgumentError("its description is too long");
    }
    if (kBlockPayload + produced <= link_->size()) {
      if (link_->header().code != 0) return absl::InvalidArgumentError(Outcome());
      return std::string(reinterpret_cast<const char*>(link_->bytes() + kBlockPayload), produced);
    }
    if (produced <= size) return absl::InvalidArgumentError("its worker talks nonsense");
    size = produced;
  }
}

absl::StatusOr<DescribedLibrary> Worker::Describe(DescribedLibrary* readable) {
  auto turn = TakeTurn({});
  if (!turn.ok()) return turn.status();
  if (absl::Status started = StartProcess(); !started.ok()) return started;
  auto bytes = ReadDescription();
  if (!bytes.ok()) return bytes.status();
  auto described = DecodeDescription(*bytes, library_.file_id, library_.builtin, readable);
  if (described.ok()) description_ = *std::move(bytes);
  return described;
}

absl::Status Worker::CreateInstances() {
  std::vector<std::string> faults;
  for (size_t i = 0; i < definitions_.size(); ++i) {
    const KpiDefinition& definition = definitions_[i];
    CallBlock& block = link_->header();
    block.op = WorkerOp::kCreate;
    block.kpi = static_cast<uint32_t>(i);
    block.setting_count = static_cast<uint32_t>(definition.settings.size());
    for (size_t s = 0; s < definition.settings.size(); ++s) {
      block.settings[s] = definition.settings[s].value;
    }
    absl::Status asked = Ask(fmt::format("KPI '{}' was created", definition.id));
    if (!asked.ok()) return asked;
    if (block.code == 0) continue;
    const absl::Status failed = StatusOf(definition.id, "create", {block.code, Outcome()});
    faults.push_back(
        fmt::format("KPI '{}' can't be created: {}", definition.id, std::string(failed.message())));
  }
  if (faults.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(faults, "\n"));
}

absl::Status Worker::Configure(std::vector<KpiDefinition> definitions) {
  auto turn = TakeTurn({});
  if (!turn.ok()) return turn.status();
  definitions_ = std::move(definitions);
  for (size_t i = 0; i < definitions_.size(); ++i) {
    breakers_.push_back(std::make_unique<CircuitBreaker>(host_->options().breaker));
  }
  return CreateInstances();
}

absl::Status Worker::EnsureRunning() {
  if (link_ != nullptr && !link_->ended()) return absl::OkStatus();
  if (absl::Status started = StartProcess(); !started.ok()) return started;
  const auto bytes = ReadDescription();
  if (!bytes.ok()) return bytes.status();
  if (*bytes != description_) {
    Bury();
    return absl::InvalidArgumentError("describes itself differently when it is opened again");
  }
  return CreateInstances();
}

absl::Status Worker::Fail(size_t index, const std::string& reason, const std::string& what) {
  const std::string& id = definitions_[index].id;
  const bool opened = breakers_[index]->Failed(absl::Now(), fmt::format("{}: {}", reason, what));
  PluginLogger(library_.file_id)->error("{} of {}: {}", reason, id, what);
  if (opened) {
    PluginLogger(library_.file_id)
        ->error("{} failed {} times in a row; it is not called until {}", id,
                breakers_[index]->Stats().consecutive_failures,
                absl::FormatTime(absl::RFC3339_sec, breakers_[index]->Stats().retry_time,
                                 absl::UTCTimeZone()));
    if (changed_) changed_();
  }
  return PluginFailure(absl::StatusCode::kInternal, reason, fmt::format("{}: {}", id, what));
}

absl::Status Worker::Died(size_t index, const std::string& what, bool again, bool* by_chance) {
  *by_chance = link_ != nullptr && link_->ended_by_chance();
  if (!*by_chance || !again) return Fail(index, kPluginCrashed, what);
  PluginLogger(library_.file_id)->warn("{}: the call is made again", what);
  return PluginFailure(absl::StatusCode::kInternal, kPluginCrashed, what);
}

void Worker::Succeed(size_t index) {
  if (!breakers_[index]->Succeeded()) return;
  PluginLogger(library_.file_id)->info("{} works again", definitions_[index].id);
  if (changed_) changed_();
}

absl::Status Worker::CallOnce(WorkerOp op, size_t index, const EvaluationContext& context,
                              const EvaluationBatch& batch, size_t details, BatchLayout* layout,
                              bool again, bool* by_chance) {
  const auto laid_out = LayOut(batch, details, kBlockPayload);
  if (!laid_out.ok()) return laid_out.status();
  *layout = *laid_out;
  const absl::Time start = absl::Now();
  const absl::Time deadline = start + host_->options().call_timeout;
  absl::Status ready = EnsureRunning();
  End end = End::kDone;
  if (ready.ok()) {
    absl::Status error;
    end = link_->Reserve(layout->end, deadline, &error);
    if (!error.ok()) return error;
  } else {
    return Died(
        index,
        fmt::format("its process can't be started again: it {}", std::string(ready.message())),
        again, by_chance);
  }
  const std::string doing =
      fmt::format("{} {}", op == WorkerOp::kFit ? "fitting" : "evaluating", Rows(batch.row_count));
  if (end == End::kDone) {
    CallBlock& block = link_->header();
    block.op = op;
    block.kpi = static_cast<uint32_t>(index);
    block.subject_kind = AbiSubjectKind(context.subject_kind);
    block.period_from_us = absl::ToUnixMicros(context.period_from);
    block.period_to_us = absl::ToUnixMicros(context.period_to);
    block.period_days = context.period_days;
    block.parameter_count = static_cast<uint32_t>(context.parameters.size());
    std::copy(context.parameters.begin(), context.parameters.end(), block.parameters.begin());
    block.layout = *layout;
    FillBatch(batch, *layout, link_->bytes());
    end = link_->Do(deadline, context.stop);
  }
  const absl::Duration ran = absl::Now() - start;
  switch (end) {
    case End::kDone:
      return absl::OkStatus();
    case End::kDied:
      return Died(index, fmt::format("its process {} while {}", Bury(), doing), again, by_chance);
    case End::kTimeout:
      Bury();
      return Fail(index, kPluginTimeout,
                  fmt::format("it did not return within {} while {}",
                              absl::FormatDuration(host_->options().call_timeout), doing));
    case End::kGarbled:
      Bury();
      return Fail(index, kPluginInvalidOutput,
                  "it wrote over the memory that its process shares with the server");
    case End::kStopped:
      Bury();
      if (ran < kPatience) {
        breakers_[index]->Abandoned();
      } else {
        Fail(index, kPluginTimeout,
             fmt::format("it was still {} after {} when its caller's time was up", doing,
                         absl::FormatDuration(absl::Trunc(ran, absl::Milliseconds(1)))))
            .IgnoreError();
      }
      break;
  }
  return absl::CancelledError("the caller has stopped waiting");
}

absl::Status Worker::Call(WorkerOp op, size_t index, const EvaluationContext& context,
                          const EvaluationBatch& batch, size_t details, BatchLayout* layout) {
  if (absl::Status admitted = breakers_[index]->Admit(absl::Now()); !admitted.ok()) {
    return Named(definitions_[index].id, admitted);
  }
  for (int attempt = 1;; ++attempt) {
    bool by_chance = false;
    absl::Status called = CallOnce(op, index, context, batch, details, layout,
                                   /*again=*/attempt < kMaxAttempts, &by_chance);
    if (called.ok()) break;
    if (!by_chance || attempt == kMaxAttempts) return called;
  }
  const CallBlock& block = link_->header();
  const int32_t code = block.code;
  if (code == 0) return absl::OkStatus();
  Succeed(index);  // it said no, but it works
  return StatusOf(definitions_[index].id, op == WorkerOp::kFit ? "fit" : "evaluate",
                  {code, Outcome()});
}

absl::StatusOr<std::vector<RowResult>> Worker::Evaluate(size_t index,
                                                        const EvaluationContext& context,
                                                        const EvaluationBatch& batch) {
  auto turn = TakeTurn(context.stop);
  if (!turn.ok()) return Named(definitions_[index].id, turn.status());
  BatchLayout layout;
  absl::Status called =
      Call(WorkerOp::kEvaluate, index, context, batch, definitions_[index].details.size(), &layout);
  if (!called.ok()) return called;
  // Copied once; what the process does to its memory from here on is nothing to us.
  std::vector<uint64_t> copy((layout.end - layout.results) / sizeof(uint64_t));
  std::memcpy(copy.data(), link_->bytes() + layout.results, layout.end - layout.results);
  auto results = ReadResults(layout, reinterpret_cast<const std::byte*>(copy.data()));
  if (!results.ok()) {
    Bury();  // who writes beyond its results has written elsewhere too
    return Fail(index, kPluginInvalidOutput, std::string(results.status().message()));
  }
  const bool all_refused =
      !results->empty() && std::all_of(results->begin(), results->end(),
                                       [](const RowResult& row) { return !row.fault.empty(); });
  if (all_refused) {
    Fail(index, kPluginInvalidOutput, std::string(results->front().fault)).IgnoreError();
  } else {
    Succeed(index);
  }
  return results;
}

absl::StatusOr<std::vector<double>> Worker::Fit(size_t index, const EvaluationContext& context,
                                                const EvaluationBatch& population) {
  auto turn = TakeTurn(context.stop);
  if (!turn.ok()) return Named(definitions_[index].id, turn.status());
  BatchLayout layout;
  absl::Status called = Call(WorkerOp::kFit, index, context, population, 0, &layout);
  if (!called.ok()) return called;
  Succeed(index);
  const auto& fitted = link_->header().fitted;
  std::vector<double> parameters(
      fitted.begin(),
      fitted.begin() + static_cast<ptrdiff_t>(definitions_[index].parameters.size()));
  if (absl::Status sound = CheckParameters(definitions_[index], parameters); !sound.ok()) {
    return sound;
  }
  return parameters;
}

void Worker::Publish() {
  absl::MutexLock lock(&mutex_);
  process_ = link_ == nullptr ? nullptr : link_->shared_process();
}

WorkerStats Worker::Stats() const {
  WorkerStats stats;
  absl::MutexLock lock(&mutex_);
  stats.restarts = std::max<int64_t>(starts_ - 1, 0);
  stats.suppressed_log_lines = intake_->suppressed();
  if (process_ != nullptr && !process_->exited.HasBeenNotified()) {
    stats.process_id = process_->pid;
    stats.resident_bytes = process_->resident_bytes;
  }
  return stats;
}

}  // namespace keyscore::kpis
