// The measures in memory: every input of every KPI as series of events, ready to be summed over any
// window, with the engine as the source of truth behind them.
//
// Built from the engine at the start, in parallel; each durable batch is taken up by what it adds
// and removes, and the next state published as an immutable snapshot, which a request pins. A batch
// is acknowledged when it is taken up, so that whoever wrote reads what they wrote and nobody waits
// for others' writes. Where that takes too long it is acknowledged all the same; a read waits then,
// for a while, and goes to the engine after that.
//
// To the engine go, too: measures whose expressions name the period (they are different measures
// for every period; their tables are kept for the periods that were asked for last), those of
// datasets that don't fit into the memory allowed, those of KPIs whose series are not built yet,
// and reads as of earlier batches. The report says which.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "measures/measure.h"
#include "measures/source.h"

namespace keyscore::measures {

struct MemoryOptions {
  int64_t max_bytes = int64_t{4} << 30;
  // How long an acknowledgement waits for its batch to be taken up, and a read for those that were
  // acknowledged before that, until it goes to the engine.
  absl::Duration patience = absl::Milliseconds(250);
  int threads = 0;  // of the build; 0 = as many as cores
};

// What is in memory and what is not.
struct MemoryReport {
  struct Dataset {
    std::string name;  // "interaction by occurred_at"
    size_t measures = 0;
    int64_t events = 0;
    int64_t bytes = 0;
    std::string left_out;  // why it is not in memory; "" = it is
  };
  int64_t watermark = 0;  // of the newest snapshot
  int64_t max_bytes = 0;
  int64_t bytes = 0;        // resident, of all that follows and what joins it
  int64_t events = 0;       // of all datasets; a fact is one in each that it has a time for
  int64_t from_memory = 0;  // measures answered, since the start
  int64_t from_engine = 0;
  int64_t builds = 0;   // from the engine, of everything or of one dataset
  int64_t batches = 0;  // taken up by what they changed
  std::vector<Dataset> datasets;
};

class MemorySources : public Sources {
 public:
  // Builds the series of `inputs`; a failing engine fails the start. `store` must outlive it.
  static absl::StatusOr<std::unique_ptr<MemorySources>> Start(
      store::Store& store, const std::vector<MeasureSpec>& inputs, const MemoryOptions& options);

  // From now on the series of these inputs, those of all KPIs. Returns at once; what is new is
  // built in the background and asked of the engine until then.
  virtual void SetInputs(const std::vector<MeasureSpec>& inputs) = 0;
  // Waits until everything that SetInputs asked for is built and every durable batch taken up.
  virtual void Settle() = 0;
  virtual MemoryReport Report() const = 0;
  // Days with an event, summed over measures and series. Takes long at first, and anew once the
  // number of events has changed by more than a tenth.
  virtual int64_t CountSeriesDays() = 0;
};

}  // namespace keyscore::measures
