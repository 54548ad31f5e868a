// Where the buffers of one call of a KPI library lie in a block of memory: columns in Arrow's
// layout, then results, then guards that show whether a library wrote beyond its results.
//
// Offsets, not pointers, so that the block may be shared by two processes that see it at different
// addresses. Trivially copyable for the same reason.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "absl/status/statusor.h"
#include "keyscore/kpi_abi.h"
#include "kpis/descriptor.h"
#include "kpis/kpi_function.h"

namespace keyscore::kpis {

inline constexpr size_t kBufferAlignment = 64;  // of every buffer, as Arrow recommends

struct BatchLayout {
  struct Column {
    uint64_t values = 0;
    uint64_t validity = 0;  // 0 = all valid
    uint64_t offsets = 0;   // lists only
    uint32_t type = 0;      // ks_column_type
    uint32_t reserved = 0;
  };
  uint64_t row_count = 0;
  uint32_t column_count = 0;
  uint32_t detail_count = 0;
  std::array<Column, kMaxInputs> columns;
  // Of the results, each followed by a guard of kBufferAlignment bytes.
  uint64_t state = 0;
  uint64_t value = 0;
  uint64_t sample_size = 0;
  uint64_t weight = 0;
  uint64_t low = 0;
  uint64_t high = 0;
  uint64_t details = 0;  // 0 = none
  uint64_t begin = 0;    // of the inputs
  uint64_t results = 0;  // where the inputs end and the results begin
  uint64_t end = 0;
};
static_assert(std::is_trivially_copyable_v<BatchLayout>);

// Lays a batch out from offset `begin`, a multiple of kBufferAlignment. INTERNAL when a column does
// not have row_count cells, or there are more than a library may declare.
absl::StatusOr<BatchLayout> LayOut(const EvaluationBatch& batch, size_t detail_count,
                                   uint64_t begin);

// Zeroes the block from layout.begin to its end, then fills in inputs, presets and guards. `block`
// is the address that the offsets count from.
void FillBatch(const EvaluationBatch& batch, const BatchLayout& layout, std::byte* block);

// The structs that a library is called with. Not to be copied or moved: they point at each other.
class AbiView {
 public:
  AbiView(const BatchLayout& layout, std::byte* block);
  AbiView(const AbiView&) = delete;
  AbiView& operator=(const AbiView&) = delete;

  const ks_input_batch* input() const { return &input_; }
  ks_output_batch* output() { return &output_; }

 private:
  std::array<ks_column, kMaxInputs> columns_;
  ks_input_batch input_;
  ks_output_batch output_;
};

// What the library wrote, checked row by row as kpi_function.h says. `results` is the address of a
// copy of the bytes from layout.results to layout.end. INTERNAL (PLUGIN_INVALID_OUTPUT) when a
// guard is broken.
absl::StatusOr<std::vector<RowResult>> ReadResults(const BatchLayout& layout,
                                                   const std::byte* results);

}  // namespace keyscore::kpis
