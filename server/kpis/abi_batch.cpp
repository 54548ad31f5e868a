// One block of memory.
#include "kpis/abi_batch.h"

#include <algorithm>
#include <cstdlib>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "fmt/format.h"

namespace keyscore::kpis {
namespace {

// A card asks ten KPIs about one row each: some kilobytes that the heap would hand out and take
// back every time. Larger blocks are not kept.
constexpr size_t kKeptBytes = 64 * 1024;

struct Kept {
  std::byte* block = nullptr;
  ~Kept() { std::free(block); }
};
thread_local Kept kept;

}  // namespace

AbiBatch::Memory::Memory(size_t bytes) : bytes_(std::max(bytes, kKeptBytes)) {
  if (bytes_ == kKeptBytes) block_ = std::exchange(kept.block, nullptr);
  if (block_ == nullptr) {
    block_ = static_cast<std::byte*>(std::aligned_alloc(kBufferAlignment, bytes_));
  }
}

AbiBatch::Memory::~Memory() {
  if (bytes_ == kKeptBytes && kept.block == nullptr) {
    kept.block = block_;
  } else {
    std::free(block_);
  }
}

absl::StatusOr<std::unique_ptr<AbiBatch>> AbiBatch::Make(const EvaluationBatch& batch,
                                                         size_t detail_count) {
  const absl::StatusOr<BatchLayout> layout =
      LayOut(batch, detail_count, kBufferAlignment);  // at 0 would read as none
  if (!layout.ok()) return layout.status();
  Memory memory(layout->end);
  if (memory.get() == nullptr) {
    return absl::ResourceExhaustedError(
        fmt::format("no memory for {} rows of inputs", batch.row_count));
  }
  FillBatch(batch, *layout, memory.get());
  return absl::WrapUnique(new AbiBatch(std::move(memory), *layout));
}

absl::StatusOr<std::vector<RowResult>> AbiBatch::Results() const {
  return ReadResults(layout_, memory_.get() + layout_.results);
}

}  // namespace keyscore::kpis
