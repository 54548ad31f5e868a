// The buffers of one call of a KPI library in this process.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "kpis/batch_layout.h"

namespace keyscore::kpis {

class AbiBatch {
 public:
  // As LayOut; RESOURCE_EXHAUSTED without memory.
  static absl::StatusOr<std::unique_ptr<AbiBatch>> Make(const EvaluationBatch& batch,
                                                        size_t detail_count);

  const ks_input_batch* input() const { return view_.input(); }
  ks_output_batch* output() { return view_.output(); }

  // As ReadResults.
  absl::StatusOr<std::vector<RowResult>> Results() const;

 private:
  // From the heap, or what the thread's last batch left.
  class Memory {
   public:
    explicit Memory(size_t bytes);
    Memory(Memory&& other) noexcept
        : block_(std::exchange(other.block_, nullptr)), bytes_(other.bytes_) {}
    Memory& operator=(Memory&&) = delete;
    ~Memory();

    std::byte* get() const { return block_; }  // null: there was none

   private:
    std::byte* block_ = nullptr;
    size_t bytes_ = 0;
  };

  AbiBatch(Memory memory, const BatchLayout& layout)
      : memory_(std::move(memory)), layout_(layout), view_(layout_, memory_.get()) {}

  const Memory memory_;
  const BatchLayout layout_;  // also where the results stand, whatever the library does to view_
  AbiView view_;
};

}  // namespace keyscore::kpis
