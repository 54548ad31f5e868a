// The buffers and structs of one call of evaluate or fit.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <vector>

#include "kpis/conformance/call.h"

namespace keyscore::kpis::conformance {

class CallBuffers {
 public:
  // `details` columns of details are offered to evaluate.
  CallBuffers(const KpiDefinition& definition, const InputRows& rows, const Question& question,
              const Layout& layout, size_t details);

  const ks_context* context() { return context_->As<ks_context>(); }
  const ks_input_batch* input() { return input_->As<ks_input_batch>(); }
  ks_output_batch* output() { return output_->As<ks_output_batch>(); }

  // Sets the output columns to what a host presets; for another call on the same buffers.
  void Preset();
  // What the call wrote, whatever it did to the struct it was given.
  std::vector<OutputRow> Rows() const;
  // What was written beside a buffer; empty = nothing.
  std::string Damage() const;

 private:
  GuardedBuffer& NewBuffer(size_t bytes, std::string name, size_t alignment = 64);
  template <class Struct>
  GuardedBuffer& NewStruct(const Struct& content, size_t size_in_1_0, std::string name);
  void AddColumn(const measures::MeasureSpec& spec, const InputColumn& cells, std::byte* at);
  const double* AddParameters(const std::vector<double>& parameters);

  const Layout layout_;
  const size_t row_count_;
  const size_t detail_count_;
  std::list<GuardedBuffer> buffers_;
  GuardedBuffer* context_ = nullptr;
  GuardedBuffer* input_ = nullptr;
  GuardedBuffer* output_ = nullptr;
  ks_output_batch outputs_{};  // our own copy
};

}  // namespace keyscore::kpis::conformance
