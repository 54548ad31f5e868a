// One block from the heap.
#include "kpis/abi_batch.h"

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "fmt/format.h"

namespace keyscore::kpis {

absl::StatusOr<std::unique_ptr<AbiBatch>> AbiBatch::Make(const EvaluationBatch& batch,
                                                         size_t detail_count) {
  const absl::StatusOr<BatchLayout> layout =
      LayOut(batch, detail_count, kBufferAlignment);  // at 0 would read as none
  if (!layout.ok()) return layout.status();
  Memory memory(static_cast<std::byte*>(std::aligned_alloc(kBufferAlignment, layout->end)));
  if (memory == nullptr) {
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
