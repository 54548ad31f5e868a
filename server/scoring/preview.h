// What drafts would change: a population's cards under what is published and under the drafts.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "scoring/scorecard.h"

namespace keyscore::scoring {

// What one KPI adds to a change: weight × score after, less the same before, in points of the
// total. What a missing KPI is assumed to score counts too.
struct Driver {
  std::string kpi_id;
  double points = 0;
  double weight_before = 0;  // effective
  double weight_after = 0;
};

struct SubjectChange {
  SubjectInfo subject;
  std::optional<double> total_before;  // none = not scored
  std::optional<double> total_after;
  size_t rank_before = 0;  // 1 = the highest total, equal totals share a rank; 0 = not scored
  size_t rank_after = 0;
  double coverage_before = 0;
  double coverage_after = 0;
  std::string band_before;
  std::string band_after;
  std::string profile_before;  // id
  std::string profile_after;
  std::vector<Driver> drivers;  // at most five, the strongest first
};

struct Migration {
  std::string from;  // "default: under 18 months"
  std::string to;
  size_t subjects = 0;
};

struct PeriodPreview {
  measures::Period period;
  // By total_after - total_before, winners first; those without both last. Ties by id.
  std::vector<SubjectChange> changes;
  size_t winners = 0;  // by more than kNoticeable points
  size_t losers = 0;
  size_t unchanged = 0;
  size_t newly_scored = 0;
  size_t no_longer_scored = 0;
  std::optional<double> mean_before;
  std::optional<double> mean_after;
  double coverage_before = 0;
  double coverage_after = 0;
  std::vector<Migration> migrations;       // the largest first
  std::vector<Driver> drivers;             // mean over all scored both before and after
  std::optional<double> rank_correlation;  // Spearman's; none for fewer than two
};

inline constexpr double kNoticeable = 0.5;

struct PreviewRequest {
  // The subjects of each period, as the directory has them.
  struct PeriodSubjects {
    measures::Period period;
    std::vector<SubjectInfo> subjects;
  };
  store::SubjectKind kind = store::SubjectKind::kManager;
  std::vector<PeriodSubjects> periods;
  int64_t watermark = 0;
  std::shared_ptr<const weighting::Rules> drafted;  // against the pinned rules
  store::StopFn stop;
  // Called between batches of subjects with how many are done.
  std::function<void(size_t)> progress;
};

// Each draft laid over `published` as if it had always counted, in place of every version of the
// same id and of every other profile for the same subjects.
std::shared_ptr<const weighting::Rules> WithDrafts(
    const weighting::Rules& published, const std::vector<weighting::WeightProfile>& drafts);

// CANCELLED or what the store says when `stop` turns true. Writes nothing.
absl::StatusOr<std::vector<PeriodPreview>> Preview(const PreviewRequest& request,
                                                   const Pinned& pinned,
                                                   store::MeasureReader& store);

}  // namespace keyscore::scoring
