// Learning & development in SQL.
#include <string>

#include "fmt/format.h"
#include "integration/oracle/formulas.h"
#include "integration/oracle/sql.h"

namespace keyscore::testing {
namespace {

using namespace sql;  // NOLINT(google-build-using-namespace): the vocabulary of this file

std::string OfKind(const std::string& kind, const std::string& window) {
  return fmt::format("kind = '{}' AND {}", kind, window);
}

Answer ContinuousImprovement() {
  return {fmt::format(
      "SELECT subject, 100 * (avg(score) FILTER ({}) / nullif(avg(score) FILTER ({}), 0) - 1) "
      "FROM s_learning, period WHERE kind = 'skill_assessment' GROUP BY subject",
      kInPeriod, kInPrevious)};
}

}  // namespace

std::vector<Formula> LearningFormulas() {
  return {
      {"coaching_hours", PerManager("sum(hours)", "s_learning", OfKind("coaching", kInPeriod))},
      {"continuous_improvement_rate", ContinuousImprovement()},
      {"feedback_score", Mean("score", "s_feedback", kInPeriod, kOneToFive)},
      {"certification_rate",
       PerManager("count(*)", "s_learning", OfKind("certification", Trailing(365)))},
      {"skill_assessment_score",
       Mean("score", "s_learning", OfKind("skill_assessment", kInPeriod), kHundred)},
      {"training_completion_rate",
       Share("completed_at < e", "s_learning", OfKind("training", Between("due_at", "s", "e")))},
      {"employee_satisfaction", NetPromoter("s_employee_survey", kInPeriod)},
  };
}

}  // namespace keyscore::testing
