// Calls of a library's functions as a host makes them, on buffers that show stray accesses. Only in
// a child: what a library does here, it does to this process.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "keyscore/kpi_abi.h"
#include "kpis/conformance/guarded_buffer.h"
#include "kpis/conformance/sample_rows.h"
#include "kpis/descriptor.h"

namespace keyscore::kpis::conformance {

// What is asked; 30 days from 2024-01-01 UTC about a manager unless said.
struct Question {
  uint32_t subject_kind = KS_SUBJECT_MANAGER;
  int64_t from_us = 1'704'067'200'000'000;
  int64_t days = 30;
  bool cancelled = false;  // the caller has gone already
  // Of the KPI's model, in the order of its description; empty where it has none.
  std::vector<double> parameters;
};

// How the buffers and structs of a call lie in memory.
struct Layout {
  Placement placement = Placement::kRoomy;
  bool read_only_inputs = false;
  size_t growth = 0;       // bytes behind every struct, as of a host of a later minor version
  bool as_of_1_0 = false;  // structs end where ABI 1.0 ends them
};

// One row of results; members as in ks_output_batch.
struct OutputRow {
  uint8_t state = KS_STATE_NO_DATA;
  double value = 0;
  int64_t sample_size = 0;
  double weight = 1;
  double low = 0;
  double high = 0;
  std::vector<double> details;

  // What a host reads of it, to the bit (any NaN equals any NaN).
  bool SameBits(const OutputRow& other) const;
};

// "VALUE 25, sample 20, weight 1", for messages.
std::string ToWords(const OutputRow& row);

// What a call came back with. `thrown` = an exception crossed the ABI; `damage` = something was
// written beside a buffer, in words.
struct CallResult {
  int32_t code = 0;
  std::string message;
  std::string thrown;
  std::string damage;
  std::vector<OutputRow> rows;     // of evaluate, when code is 0
  std::vector<double> parameters;  // of fit, when code is 0
};

// "returned 13 (INTERNAL): the moon …", or "threw an exception, …"; empty when all went well.
std::string Complaint(const CallResult& result);

// Settings by value, in the order of the description; `names` replaces the names where it isn't
// empty.
struct SettingValues {
  std::vector<double> values;
  std::vector<std::string> names;
};
SettingValues DefaultSettings(const KpiDefinition& definition);

class CallBuffers;

// An instance, destroyed with the object.
class Instance {
 public:
  // `made` tells whether create said OK; without a create function all is OK and null.
  static Instance Make(const DescribedKpi& kpi, const ks_host* host, const SettingValues& settings,
                       CallResult& made);
  Instance(Instance&& other) noexcept;
  Instance& operator=(Instance&&) = delete;
  ~Instance();

  CallResult Evaluate(const InputRows& rows, const Question& question,
                      const Layout& layout = {}) const;
  // The same on buffers that are there already, for calls in quick succession.
  CallResult Evaluate(CallBuffers& buffers) const;
  CallResult Fit(const InputRows& population, const Question& question,
                 const Layout& layout = {}) const;

 private:
  Instance(const DescribedKpi& kpi, void* instance) : kpi_(&kpi), instance_(instance) {}
  const DescribedKpi* kpi_;
  void* instance_;
};

}  // namespace keyscore::kpis::conformance
