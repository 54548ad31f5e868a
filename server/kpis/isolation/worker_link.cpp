// Shared memory, a bell, and patience with limits.
#include "kpis/isolation/worker_link.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>

#include "absl/time/clock.h"
#include "fmt/format.h"
#include "kpis/exit_words.h"

namespace keyscore::kpis {
namespace {

constexpr uint64_t kMaxBlockBytes = uint64_t{1} << 30;
// How often a waiting caller looks whether it is still wanted.
constexpr int kBetweenLooksMillis = 10;
// For a library that heeds `cancelled`, to return by itself.
constexpr absl::Duration kGrace = absl::Milliseconds(20);
// For a process to destroy its instances and exit.
constexpr absl::Duration kLastOrders = absl::Seconds(1);
// A process that was killed is gone at once, unless the kernel is stuck.
constexpr absl::Duration kUntilGone = absl::Seconds(5);

// A block of shared memory that can't be made smaller under our feet.
UniqueFd MakeBlock(uint64_t bytes) {
  UniqueFd block(memfd_create("keyscore-worker", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!block.valid() || ftruncate(block.get(), static_cast<off_t>(bytes)) != 0 ||
      fcntl(block.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return UniqueFd();
  }
  return block;
}

bool SendBlock(int socket, int block) {
  char letter = kNewBlock;
  iovec data{&letter, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* const attached = CMSG_FIRSTHDR(&message);
  attached->cmsg_level = SOL_SOCKET;
  attached->cmsg_type = SCM_RIGHTS;
  attached->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(attached), &block, sizeof block);
  return sendmsg(socket, &message, MSG_NOSIGNAL) == 1;
}

}  // namespace

WorkerLink::WorkerLink(std::shared_ptr<WorkerHost> host, std::shared_ptr<WorkerProcess> process,
                       UniqueFd socket)
    : host_(std::move(host)), process_(std::move(process)), socket_(std::move(socket)) {}

WorkerLink::~WorkerLink() {
  if (!ended()) {
    send(socket_.get(), &kQuit, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    host_->Retire(process_, absl::Now() + kLastOrders);
  }
  if (block_ != nullptr) munmap(block_, size_);
}

WorkerLink::End WorkerLink::Reserve(uint64_t bytes, absl::Time deadline, absl::Status* error) {
  asked_ = false;
  if (bytes <= size_) return End::kDone;
  constexpr uint64_t kLeast = uint64_t{256} << 10;
  uint64_t size = std::max(kLeast, size_);
  while (size < bytes && size < kMaxBlockBytes) size *= 2;
  const UniqueFd block = size < bytes ? UniqueFd() : MakeBlock(size);
  void* const mapped = block.valid()
                           ? mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, block.get(), 0)
                           : MAP_FAILED;
  if (mapped == MAP_FAILED) {
    *error = absl::ResourceExhaustedError(
        fmt::format("no memory to share {} bytes with a worker", bytes));
    return End::kDone;
  }
  TakeLostLines();
  if (block_ != nullptr) munmap(block_, size_);
  block_ = static_cast<std::byte*>(mapped);
  size_ = size;
  new (block_) CallBlock();  // zero, as the memory is
  number_ = 0;
  lost_lines_ = 0;
  if (!SendBlock(socket_.get(), block.get())) return End::kDied;
  char letter = 0;
  End end = End::kDone;
  // Bells of earlier calls may come first.
  while (end == End::kDone && letter != kNewBlock) {
    end = WaitForMessage(std::min(deadline, absl::Now() + absl::Milliseconds(kBetweenLooksMillis)),
                         &letter);
    if (socket_closed_) return End::kDied;  // no letter can come any more
    if (end == End::kTimeout && absl::Now() < deadline) end = End::kDone;
  }
  return end;
}

WorkerLink::End WorkerLink::Do(absl::Time deadline, const store::StopFn& stop) {
  CallBlock& block = header();
  block.cancelled.store(0, std::memory_order_relaxed);
  asked_ = true;
  block.request.store(++number_);
  if (block.worker_sleeps.exchange(0) != 0 && send(socket_.get(), &kRing, 1, MSG_NOSIGNAL) != 1) {
    return End::kDied;
  }
  End end = WaitForReply(deadline, stop);
  if (end == End::kStopped) {
    block.cancelled.store(1, std::memory_order_relaxed);
    end = WaitForReply(absl::Now() + kGrace, {});
    if (end == End::kTimeout) end = End::kStopped;
  }
  TakeLostLines();
  return end;
}

WorkerLink::End WorkerLink::WaitForReply(absl::Time deadline, const store::StopFn& stop) {
  CallBlock& block = header();
  const uint32_t before = number_ - 1;
  for (bool replied = SpinWhile(block.reply, before); !replied;) {
    block.server_sleeps.store(1);
    replied = block.reply.load(std::memory_order_acquire) != before;
    if (replied) break;
    char letter = 0;
    const End end = WaitForMessage(
        std::min(deadline, absl::Now() + absl::Milliseconds(kBetweenLooksMillis)), &letter);
    replied = block.reply.load(std::memory_order_acquire) != before;
    if (replied) break;
    if (end == End::kDied) return end;
    if (absl::Now() >= deadline) return End::kTimeout;
    if (stop && stop()) return End::kStopped;
  }
  block.server_sleeps.store(0);
  return block.reply.load(std::memory_order_acquire) == number_ ? End::kDone : End::kGarbled;
}

WorkerLink::End WorkerLink::WaitForMessage(absl::Time deadline, char* letter) {
  for (;;) {
    const auto left = absl::ToInt64Milliseconds(
        absl::Ceil(std::max(deadline - absl::Now(), absl::ZeroDuration()), absl::Milliseconds(1)));
    std::array<pollfd, 2> ready = {
        {{socket_closed_ ? -1 : socket_.get(), POLLIN, 0}, {process_->pidfd.get(), POLLIN, 0}}};
    const int count = poll(ready.data(), ready.size(), static_cast<int>(left));
    if (count < 0 && errno == EINTR) continue;
    if (count == 0) return End::kTimeout;
    if (ready[0].revents != 0) {
      const ssize_t received = recv(socket_.get(), letter, 1, MSG_DONTWAIT);
      if (received == 1) return End::kDone;
      // It is gone, or a library has closed what it found open. The latter may still finish the
      // call, which need not be the one that did the damage; the process ends by itself then.
      if (received == 0 || (errno != EAGAIN && errno != EINTR)) socket_closed_ = true;
    }
    if (ready[1].revents != 0) return End::kDied;
  }
}

std::string WorkerLink::Kill() {
  // Killed from outside, or about to end by itself, it isn't ours.
  pollfd gone{process_->pidfd.get(), POLLIN, 0};
  if (!ended() && poll(&gone, 1, 0) == 0) {
    // Its socket is closed a moment before it has ended; how it ended is worth that moment.
    if (poll(&gone, 1, kBetweenLooksMillis) == 0) {
      killed_ = true;
      syscall(SYS_pidfd_send_signal, process_->pidfd.get(), SIGKILL, nullptr, 0);
    }
  }
  if (!process_->exited.WaitForNotificationWithTimeout(kUntilGone)) {
    return "can't be killed";
  }
  return ExitWords(process_->wait_status);
}

bool WorkerLink::ended_by_chance() const {
  if (!ended()) return false;
  if (!asked_ || header().taken.load(std::memory_order_acquire) != number_) return true;
  const int status = process_->wait_status;
  return !killed_ && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

void WorkerLink::TakeLostLines() {
  if (block_ == nullptr) return;
  const uint32_t lost = header().lost_lines.load(std::memory_order_relaxed);
  process_->intake->AddLost(lost - lost_lines_);  // modulo 2^32, whatever the worker wrote
  lost_lines_ = lost;
}

}  // namespace keyscore::kpis
