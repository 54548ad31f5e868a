// The catalogue in SQL. Windows: kInPeriod is P, kTrailing… is T(n); the instants are columns of
// the one-row table `period`.
#include "integration/oracle/formulas.h"

#include "fmt/format.h"

namespace keyscore::testing {
namespace {

constexpr char kInPeriod[] = "occurred_at >= s AND occurred_at < e";
constexpr char kLastYear[] = "occurred_at >= s1 AND occurred_at < e1";
constexpr char kTrailing365[] = "occurred_at >= t365 AND occurred_at < e";

// An aggregate divided by another table's count. A subject without rows has the aggregate 0; a
// denominator that is 0 or not there gives null.
std::string Per(const std::string& aggregate, const std::string& from, const std::string& where,
                const std::string& denominator, const std::string& factor) {
  return fmt::format(R"sql(
    WITH numerator AS (SELECT subject, {} AS x FROM {}, period WHERE {} GROUP BY subject),
         denominator AS ({})
    SELECT subject, coalesce(x, 0) / nullif(n, 0) {}
    FROM subject LEFT JOIN numerator USING (subject) LEFT JOIN denominator USING (subject), period
  )sql",
                     aggregate, from, where, denominator, factor);
}

std::string PerActiveAccount(const std::string& aggregate, const std::string& from,
                             const std::string& where, const std::string& factor = "") {
  return Per(
      aggregate, from, where,
      "SELECT subject, count(DISTINCT account_id)::DOUBLE AS n FROM active_e GROUP BY subject",
      factor);
}

std::string PerManager(const std::string& aggregate, const std::string& from,
                       const std::string& where, const std::string& factor = "") {
  return Per(aggregate, from, where, "SELECT subject, managers::DOUBLE AS n FROM managers_e",
             factor);
}

std::string Mean(const std::string& value, const std::string& from, const std::string& where) {
  return fmt::format("SELECT subject, avg({}) FROM {}, period WHERE {} GROUP BY subject", value,
                     from, where);
}

// % of the rows for which the condition holds.
std::string Share(const std::string& yes, const std::string& from, const std::string& where) {
  return fmt::format(
      "SELECT subject, 100.0 * count(*) FILTER ({}) / count(*) FROM {}, period WHERE {} "
      "GROUP BY subject",
      yes, from, where);
}

std::string Relationships(const std::string& kpi) {
  if (kpi == "account_engagement") {
    return PerActiveAccount("sum(coalesce(quality, 3) / 5)", "s_interaction", kInPeriod,
                            "* 30 / days");
  }
  if (kpi == "interaction_volume") {
    return PerActiveAccount("count(*)", "s_interaction", kInPeriod, "* 30 / days");
  }
  if (kpi == "business_reviews_completed") {
    return PerActiveAccount("count(*)", "s_business_review", kInPeriod);
  }
  if (kpi == "executive_sponsorship") {
    return PerActiveAccount("count(DISTINCT account_id)",
                            "(SELECT i.* FROM s_interaction i JOIN contact c USING (contact_id) "
                            "WHERE c.seniority IN ('c_level', 'vp') OR c.decision_maker)",
                            "occurred_at >= t90 AND occurred_at < e", "* 100");
  }
  if (kpi == "account_plan_quality") return Mean("quality", "s_plan_review", kTrailing365);
  if (kpi == "client_initiated_share") {
    return Share("direction = 'inbound'", "s_interaction", kInPeriod);
  }
  // days_since_contact: mean over the accounts of A(E).
  return R"sql(
    WITH last_contact AS (
      SELECT subject, account_id, max(occurred_at) AS latest FROM s_interaction, period
      WHERE occurred_at < e GROUP BY subject, account_id)
    SELECT subject, avg(epoch_us(e) - epoch_us(coalesce(latest, started))) / 86400e6
    FROM active_e LEFT JOIN last_contact USING (subject, account_id), period
    GROUP BY subject)sql";
}

