// The buffers of one call of a KPI library: columns in Arrow's layout in, preset results out.
#pragma once

#include <cstdlib>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "keyscore/kpi_abi.h"
#include "kpis/kpi_function.h"

namespace keyscore::kpis {

// All buffers lie in one allocation, each at a multiple of 64 bytes, the padding zero.
class AbiBatch {
 public:
  // INTERNAL when a column does not have row_count cells; RESOURCE_EXHAUSTED without memory.
  static absl::StatusOr<AbiBatch> Make(const EvaluationBatch& batch, size_t detail_count);

  const ks_input_batch* input() const { return &input_; }
  ks_output_batch* output() { return &output_; }

  // What the library wrote, checked row by row as kpi_function.h says.
  std::vector<RowResult> Results() const;

 private:
  struct Freed {
    void operator()(std::byte* memory) const { std::free(memory); }
  };
  // Where the results stand, whatever the library does to the struct it was given.
  struct Outputs {
    uint8_t* state;
    double* value;
    int64_t* sample_size;
    double* weight;
    double* low;
    double* high;
    double* details;  // detail by detail
  };

  AbiBatch() = default;

  std::unique_ptr<std::byte, Freed> memory_;
  size_t row_count_ = 0;
  size_t detail_count_ = 0;
  Outputs outputs_{};
  ks_input_batch input_{};
  ks_output_batch output_{};
};

}  // namespace keyscore::kpis
