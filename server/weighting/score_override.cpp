// When an exception counts, and everything that can be wrong with one.
#include "weighting/score_override.h"

#include "fmt/format.h"
#include "weighting/checks.h"

namespace keyscore::weighting {

bool ScoreOverride::InForceOn(absl::CivilDay day) const {
  if (state == OverrideState::kPending || !expire_date) return false;
  if (state == OverrideState::kRevoked && (!revoke_date || day >= *revoke_date)) return false;
  return start_date <= day && day < *expire_date;
}

Faults CheckScoreOverride(const ScoreOverride& exception) {
  Faults faults;
  CheckId(exception.id, "name", faults);
  if (exception.subject_kind != store::SubjectKind::kOrganization && exception.subject_id.empty()) {
    Add(faults, "subject", "is missing");
  } else {
    CheckText(exception.subject_id, kMaxNameBytes, "subject", faults);
  }
  if (exception.kpi_id.empty()) {
    Add(faults, "kpi", "is missing");
  } else {
    CheckText(exception.kpi_id, kMaxNameBytes, "kpi", faults);
  }
  // Written so that a score that is not a number fails too.
  if (exception.score && !(*exception.score >= 0 && *exception.score <= 100)) {
    Add(faults, "score", fmt::format("must be 0 to 100, not {}", *exception.score));
  }
  CheckDay(exception.start_date, "start_date", faults);
  if (!exception.expire_date) {
    Add(faults, "expire_date",
        fmt::format("is missing; say when it ends, at most {} days after its start",
                    kMaxOverrideDays));
  } else {
    CheckDay(*exception.expire_date, "expire_date", faults);
    if (*exception.expire_date <= exception.start_date) {
      Add(faults, "expire_date",
          fmt::format("{} must lie after the start, {}", InWords(*exception.expire_date),
                      InWords(exception.start_date)));
    } else if (*exception.expire_date - exception.start_date > kMaxOverrideDays) {
      Add(faults, "expire_date",
          fmt::format("{} lies {} days after the start, {}; at most {} are allowed",
                      InWords(*exception.expire_date),
                      *exception.expire_date - exception.start_date, InWords(exception.start_date),
                      kMaxOverrideDays));
    }
  }
  if (exception.reason.empty()) {
    Add(faults, "reason", "is missing; say why");
  } else {
    CheckText(exception.reason, kMaxReasonBytes, "reason", faults);
  }
  return faults;
}

}  // namespace keyscore::weighting
