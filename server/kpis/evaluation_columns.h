// One KPI's part of an evaluation: called once for all subjects, its outcomes written down one by
// one as they are looked at. Used by evaluate.cpp alone.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "kpis/evaluate.h"
#include "kpis/fit_model.h"
#include "kpis/plan.h"
#include "kpis/subject_tables.h"

namespace keyscore::kpis {

// What the store said, as planned.
struct Measured {
  std::shared_ptr<const Plan> plan;
  SubjectTable pooled;
  AccountTable by_account;
  absl::Time stale_at;
  size_t subject_count = 0;
};

class KpiColumn {
 public:
  // Calls the KPI, unless `dataset_empty` ("DATASET_EMPTY: …") or the model says that there is
  // nothing to call it for. The status is not OK only when the caller stopped.
  static absl::StatusOr<KpiColumn> Evaluate(std::shared_ptr<const Measured> measured,
                                            const PlannedKpi& planned, std::string dataset_empty,
                                            Model model, const EvaluationContext& context,
                                            size_t worst_accounts);
  // Every outcome an error: the store could not compute the inputs.
  static KpiColumn Failed(const LoadedKpi* kpi, std::string reason);

  State StateOf(size_t subject) const;
  double ValueOf(size_t subject) const;
  KpiOutcome OutcomeOf(size_t subject) const;

 private:
  absl::Status CallPooled(const EvaluationContext& context, size_t worst_accounts);
  // For the roll-up; of a pooled KPI, for its worst accounts.
  absl::Status CallAccounts(const EvaluationContext& context, size_t worst_accounts);
  // Only accounts with a fact in these columns: others are in the table for other KPIs' sake, and a
  // result mustn't hang on what else was asked.
  void PickAccounts(const std::vector<size_t>& columns);
  absl::Span<const size_t> AccountRows(size_t subject) const;
  // Staleness, and why there is no value.
  void Finish(KpiOutcome& outcome) const;

  const LoadedKpi* kpi_ = nullptr;
  std::shared_ptr<const Measured> measured_;  // null: Failed
  const PlannedKpi* planned_ = nullptr;
  bool called_ = false;
  State all_ = State::kNoData;  // of every subject, where it was not called
  std::string reason_;          // likewise
  std::vector<double> parameters_;
  // Pooled: a result a subject, and why those that are errors are.
  std::vector<RowResult> rows_;
  absl::flat_hash_map<size_t, std::string> reasons_;
  // By account: an outcome a subject, as far as the roll-up says.
  std::vector<KpiOutcome> rolled_;
  // The rows of the table by account that have a part in it; subject s has those from first_[s] to
  // first_[s + 1].
  std::vector<size_t> account_rows_;
  std::vector<size_t> first_;
  std::vector<std::vector<AccountPart>> worst_;  // empty unless asked for
};

}  // namespace keyscore::kpis
