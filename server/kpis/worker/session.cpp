// One request after the other, on one thread.
#include "kpis/worker/session.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

#include "kpis/isolation/description.h"
#include "kpis/open_library.h"
#include "kpis/sandbox/sandbox.h"
#include "kpis/worker/worker_log.h"

namespace keyscore::kpis {
namespace {

CallOutcome Failed(absl::StatusCode code, std::string message) {
  return {static_cast<int32_t>(code), std::move(message)};
}

int32_t IsCancelled(void* block) {
  return static_cast<const CallBlock*>(block)->cancelled.load(std::memory_order_relaxed) != 0 ? 1
                                                                                              : 0;
}

// The description of the library, opened here for the first time.
std::string OpenAndDescribe(const SessionOptions& options, std::vector<DescribedKpi>& kpis) {
  DescribedLibrary readable;
  absl::StatusOr<DescribedLibrary> described = absl::UnknownError("");
  const absl::StatusOr<ks_library_fn> entry = OpenLibrary(options.library);
  if (!entry.ok()) {
    described = entry.status();
  } else {
    WorkerLog& log = WorkerLog::Get();
    const auto raw = CallEntry(*entry, log.host(), [&log] { return log.TakeComplaints(); });
    if (!raw.ok()) {
      described = raw.status();
    } else {
      described = DescribeLibrary(**raw, options.file_id, options.builtin, &readable);
    }
  }
  std::string encoded = EncodeDescription(described, readable);
  if (described.ok()) kpis = std::move(described->kpis);
  return encoded;
}

}  // namespace

int Session::Run() {
  while (!quit_ && Wait()) {
    if (!block_) continue;
    CallBlock& block = *block_.header();
    const uint32_t asked = block.request.load(std::memory_order_acquire);
    if (asked == done_) continue;
    done_ = asked;
    block.taken.store(done_, std::memory_order_release);
    Do(block);
    block.reply.store(done_, std::memory_order_release);
    if (block.server_sleeps.exchange(0) != 0) send(kWorkerSocket, &kRing, 1, MSG_NOSIGNAL);
  }
  if (quit_) DestroyInstances();
  return 0;
}

bool Session::Wait() {
  if (!block_) return TakeMessage();
  CallBlock& block = *block_.header();
  if (SpinWhile(block.request, done_)) return true;
  block.worker_sleeps.store(1);
  // The server may have asked meanwhile. If it has also seen that we sleep, it rings.
  if (block.request.load() != done_ && block.worker_sleeps.exchange(0) != 0) return true;
  return TakeMessage();
}

bool Session::TakeMessage() {
  char letter = 0;
  iovec data{&letter, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t received = 0;
  do {
    received = recvmsg(kWorkerSocket, &message, MSG_CMSG_CLOEXEC);
  } while (received < 0 && errno == EINTR);
  if (received <= 0) return false;  // the server is gone
  if (block_) block_.header()->worker_sleeps.store(0);
  if (letter == kQuit) quit_ = true;
  const cmsghdr* const attached = CMSG_FIRSTHDR(&message);
  if (letter != kNewBlock || attached == nullptr || attached->cmsg_type != SCM_RIGHTS) return true;
  int descriptor = -1;
  std::memcpy(&descriptor, CMSG_DATA(attached), sizeof descriptor);
  SharedBlock mapped = SharedBlock::Map(descriptor);
  if (!mapped) return false;
  block_ = std::move(mapped);
  done_ = 0;
  WorkerLog::Get().CountLostIn(&block_.header()->lost_lines);
  return send(kWorkerSocket, &kNewBlock, 1, MSG_NOSIGNAL) == 1;
}

void Session::Do(CallBlock& block) {
  CallOutcome outcome;
  switch (block.op) {
    case WorkerOp::kDescribe:
      outcome = Describe(block);
      break;
    case WorkerOp::kCreate:
      outcome = Create(block);
      break;
    case WorkerOp::kEvaluate:
    case WorkerOp::kFit:
      outcome = Evaluate(block, block.op == WorkerOp::kFit);
      break;
  }
  block.code = outcome.code;
  block.message_size =
      static_cast<uint32_t>(std::min(outcome.message.size(), block.message.size()));
  std::copy_n(outcome.message.data(), block.message_size, block.message.data());
}

CallOutcome Session::Describe(CallBlock& block) {
  if (description_.empty()) {
    description_ = OpenAndDescribe(options_, kpis_);
    instances_.assign(kpis_.size(), nullptr);
    // All that it may read has been read.
    if (const absl::Status closed = CloseFileSystem(); !closed.ok()) {
      return Failed(absl::StatusCode::kFailedPrecondition, std::string(closed.message()));
    }
  }
  block.produced = description_.size();
  if (kBlockPayload + description_.size() > block_.size()) {
    return Failed(absl::StatusCode::kResourceExhausted, "the block is too small");
  }
  std::memcpy(block_.bytes() + kBlockPayload, description_.data(), description_.size());
  return {};
}

CallOutcome Session::Create(const CallBlock& block) {
  if (block.kpi >= kpis_.size()) return Failed(absl::StatusCode::kInternal, "no such KPI");
  const DescribedKpi& kpi = kpis_[block.kpi];
  if (kpi.functions.create == nullptr) return {};
  std::vector<ks_config_value> values;
  for (size_t i = 0; i < kpi.definition.settings.size() && i < block.setting_count; ++i) {
    const std::string& name = kpi.definition.settings[i].name;
    values.push_back({sizeof(ks_config_value), 0, {name.data(), name.size()}, block.settings[i]});
  }
  void* instance = nullptr;
  CallOutcome created = GuardedCall("create", [&](ks_error* error) {
    return kpi.functions.create(WorkerLog::Get().host(), values.data(),
                                static_cast<uint32_t>(values.size()), sizeof(ks_config_value),
                                &instance, error);
  });
  if (created.code == 0) instances_[block.kpi] = instance;
  return created;
}

CallOutcome Session::Evaluate(CallBlock& block, bool fit) {
  // Copied, so that a library that writes about can't turn the layout into something else.
  const BatchLayout layout = block.layout;
  const std::array<double, kMaxFigures> parameters = block.parameters;
  if (block.kpi >= kpis_.size()) return Failed(absl::StatusCode::kInternal, "no such KPI");
  const DescribedKpi& kpi = kpis_[block.kpi];
  AbiView view(layout, block_.bytes());
  const ks_context context{
      sizeof(ks_context),    block.subject_kind,
      block.period_from_us,  block.period_to_us,
      block.period_days,     &block,
      &IsCancelled,          block.parameter_count == 0 ? nullptr : parameters.data(),
      block.parameter_count, 0};
  void* const instance = instances_[block.kpi];
  if (!fit) {
    return GuardedCall("evaluate", [&](ks_error* error) {
      return kpi.functions.evaluate(instance, &context, view.input(), view.output(), error);
    });
  }
  if (kpi.functions.fit == nullptr) {
    return Failed(absl::StatusCode::kInternal, "it has no model to fit");
  }
  std::array<double, kMaxFigures> fitted{};
  fitted.fill(std::numeric_limits<double>::quiet_NaN());
  CallOutcome outcome = GuardedCall("fit", [&](ks_error* error) {
    return kpi.functions.fit(instance, &context, view.input(), fitted.data(),
                             static_cast<uint32_t>(kpi.definition.parameters.size()), error);
  });
  block.fitted = fitted;
  return outcome;
}

void Session::DestroyInstances() {
  for (size_t i = 0; i < instances_.size(); ++i) {
    if (instances_[i] == nullptr || kpis_[i].functions.destroy == nullptr) continue;
    GuardedCall("destroy", [&](ks_error*) {
      kpis_[i].functions.destroy(instances_[i]);
      return 0;
    });
  }
}

}  // namespace keyscore::kpis
