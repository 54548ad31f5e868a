// One library in a process of its own: started when it is needed, replaced when it dies.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "kpis/descriptor.h"
#include "kpis/isolation/circuit_breaker.h"
#include "kpis/isolation/worker_host.h"
#include "kpis/isolation/worker_link.h"
#include "kpis/kpi_function.h"
#include "kpis/plugin_stats.h"

namespace keyscore::kpis {

// Calls may come from any thread; one at a time is made, the others wait their turn, so many as
// WorkerOptions allow. A failure of the process makes the KPI that was called pause (its breaker)
// and no other; the next call starts a new process. A process that was killed from outside in the
// middle of a call, or that ended before it had taken it, says nothing about the call, which is
// then made again.
class Worker {
 public:
  // Starts the process. `changed` is called, without a lock, when a breaker opens or closes; it may
  // be empty.
  Worker(std::shared_ptr<WorkerHost> host, WorkerLibrary library, std::function<void()> changed);

  // Opens the library in a process for the first time and reads its description. Errors are
  // DescribeLibrary's, or INVALID_ARGUMENT that says how the process ended; RESOURCE_EXHAUSTED and
  // the like where none can be started.
  absl::StatusOr<DescribedLibrary> Describe(DescribedLibrary* readable);

  // Makes the instances, with the settings in force, here and in every process to come. The
  // library's statuses, one KPI a line: INVALID_ARGUMENT.
  absl::Status Configure(std::vector<KpiDefinition> definitions);

  // As KpiFunction, for the KPI at `index` of the definitions. Failures of the process carry a
  // reason (failure.h).
  absl::StatusOr<std::vector<RowResult>> Evaluate(size_t index, const EvaluationContext& context,
                                                  const EvaluationBatch& batch);
  absl::StatusOr<std::vector<double>> Fit(size_t index, const EvaluationContext& context,
                                          const EvaluationBatch& population);

  WorkerStats Stats() const ABSL_LOCKS_EXCLUDED(mutex_);
  BreakerStats Breaker(size_t index) const { return breakers_[index]->Stats(); }

 private:
  using End = WorkerLink::End;
  class Turn;

  absl::StatusOr<Turn> TakeTurn(const store::StopFn& stop) ABSL_LOCKS_EXCLUDED(mutex_);

  // These are for whoever has the turn.
  absl::Status EnsureRunning();
  absl::Status StartProcess();
  absl::StatusOr<std::string> ReadDescription();
  absl::Status CreateInstances();
  // A request that is not a call of a KPI.
  absl::Status Ask(const std::string& doing);
  // Makes one call, starting and replacing processes as it takes. On OK the reply stands in the
  // block, laid out as `layout` says.
  absl::Status Call(WorkerOp op, size_t index, const EvaluationContext& context,
                    const EvaluationBatch& batch, size_t details, BatchLayout* layout);
  // *by_chance: the process ended for a reason that says nothing about the call, which counts as a
  // failure only if there is no `again`.
  absl::Status CallOnce(WorkerOp op, size_t index, const EvaluationContext& context,
                        const EvaluationBatch& batch, size_t details, BatchLayout* layout,
                        bool again, bool* by_chance);
  // PLUGIN_CRASHED, by a process that was killed from outside or that died by itself.
  absl::Status Died(size_t index, const std::string& what, bool again, bool* by_chance);
  // Ends the process; what to say of it.
  std::string Bury();
  absl::Status Fail(size_t index, const std::string& reason, const std::string& what);
  void Succeed(size_t index);
  std::string Outcome() const;  // message of the reply, made safe
  void Publish() ABSL_LOCKS_EXCLUDED(mutex_);

  const std::shared_ptr<WorkerHost> host_;
  const WorkerLibrary library_;
  const std::function<void()> changed_;
  const std::shared_ptr<LogIntake> intake_;

  // Touched with the turn only.
  std::unique_ptr<WorkerLink> link_;
  std::string description_;
  std::vector<KpiDefinition> definitions_;
  std::vector<std::unique_ptr<CircuitBreaker>> breakers_;  // the vector is fixed by Configure

  mutable absl::Mutex mutex_;
  bool busy_ ABSL_GUARDED_BY(mutex_) = false;
  int waiting_ ABSL_GUARDED_BY(mutex_) = 0;  // the one with the turn included
  int64_t starts_ ABSL_GUARDED_BY(mutex_) = 0;
  std::shared_ptr<const WorkerProcess> process_ ABSL_GUARDED_BY(mutex_);  // for Stats
};

}  // namespace keyscore::kpis
