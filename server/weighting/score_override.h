// Exceptions: for a while, one KPI of one subject counts as something else, or not at all.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "store/store.h"
#include "weighting/fault.h"

namespace keyscore::weighting {

// The longest an exception may last.
inline constexpr int kMaxOverrideDays = 366;

enum class OverrideState { kPending = 1, kActive = 2, kRevoked = 3 };

struct ScoreOverride {
  std::string id;
  store::SubjectKind subject_kind = store::SubjectKind::kManager;
  std::string subject_id;  // "" for the organisation
  std::string kpi_id;
  std::optional<double> score;  // 0 to 100; none = exempt
  absl::CivilDay start_date;
  std::optional<absl::CivilDay> expire_date;  // exclusive; required
  std::string reason;                         // required
  std::string author;
  std::string approver;
  OverrideState state = OverrideState::kPending;
  std::optional<absl::CivilDay> revoke_date;  // the first day it no longer counts for
  std::string revoke_reason;
  int64_t revision = 0;
  absl::Time create_time;  // of this revision

  // Whether it counts on the day: approved, begun, neither expired nor revoked.
  bool InForceOn(absl::CivilDay day) const;
};

// Every fault at once.
Faults CheckScoreOverride(const ScoreOverride& exception);

}  // namespace keyscore::weighting
