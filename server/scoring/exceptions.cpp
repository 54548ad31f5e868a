// The index of exceptions.
#include "scoring/exceptions.h"

namespace keyscore::scoring {

ExceptionIndex::ExceptionIndex(const weighting::Rules& rules, store::SubjectKind kind,
                               absl::CivilDay day) {
  for (const weighting::ScoreOverride& exception : rules.overrides) {
    if (exception.subject_kind != kind || !exception.InForceOn(day)) continue;
    exceptions_.try_emplace(Key(exception.subject_id, exception.kpi_id), &exception);
    subjects_.insert(exception.subject_id);
  }
}

const weighting::ScoreOverride* ExceptionIndex::Find(std::string_view subject_id,
                                                     std::string_view kpi_id) const {
  const auto found = exceptions_.find(Key(subject_id, kpi_id));
  return found == exceptions_.end() ? nullptr : found->second;
}

}  // namespace keyscore::scoring
