// Which exceptions count for whom on a day: one look at all of them for a whole request.
#pragma once

#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/time/civil_time.h"
#include "store/store.h"
#include "weighting/rules.h"

namespace keyscore::scoring {

// Points into the rules, which must outlive it.
class ExceptionIndex {
 public:
  // Of subjects of the kind, in force on the day.
  ExceptionIndex(const weighting::Rules& rules, store::SubjectKind kind, absl::CivilDay day);

  bool empty() const { return exceptions_.empty(); }
  // Whether any of the subject's KPIs has one.
  bool HasAny(std::string_view subject_id) const { return subjects_.contains(subject_id); }
  // Null where there is none. Of several the one with the first id counts, as weighting resolves
  // it.
  const weighting::ScoreOverride* Find(std::string_view subject_id, std::string_view kpi_id) const;

 private:
  using Key = std::pair<std::string_view, std::string_view>;  // subject, KPI
  absl::flat_hash_map<Key, const weighting::ScoreOverride*> exceptions_;
  absl::flat_hash_set<std::string_view> subjects_;
};

}  // namespace keyscore::scoring
