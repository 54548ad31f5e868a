// One mapping a buffer: a page that can't be touched, the data, another such page.
#include "kpis/conformance/guarded_buffer.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "fmt/format.h"

namespace keyscore::kpis::conformance {
namespace {

constexpr std::byte kCanary{0xA5};

size_t PageBytes() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }

size_t RoundUp(size_t bytes, size_t to) { return (bytes + to - 1) / to * to; }

}  // namespace

GuardedBuffer::GuardedBuffer(size_t bytes, Placement placement, std::string name, size_t alignment)
    : bytes_(bytes), placement_(placement), name_(std::move(name)) {
  const size_t page = PageBytes();
  const size_t slack = placement == Placement::kRoomy ? page : 0;
  inner_bytes_ = RoundUp(bytes, page) + 2 * slack;
  mapping_bytes_ = inner_bytes_ + 2 * page;
  void* const mapping =
      mmap(nullptr, mapping_bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) std::abort();  // in a child: the parent tells
  mapping_ = static_cast<std::byte*>(mapping);
  inner_ = mapping_ + page;
  if (inner_bytes_ > 0 && mprotect(inner_, inner_bytes_, PROT_READ | PROT_WRITE) != 0) std::abort();
  switch (placement) {
    case Placement::kRoomy:
      begin_ = inner_ + slack;
      break;
    case Placement::kFlushStart:
      begin_ = inner_;
      break;
    case Placement::kFlushEnd:
      begin_ = inner_ + inner_bytes_ - RoundUp(bytes, alignment);
      break;
  }
  if (placement != Placement::kRoomy) {
    std::memset(inner_, static_cast<int>(kCanary), inner_bytes_);
    std::memset(begin_, 0, bytes);
  }
  before_.emplace(mapping_, page, Edge::kBefore, name_.c_str());
  after_.emplace(inner_ + inner_bytes_, page, Edge::kAfter, name_.c_str());
}

GuardedBuffer::~GuardedBuffer() { munmap(mapping_, mapping_bytes_); }

void GuardedBuffer::MakeReadOnly() {
  if (inner_bytes_ == 0) return;
  mprotect(inner_, inner_bytes_, PROT_READ);
  read_only_.emplace(inner_, inner_bytes_, Edge::kReadOnly, name_.c_str());
}

std::optional<std::string> GuardedBuffer::Damage() const {
  if (placement_ == Placement::kRoomy) return std::nullopt;
  for (const std::byte* at = inner_; at < inner_ + inner_bytes_; ++at) {
    if (at == begin_) at += bytes_;
    if (at >= inner_ + inner_bytes_) break;
    if (*at != kCanary) {
      return fmt::format("wrote {} {}", at < begin_ ? "before the start of" : "past the end of",
                         name_);
    }
  }
  return std::nullopt;
}

}  // namespace keyscore::kpis::conformance
