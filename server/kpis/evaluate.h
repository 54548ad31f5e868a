// Evaluates KPIs for many subjects: asks for the measures, calls the functions, rolls up.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kpis/registry.h"
#include "measures/calendar.h"
#include "store/store.h"

namespace keyscore::kpis {

struct InputValue {
  size_t input = 0;  // index into the definition's inputs
  measures::Interval interval;
  std::optional<double> value;  // absent = null, or a list
  std::vector<double> values;   // kList, the first kMaxListed
  int64_t fact_count = 0;
};
inline constexpr size_t kMaxListed = 100;

// One account's part in a result: in its roll-up, or, of a pooled KPI, what the account's own facts
// give.
struct AccountPart {
  std::string account_id;
  RowResult result;
  double weight_share = 0;  // of the roll-up, 0 to 1; of a pooled KPI 0
  std::vector<InputValue> inputs;
};

struct KpiOutcome {
  const LoadedKpi* kpi = nullptr;
  State state = State::kNoData;
  std::string reason;  // for NO_DATA and ERROR where known: "DATASET_EMPTY: …", "PLUGIN_ERROR: …"
  double value = 0;
  int64_t sample_size = 0;
  std::optional<double> low;
  std::optional<double> high;
  bool stale = false;
  absl::Time newest_fact = absl::InfinitePast();
  std::vector<InputValue> inputs;  // rolled-up KPIs: the inputs' sums over accounts where additive
  size_t account_count = 0;        // accounts with a value, rolled-up KPIs only
  std::vector<AccountPart> worst;  // when asked for: poorest first
  // In the order of the definition's; rolled-up KPIs: the means over accounts, weighted alike.
  std::vector<std::optional<double>> details;
  std::vector<double> parameters;  // of the KPI's model; empty where it has none or it failed
};

class EvaluationObserver;

struct EvaluationRequest {
  std::vector<const LoadedKpi*> kpis;
  // Where they come from, which keeps what can be worked out before anybody asks; null = nowhere.
  const RegistrySnapshot* registry = nullptr;
  store::SubjectKind kind = store::SubjectKind::kManager;
  std::vector<std::string> subject_ids;  // each gets an outcome per KPI; {""} for the organisation
  measures::Period period;
  int64_t watermark = 0;      // 0 = newest
  size_t worst_accounts = 0;  // how many AccountParts to keep
  // A pooled KPI of which the accounts are wanted too, null = none; costs a question by account.
  const LoadedKpi* explained = nullptr;
  store::StopFn stop;                            // may be called from several threads at once
  const EvaluationObserver* observer = nullptr;  // of the registry that the KPIs come from
};

struct EvaluationResult {
  int64_t watermark = 0;
  // outcomes[s][k] for subject s and KPI k of the request.
  std::vector<std::vector<KpiOutcome>> outcomes;
};

// Sees what was evaluated, before the caller of Evaluate does; so it must not take long. Called
// from any thread.
class EvaluationObserver {
 public:
  virtual ~EvaluationObserver() = default;
  // Whether anything is to be shown to it: outcomes cost something to write down.
  virtual bool IsWatching() const { return true; }
  virtual void Evaluated(const EvaluationRequest& request,
                         const EvaluationResult& result) const = 0;
};

// The same as an EvaluationResult, column by column: an outcome is written down when somebody looks
// at it, so that a ranking of thousands doesn't pay for figures that it never shows. Immutable; may
// be used from any thread. The KPIs' registry must outlive it.
class Evaluation {
 public:
  virtual ~Evaluation() = default;
  virtual int64_t watermark() const = 0;
  virtual State StateOf(size_t subject, size_t kpi) const = 0;
  virtual double ValueOf(size_t subject, size_t kpi) const = 0;  // of State::kValue
  virtual KpiOutcome OutcomeOf(size_t subject, size_t kpi) const = 0;
};

// A KPI that fails is ERROR for the subjects it failed for and touches no other. Only a failing
// store or a stop fails the call. The roll-up over accounts takes Σ weight·value ÷ Σ weight over
// the rows with a value, in order of account id, so equal input gives equal bits; Σ weight = 0 is
// NO_DATA. Where all weights are equal, a roll-up is a mean of accounts and gets its interval:
// Wilson's for a KPI in % whose accounts all have 0 or 100, else Student's. Models are fitted once
// for a period and a state of their inputs, over all accounts of the organisation. Staleness: the
// newest fact of the inputs (windows at an instant left out) is older than the KPI's cadence at the
// period's end (or at `now` if that is earlier). Where there is much to do, KPIs are worked out at
// the same time.
absl::StatusOr<std::shared_ptr<const Evaluation>> EvaluateColumns(
    const EvaluationRequest& request, store::MeasureReader& store,
    const measures::Calendar& calendar, absl::Time now);

// The same with every outcome written down.
absl::StatusOr<EvaluationResult> Evaluate(const EvaluationRequest& request,
                                          store::MeasureReader& store,
                                          const measures::Calendar& calendar, absl::Time now);

}  // namespace keyscore::kpis