std::string Revenue(const std::string& kpi) {
  if (kpi == "revenue_per_account") {
    return PerActiveAccount("sum(amount)", "s_invoice_line", kInPeriod);
  }
  if (kpi == "opportunity_conversion_rate") {
    return Share("outcome = 'won'", "s_opportunity",
                 "outcome IN ('won', 'lost') AND closed_at >= s AND closed_at < e");
  }
  if (kpi == "time_to_close") {
    return Mean("(epoch_us(closed_at) - epoch_us(occurred_at)) / 86400e6", "s_opportunity",
                "outcome = 'won' AND closed_at >= s AND closed_at < e");
  }
  if (kpi == "upsell_revenue_share") {
    return fmt::format(
        "SELECT subject, 100 * coalesce(sum(amount) FILTER (sale_kind = 'upsell'), 0) / "
        "nullif(sum(amount), 0) FROM s_invoice_line, period WHERE {} GROUP BY subject",
        kInPeriod);
  }
  if (kpi == "sales_growth") {
    return fmt::format(
        "SELECT subject, 100 * (coalesce(sum(amount) FILTER ({}), 0) / "
        "nullif(coalesce(sum(amount) FILTER ({}), 0), 0) - 1) "
        "FROM s_invoice_line, period GROUP BY subject",
        kInPeriod, kLastYear);
  }
  // organic_growth: accounts with revenue in P¹, weighted by it.
  return fmt::format(R"sql(
    WITH by_account AS (
      SELECT subject, account_id, coalesce(sum(amount) FILTER ({}), 0) AS now,
             sum(amount) FILTER ({}) AS before
      FROM s_invoice_line, period WHERE account_id IS NOT NULL GROUP BY subject, account_id)
    SELECT subject, 100 * sum(now) / sum(before) FROM by_account WHERE before > 0
    GROUP BY subject)sql",
                     kInPeriod, kLastYear);
}

std::string Retention(const std::string& kpi) {
  if (kpi == "churn_rate" || kpi == "retention_rate") {
    const std::string churn =
        "100.0 * count(DISTINCT account_id) FILTER (churned_at >= s AND churned_at < e) / "
        "count(DISTINCT account_id)";
    return fmt::format("SELECT subject, {} FROM active_s, period GROUP BY subject",
                       kpi == "churn_rate" ? churn : "100 - " + churn);
  }
  if (kpi == "contract_renewal_rate") return Share("outcome = 'renewed'", "s_contract", kInPeriod);
  if (kpi == "net_promoter_score") {
    return fmt::format(
        "SELECT subject, 100.0 * (count(*) FILTER (score >= 9) - count(*) FILTER (score <= 6)) / "
        "count(*) FROM s_survey_response, period WHERE instrument = 'nps' AND {} GROUP BY subject",
        kInPeriod);
  }
  if (kpi == "customer_satisfaction") {
    return Share("score >= 4", "s_survey_response",
                 fmt::format("instrument = 'csat' AND {}", kInPeriod));
  }
  const std::string resolved = "resolved_at >= s AND resolved_at < e";
  if (kpi == "ticket_satisfaction") return Mean("satisfaction", "s_ticket", resolved);
  // issue_resolution_time
  return Mean("(epoch_us(resolved_at) - epoch_us(occurred_at)) / 3600e6", "s_ticket", resolved);
}

std::string Learning(const std::string& kpi) {
  if (kpi == "coaching_hours") {
    return PerManager("sum(hours) FILTER (kind = 'coaching')", "s_learning", kInPeriod);
  }
  if (kpi == "certification_rate") {
    return PerManager("count(*) FILTER (kind = 'certification')", "s_learning", kTrailing365);
  }
  if (kpi == "feedback_score") return Mean("score", "s_feedback", kInPeriod);
  // skill_assessment_score
  return Mean("score", "s_learning", fmt::format("kind = 'skill_assessment' AND {}", kInPeriod));
}

}  // namespace

const std::vector<Formula>& Formulas() {
  static const auto* const formulas = [] {
    auto* all = new std::vector<Formula>;
    for (const char* kpi : {"account_engagement", "account_plan_quality",
                            "business_reviews_completed", "client_initiated_share",
                            "days_since_contact", "executive_sponsorship", "interaction_volume"}) {
      all->push_back({kpi, Relationships(kpi)});
    }
    for (const char* kpi : {"opportunity_conversion_rate", "organic_growth", "revenue_per_account",
                            "sales_growth", "time_to_close", "upsell_revenue_share"}) {
      all->push_back({kpi, Revenue(kpi)});
    }
    for (const char* kpi :
         {"churn_rate", "contract_renewal_rate", "customer_satisfaction", "issue_resolution_time",
          "net_promoter_score", "retention_rate", "ticket_satisfaction"}) {
      all->push_back({kpi, Retention(kpi)});
    }
    for (const char* kpi :
         {"certification_rate", "coaching_hours", "feedback_score", "skill_assessment_score"}) {
      all->push_back({kpi, Learning(kpi)});
    }
    return all;
  }();
  return *formulas;
}

}  // namespace keyscore::testing
