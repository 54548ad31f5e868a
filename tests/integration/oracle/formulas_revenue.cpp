// Revenue in SQL.
#include <string>

#include "fmt/format.h"
#include "integration/oracle/formulas.h"
#include "integration/oracle/sql.h"

namespace keyscore::testing {
namespace {

using namespace sql;  // NOLINT(google-build-using-namespace): the vocabulary of this file

constexpr int kDay = 86400;  // in seconds

const std::string& ClosedInPeriod() {
  static const auto* const closed = new std::string(Between("closed_at", "s", "e"));
  return *closed;
}

// Won out of decided, among the opportunities of a kind.
Answer WinRate(const std::string& kind) {
  return Share(
      "outcome = 'won'", "s_opportunity",
      fmt::format("kind = '{}' AND outcome IN ('won', 'lost') AND {}", kind, ClosedInPeriod()));
}

Answer RevenueShare(const std::string& kind) {
  return Percent(fmt::format("sum(amount) FILTER (sale_kind = '{}')", kind), "sum(amount)",
                 "s_invoice_line", kInPeriod);
}

// Lifespan: the years that accounts were in the subject's book before E, by how often one was lost
// to a churn; a year has 365 days, and 10 years are the most that is believed.
Answer CustomerLifetimeValue() {
  return {fmt::format(R"sql(
    WITH purchase AS (
      SELECT subject, sum(amount) AS amount, count(DISTINCT invoice_id)::DOUBLE AS invoices
      FROM s_invoice_line, period WHERE {} GROUP BY subject),
    life AS (
      SELECT subject, sum(epoch_us(least(coalesce(ended_at, e), e)) - epoch_us(occurred_at))
                        / (365 * 86400e6) AS years,
             count(*) FILTER (ended_at = churned_at AND churned_at < e) AS churns
      FROM s_book, period WHERE occurred_at < e GROUP BY subject)
    SELECT subject, amount / invoices * (invoices / n)
                    * CASE WHEN coalesce(churns, 0) = 0 THEN 10 ELSE least(10, years / churns) END
    FROM purchase JOIN accounts_e USING (subject) LEFT JOIN life USING (subject))sql",
                      Trailing(365))};
}

// Points between the margins of P and of the period before, over the lines that have a cost.
Answer ProfitMarginIncrease() {
  const auto margin = [](const char* window) {
    return fmt::format("sum(amount - cost) FILTER ({0}) / nullif(sum(amount) FILTER ({0}), 0)",
                       window);
  };
  return {fmt::format(
      "SELECT subject, 100 * ({} - {}) FROM s_invoice_line, period WHERE cost IS NOT NULL "
      "GROUP BY subject",
      margin(kInPeriod), margin(kInPrevious))};
}

Answer CostToServeReduction() {
  const auto sums = [](const char* table) {
    return fmt::format(
        "SELECT subject, coalesce(sum(amount) FILTER ({}), 0) AS now, "
        "coalesce(sum(amount) FILTER ({}), 0) AS before FROM {}, period GROUP BY subject",
        kInPeriod, kInPrevious, table);
  };
  return {fmt::format(R"sql(
    WITH cost AS ({}), revenue AS ({})
    SELECT subject, 100 * (1 - (coalesce(cost.now, 0) / nullif(revenue.now, 0))
                             / nullif(coalesce(cost.before, 0) / nullif(revenue.before, 0), 0))
    FROM revenue LEFT JOIN cost USING (subject))sql",
                      sums("s_service_cost"), sums("s_invoice_line"))};
}

Answer ShareOfWallet() {
  return {fmt::format(R"sql(
    WITH revenue AS (SELECT subject, sum(amount) AS amount FROM s_invoice_line, period
                     WHERE {0} GROUP BY subject),
         wallet AS (SELECT subject, sum(category_spend) AS spend FROM s_wallet, period
                    WHERE {0} GROUP BY subject)
    SELECT subject, 100 * coalesce(amount, 0) / nullif(spend, 0)
    FROM wallet LEFT JOIN revenue USING (subject))sql",
                      Trailing(365))};
}

// Accounts with an invoice line in T(365), what they cost counted where it is known.
Answer UnprofitableCustomers() {
  return RolledUp(fmt::format(R"sql(
    WITH lines AS (
      SELECT subject, account_id, sum(amount) - sum(coalesce(cost, 0)) AS margin
      FROM s_invoice_line, period WHERE {0} AND account_id IS NOT NULL GROUP BY subject, account_id),
    service AS (
      SELECT subject, account_id, sum(amount) AS cost FROM s_service_cost, period
      WHERE {0} GROUP BY subject, account_id)
    SELECT subject, account_id,
           CASE WHEN margin - coalesce(cost, 0) < 0 THEN 100.0 ELSE 0.0 END AS value, 1.0 AS weight
    FROM lines LEFT JOIN service USING (subject, account_id))sql",
                              Trailing(365)));
}

