// Retention in SQL.
#include <string>

#include "fmt/format.h"
#include "integration/oracle/formulas.h"
#include "integration/oracle/sql.h"

namespace keyscore::testing {
namespace {

using namespace sql;  // NOLINT(google-build-using-namespace): the vocabulary of this file

constexpr int kHour = 3600;  // in seconds

// Of the accounts of A(S): how many churned in P.
constexpr char kChurned[] =
    "SELECT subject, count(DISTINCT account_id) FILTER (churned_at >= s AND churned_at < e) AS x, "
    "count(DISTINCT account_id) AS n FROM active_s, period GROUP BY subject";

Answer RetentionRate() {
  return {fmt::format("SELECT subject, 100 - 100.0 * x / n FROM ({})", kChurned),
          Interval::kComplement, kChurned};
}

// Accounts of A(E), with the model's default coefficients and weighted by revenue.
Answer DefectionRisk() {
  return RolledUp(fmt::format(R"sql(
    WITH contacts AS (
      SELECT subject, account_id, max(occurred_at) AS latest FROM s_interaction, period
      WHERE occurred_at < e GROUP BY subject, account_id),
    nps AS (
      SELECT subject, account_id, count(*) FILTER (score <= 6) / count(*)::DOUBLE AS detractors
      FROM s_survey_response, period WHERE instrument = 'nps' AND {0} GROUP BY subject, account_id),
    tickets AS (
      SELECT subject, account_id, count(*) AS backlog FROM s_ticket, period
      WHERE occurred_at <= e AND (resolved_at IS NULL OR resolved_at > e)
      GROUP BY subject, account_id),
    revenue AS (
      SELECT subject, account_id, sum(amount) FILTER ({0}) AS year,
             coalesce(sum(amount) FILTER ({1}), 0) AS late,
             coalesce(sum(amount) FILTER ({2}), 0) AS early
      FROM s_invoice_line, period GROUP BY subject, account_id),
    due AS (
      SELECT DISTINCT subject, account_id, true AS soon FROM s_contract, period
      WHERE outcome = 'pending' AND {3}),
    signals AS (
      SELECT subject, account_id, greatest(coalesce(year, 0), 0) AS weight,
             least((epoch_us(e) - epoch_us(coalesce(latest, started))) / 86400e6 / 30, 6) AS gap,
             coalesce(detractors, 0) AS detractors, least(coalesce(backlog, 0), 5) AS backlog,
             CASE WHEN early > 0 THEN greatest(least(1 - late / early, 1), 0) ELSE 0 END AS decline,
             CASE WHEN soon THEN 1 ELSE 0 END AS due
      FROM active_e LEFT JOIN contacts USING (subject, account_id)
      LEFT JOIN nps USING (subject, account_id) LEFT JOIN tickets USING (subject, account_id)
      LEFT JOIN revenue USING (subject, account_id) LEFT JOIN due USING (subject, account_id),
      period)
    SELECT subject, account_id, weight,
           100 / (1 + exp(-(-4 + 0.5 * gap + 1.5 * detractors + 0.3 * backlog + 2 * decline
                            + 0.7 * due))) AS value
    FROM signals)sql",
                              Trailing(365), Trailing(182), Between("occurred_at", "t364", "t182"),
                              Between("occurred_at", "e", "n180")));
}

// Each account's latest status before E.
constexpr char kPreferredSupplier[] = R"sql(
  SELECT subject, account_id, 1.0 AS weight,
         CASE WHEN arg_max(preferred, (occurred_at, fact_id)) THEN 100.0 ELSE 0.0 END AS value
  FROM s_supplier_status, period WHERE occurred_at < e AND account_id IS NOT NULL
  GROUP BY subject, account_id)sql";

// An account that had no suppliers at S, or no known count, has nothing to consolidate.
constexpr char kSupplierConsolidation[] = R"sql(
  WITH counts AS (
    SELECT subject, account_id,
           arg_max(supplier_count, (occurred_at, fact_id)) FILTER (occurred_at < s) AS at_s,
           arg_max(supplier_count, (occurred_at, fact_id)) FILTER (occurred_at < e) AS at_e
    FROM s_supplier_status, period WHERE supplier_count IS NOT NULL AND account_id IS NOT NULL
    GROUP BY subject, account_id)
  SELECT subject, account_id, 100 * (1 - at_e / at_s::DOUBLE) AS value, at_s::DOUBLE AS weight
  FROM counts WHERE at_s > 0)sql";

std::string OfInstrument(const std::string& instrument) {
  return fmt::format("instrument = '{}' AND {}", instrument, kInPeriod);
}

}  // namespace

std::vector<Formula> RetentionFormulas() {
  const std::string resolved = Between("resolved_at", "s", "e");
  const std::string due = Between("due_at", "s", "e");
  return {
      {"churn_rate", Proportion(kChurned)},
      {"retention_rate", RetentionRate()},
      {"contract_renewal_rate", Share("outcome = 'renewed'", "s_contract", kInPeriod)},
      {"renewal_without_rebid_rate",
       Share("outcome = 'renewed' AND NOT rebid", "s_contract", kInPeriod)},
      {"contract_length_increase",
       Mean("term_months - previous_term_months", "s_contract",
            And("outcome = 'renewed' AND previous_term_months IS NOT NULL", kInPeriod))},
      {"competitor_response",
       Share("responded_at <= occurred_at + INTERVAL 168 HOUR", "s_competitor_event", kInPeriod)},
      {"customer_defection_risk", DefectionRisk()},
      {"preferred_supplier", RolledUp(kPreferredSupplier)},
      {"supplier_consolidation", RolledUp(kSupplierConsolidation)},
      {"net_promoter_score", NetPromoter("s_survey_response", OfInstrument("nps"))},
      {"customer_satisfaction", Share("score >= 4", "s_survey_response", OfInstrument("csat"))},
      {"rep_feedback",
       Mean("score", "s_survey_response", OfInstrument("rep_feedback"), kOneToFive)},
      {"goal_attainment", Mean("100 * progress", "s_goal", "shared AND " + due, kHundred)},
      {"dependent_objectives", Share("local_day(achieved_at) <= local_day(due_at)", "s_goal",
                                     "depends_on_others AND " + due)},
      {"sla_attainment", Share("local_day(resolved_at) <= local_day(sla_due_at)", "s_ticket",
                               "sla_due_at IS NOT NULL AND " + resolved)},
      {"ticket_satisfaction", Mean("satisfaction", "s_ticket", resolved, kOneToFive)},
      {"first_contact_resolution", Share("contacts_to_resolve = 1", "s_ticket",
                                         "contacts_to_resolve IS NOT NULL AND " + resolved)},
      {"issue_resolution_time",
       Mean(Elapsed("occurred_at", "resolved_at", kHour), "s_ticket", resolved, kNotNegative)},
  };
}

}  // namespace keyscore::testing
