// Relationships in SQL.
#include <string>

#include "fmt/format.h"
#include "integration/oracle/formulas.h"
#include "integration/oracle/sql.h"

namespace keyscore::testing {
namespace {

using namespace sql;  // NOLINT(google-build-using-namespace): the vocabulary of this file

constexpr char kSenior[] = "seniority IN ('c_level', 'vp')";
constexpr char kPer30Days[] = "* 30 / days";

// % of the active accounts for which it happened in T(n).
Answer Cadence(const std::string& from, const std::string& what, int days) {
  return ShareOfAccounts(from, And(what, Trailing(days)));
}

// Distinct (account, something) with both known, per active account.
Answer Breadth(const std::string& column, const std::string& window) {
  return PerActiveAccount(
      fmt::format("count(DISTINCT (account_id, {}))", column), "s_meeting",
      And(fmt::format("account_id IS NOT NULL AND {} IS NOT NULL", column), window));
}

// Accounts of A(E): days since the subject's last contact, or since the account's start.
constexpr char kDaysSinceContact[] = R"sql(
  WITH last_contact AS (
    SELECT subject, account_id, max(occurred_at) AS latest FROM s_interaction, period
    WHERE occurred_at < e GROUP BY subject, account_id)
  SELECT subject, account_id, (epoch_us(e) - epoch_us(coalesce(latest, started))) / 86400e6 AS value,
         1.0 AS weight
  FROM active_e LEFT JOIN last_contact USING (subject, account_id), period)sql";

// Distinct people met in T(180) out of those the subject knew before E.
Answer StakeholderCoverage() {
  return Proportion(fmt::format(R"sql(
    SELECT subject, met, known
    FROM (SELECT subject, count(DISTINCT contact_id) AS known FROM s_contact, period
          WHERE occurred_at < e GROUP BY subject)
    LEFT JOIN (SELECT subject, count(DISTINCT contact_id) AS met FROM s_interaction, period
               WHERE {} GROUP BY subject) USING (subject))sql",
                                Trailing(180)));
}

// Meetings per senior person met.
Answer SeniorAccessRepeat() {
  return {fmt::format(
      "SELECT subject, count(*) / count(DISTINCT contact_id)::DOUBLE FROM s_meeting, period "
      "WHERE {} GROUP BY subject",
      And(kSenior, Trailing(180)))};
}

// People whose first interaction with the subject lies in P.
Answer NewStakeholders() {
  return PerActiveAccount("count(*)",
                          "(SELECT subject, contact_id, min(occurred_at) AS occurred_at "
                          "FROM s_interaction WHERE contact_id IS NOT NULL "
                          "GROUP BY subject, contact_id)",
                          kInPeriod);
}

constexpr char kSharedGoalsSet[] = R"sql(
  WITH open_goals AS (
    SELECT subject, account_id, count(*) AS n FROM s_goal, period
    WHERE shared AND occurred_at < e AND NOT coalesce(achieved_at < e, false)
      AND NOT coalesce(due_at < e, false)
    GROUP BY subject, account_id)
  SELECT subject, account_id, CASE WHEN n IN (3, 4, 5) THEN 100.0 ELSE 0.0 END AS value,
         1.0 AS weight
  FROM (SELECT DISTINCT subject, account_id FROM active_e)
  LEFT JOIN open_goals USING (subject, account_id))sql";

}  // namespace

std::vector<Formula> RelationshipsFormulas() {
  const std::string hours = "sum(coalesce(minutes, 0)) / 60";
  return {
      {"account_engagement",
       PerActiveAccount("sum(coalesce(quality, 3) / 5)", "s_interaction", kInPeriod, kPer30Days)},
      {"account_plan_quality", Mean("quality", "s_plan_review", Trailing(365), kHundred)},
      {"business_reviews_completed", PerActiveAccount("count(*)", "s_business_review", kInPeriod)},
      {"customer_needs_analysis", Cadence("s_assessment", "kind = 'needs_analysis'", 365)},
      {"executive_sponsorship",
       Cadence("s_meeting", fmt::format("({} OR decision_maker)", kSenior), 90)},
      {"internal_collaboration",
       Mean("score", "s_feedback", And("source = 'internal_department'", kInPeriod), kOneToFive)},
      {"number_of_contacts",
       PerActiveAccount("count(DISTINCT contact_id)", "s_interaction", Trailing(180))},
      {"solution_proposal_relevance", Mean("relevance", "s_proposal", kInPeriod, kOneToFive)},
      {"interaction_volume", PerActiveAccount("count(*)", "s_interaction", kInPeriod, kPer30Days)},
      {"customer_time", PerActiveAccount(hours, "s_interaction", kInPeriod, kPer30Days)},
      {"client_initiated_share", Share("direction = 'inbound'", "s_interaction", kInPeriod)},
      {"days_since_contact", RolledUp(kDaysSinceContact)},
      {"check_in_cadence", Cadence("s_interaction", "check_in", 91)},
      {"voice_of_customer_cadence", Cadence("s_survey_response", "instrument = 'voc'", 182)},
      {"swot_cadence", Cadence("s_assessment", "kind = 'swot'", 365)},
      {"referenceable_clients",
       Cadence("s_referral", "kind IN ('reference', 'public_mention')", 365)},
      {"senior_access_repeat", SeniorAccessRepeat()},
      {"stakeholder_coverage", StakeholderCoverage()},
      {"relationship_breadth", Breadth("department", Trailing(180))},
      {"relationship_height", Share(kSenior, "s_meeting", And("seniority IS NOT NULL", kInPeriod))},
      {"new_stakeholders", NewStakeholders()},
      {"conversation_breadth", Breadth("topic", kInPeriod)},
      {"customer_education",
       PerActiveAccount(hours, "s_interaction", And("topic = 'education'", kInPeriod), kPer30Days)},
      {"shared_goals_set", RolledUp(kSharedGoalsSet)},
  };
}

}  // namespace keyscore::testing