// Accounts that had revenue in P¹, weighted by it.
Answer OrganicGrowth() {
  return RolledUp(fmt::format(R"sql(
    SELECT subject, account_id,
           100 * coalesce(sum(amount) FILTER ({0}), 0) / sum(amount) FILTER ({1}) AS value,
           sum(amount) FILTER ({1}) AS weight
    FROM s_invoice_line, period WHERE account_id IS NOT NULL
    GROUP BY subject, account_id HAVING weight > 0)sql",
                              kInPeriod, kLastYear));
}

Answer SalesGrowth() {
  return {fmt::format(
      "SELECT subject, 100 * (coalesce(sum(amount) FILTER ({}), 0) / "
      "nullif(sum(amount) FILTER ({}), 0) - 1) FROM s_invoice_line, period GROUP BY subject",
      kInPeriod, kLastYear)};
}

// What was open at an instant: opened by then, and not closed by then.
Answer PipelineGrowth() {
  const auto open_at = [](const char* t) {
    return fmt::format(
        "coalesce(sum(amount) FILTER (occurred_at <= {0} AND "
        "((closed_at IS NULL AND outcome = 'open') OR closed_at > {0})), 0)",
        t);
  };
  return {fmt::format(
      "SELECT subject, 100 * ({} / nullif({}, 0) - 1) FROM s_opportunity, period GROUP BY subject",
      open_at("e"), open_at("s"))};
}

}  // namespace

std::vector<Formula> RevenueFormulas() {
  return {
      {"account_plan_execution",
       Share("local_day(completed_at) <= local_day(occurred_at)", "s_plan_action", kInPeriod)},
      {"plan_on_budget", Share("actual_cost <= budget", "s_plan_action",
                               "budget IS NOT NULL AND actual_cost IS NOT NULL AND " +
                                   Between("completed_at", "s", "e"))},
      {"cross_selling", WinRate("cross_sell")},
      {"upsell_rate", WinRate("upsell")},
      {"cross_sell_revenue_share", RevenueShare("cross_sell")},
      {"upsell_revenue_share", RevenueShare("upsell")},
      {"customer_lifetime_value", CustomerLifetimeValue()},
      {"profit_margin_increase", ProfitMarginIncrease()},
      {"lead_management", Share("qualified", "s_opportunity", kInPeriod)},
      {"new_business_opportunities",
       Number("s_opportunity", And("kind IN ('new', 'reactivated')", kInPeriod))},
      {"number_of_referrals", Number("s_referral", And("kind = 'referral'", kInPeriod))},
      {"referral_rate", ShareOfAccounts("s_referral", And("kind = 'referral'", kInPeriod))},
      {"opportunity_conversion_rate", Share("outcome = 'won'", "s_opportunity",
                                            "outcome IN ('won', 'lost') AND " + ClosedInPeriod())},
      {"product_mix",
       Percent("sum(amount) FILTER (growth_target)", "sum(amount)", "s_opportunity", kInPeriod)},
      {"opportunity_prioritisation",
       Share("trim(coalesce(priority, '')) <> ''", "s_opportunity", kInPeriod)},
      {"cost_to_serve_reduction", CostToServeReduction()},
      {"revenue_per_account", PerActiveAccount("sum(amount)", "s_invoice_line", kInPeriod)},
      {"share_of_wallet", ShareOfWallet()},
      {"time_to_close", Mean(Elapsed("occurred_at", "closed_at", kDay), "s_opportunity",
                             "outcome = 'won' AND " + ClosedInPeriod(), kNotNegative)},
      {"time_to_implement", Mean(Elapsed("occurred_at", "live_at", kDay), "s_implementation",
                                 Between("live_at", "s", "e"), kNotNegative)},
      {"unprofitable_customers", UnprofitableCustomers()},
      {"organic_growth", OrganicGrowth()},
      {"contract_expansion",
       Share("value > previous_value", "s_contract",
             And("outcome = 'renewed' AND previous_value IS NOT NULL", kInPeriod))},
      {"pipeline_growth", PipelineGrowth()},
      {"sales_growth", SalesGrowth()},
  };
}

}  // namespace keyscore::testing
