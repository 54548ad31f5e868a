// The edges as SQL over the sample's tables.
#include "integration/oracle/corner_cases.h"

#include <set>

#include "absl/strings/str_join.h"
#include "fmt/format.h"

namespace keyscore::testing {
namespace {

// edge(n, t, account_id, manager_id): an instant, and whose fact it shall be. Every third says no
// manager, so that ownership tells; every eleventh no account.
void MakeEdges(Duck& duck, const std::vector<AskedPeriod>& periods) {
  std::set<std::string> days = {"2024-02-28", "2024-02-29", "2024-03-01"};
  for (const AskedPeriod& period : periods) {
    days.insert({period.from, period.to, period.last_year_from, period.last_year_to});
  }
  // Midnights of the days and of those n days before the end of a period, and moments beside them;
  // what lies around each clock change; the end of 29 February.
  duck.Run(fmt::format(R"sql(
    CREATE TABLE midnights AS
    SELECT DISTINCT midnight(day) AS t
    FROM (SELECT unnest(['{0}'])::DATE AS day
          UNION ALL
          SELECT e - n FROM (SELECT unnest(['{1}'])::DATE AS e),
                            (SELECT unnest([90, 91, 180, 182, 364, 365]) AS n));
    CREATE TABLE clock_change AS
    SELECT t + INTERVAL 1 HOUR AS t
    FROM (SELECT unnest(generate_series(TIMESTAMP '2023-01-01', TIMESTAMP '2025-12-31',
                                        INTERVAL 1 HOUR)) AS t)
    WHERE local_time(t) + INTERVAL 1 HOUR <> local_time(t + INTERVAL 1 HOUR);
    CREATE TABLE edge AS
    WITH person AS (SELECT manager_id, row_number() OVER (ORDER BY manager_id) - 1 AS i,
                           count(*) OVER () AS size
                    FROM (SELECT DISTINCT manager_id FROM manager)),
    customer AS (SELECT account_id, row_number() OVER (ORDER BY account_id) - 1 AS i,
                        count(*) OVER () AS size
                 FROM (SELECT DISTINCT account_id FROM account)),
    moment AS (
      SELECT t + o * INTERVAL 1 MICROSECOND AS t FROM midnights, (SELECT unnest([-1, 0, 1]) AS o)
      UNION SELECT t + o * INTERVAL 1 MINUTE FROM clock_change,
                   (SELECT unnest([-90, -30, 0, 30, 90]) AS o)
      UNION SELECT midnight('2024-03-01') - INTERVAL 1 MINUTE),
    numbered AS (SELECT t, row_number() OVER (ORDER BY t) AS n FROM moment)
    SELECT 'edge-' || n AS fact_id, n, t, midnight(local_day(t) + 1) AS next_day,
           CASE WHEN n % 11 <> 5 THEN account_id END AS account_id,
           CASE WHEN n % 3 <> 0 OR n % 11 = 5 THEN manager_id END AS manager_id
    FROM numbered JOIN person ON person.i = n * 7 % person.size
    JOIN customer ON customer.i = n * 13 % customer.size;
  )sql",
                       absl::StrJoin(days, "','"),
                       absl::StrJoin(periods, "','", [](std::string* out, const auto& period) {
                         out->append(period.to);
                       })));
}

// What happens at the edges. Times of the second kind (completed, resolved, due) lie just inside or
// just outside the local day of the first, or are the edge themselves.
constexpr char kFactsAtEdges[] = R"sql(
  INSERT INTO interaction BY NAME
  SELECT fact_id, account_id, manager_id, t AS occurred_at, 'visit' AS channel,
         CASE WHEN n % 2 = 0 THEN 'inbound' ELSE 'outbound' END AS direction, n % 90 AS minutes,
         CASE WHEN n % 4 = 1 THEN 'edge-promoted' WHEN n % 4 = 2 THEN 'edge-stranger-' || n % 5 END
           AS contact_id,
         CASE WHEN n % 3 = 1 THEN 'education' WHEN n % 3 = 2 THEN 'edges' END AS topic,
         n % 2 = 1 AS check_in FROM edge;
  INSERT INTO survey_response BY NAME
  SELECT fact_id, account_id, manager_id, t AS occurred_at, CASE WHEN n % 2 = 0 THEN n % 11 ELSE 1 + n % 5 END AS score,
         ['nps', 'csat', 'voc', 'rep_feedback'][1 + n % 4] AS instrument FROM edge;
  INSERT INTO invoice_line BY NAME
  SELECT fact_id, account_id, manager_id, t AS occurred_at, 'edge-' || n % 50 AS invoice_id,
         100 + n AS amount, CASE WHEN n % 5 <> 0 THEN 90 + n % 70 END AS cost,
         ['base', 'upsell', 'cross_sell', 'new'][1 + n % 4] AS sale_kind FROM edge;
  INSERT INTO service_cost BY NAME
  SELECT fact_id, account_id, manager_id, t AS occurred_at, 10 + n % 7 AS amount FROM edge;
  INSERT INTO wallet BY NAME
  SELECT fact_id, account_id, manager_id, t AS occurred_at, 1000 * (n % 4) AS category_spend FROM edge;
  INSERT INTO ticket BY NAME
  SELECT fact_id, account_id, manager_id, t - (n % 3) * INTERVAL 5 HOUR AS occurred_at,
         CASE WHEN n % 9 <> 0 THEN t END AS resolved_at, 1 + n % 2 AS contacts_to_resolve,
         next_day - (n % 5) * INTERVAL 12 HOUR AS sla_due_at, 1 + n % 5 AS satisfaction FROM edge;
  INSERT INTO ticket BY NAME
  SELECT fact_id || '-late' AS fact_id, account_id, manager_id,
         t - INTERVAL 2 DAY AS occurred_at,
         CASE n % 2 WHEN 0 THEN next_day ELSE next_day - INTERVAL 1 MICROSECOND END AS resolved_at,
         t AS sla_due_at FROM edge;
  INSERT INTO opportunity BY NAME
  SELECT fact_id, account_id, manager_id, t - (n % 4) * INTERVAL 30 DAY AS occurred_at,
         CASE WHEN n % 4 <> 0 OR n % 13 = 0 THEN t END AS closed_at,
         CASE WHEN n % 17 = 1 THEN 'open' WHEN n % 4 = 0 AND n % 7 > 1 THEN 'open' WHEN n % 3 = 0 THEN 'lost' ELSE 'won' END AS outcome,
         CASE WHEN n % 7 <> 0 THEN 500 + n END AS amount, n % 5 = 0 AS qualified,
         ['new', 'reactivated', 'upsell', 'cross_sell'][1 + n % 4] AS kind,
         [NULL, '', '  ', 'high'][1 + n % 4] AS priority, n % 2 = 0 AS growth_target FROM edge;
  INSERT INTO implementation BY NAME
  SELECT fact_id, account_id, manager_id, t - (n % 60) * INTERVAL 1 DAY AS occurred_at,
         t AS live_at FROM edge;
  INSERT INTO contract BY NAME
  SELECT fact_id, account_id, manager_id, t AS occurred_at, n % 3 = 0 AS rebid, 1000 + n % 3 AS value,
         ['pending', 'renewed', 'lost', 'renewed'][1 + n % 4] AS outcome, 12 + n % 24 AS term_months,
         CASE WHEN n % 5 <> 0 THEN 1001 END AS previous_value,
         CASE WHEN n % 5 <> 1 THEN 24 END AS previous_term_months FROM edge;
  INSERT INTO goal BY NAME
  SELECT fact_id, account_id, manager_id, t - (n % 2) * INTERVAL 90 DAY AS occurred_at,
         CASE n % 4 WHEN 0 THEN t + INTERVAL 500 DAY ELSE t END AS due_at,
         CASE n % 4 WHEN 0 THEN NULL WHEN 1 THEN next_day - INTERVAL 1 MICROSECOND
                    WHEN 2 THEN next_day ELSE t END AS achieved_at,
         n % 5 / 4.0 AS progress, true AS shared, n % 3 <> 0 AS depends_on_others FROM edge;
  INSERT INTO plan_action BY NAME
  SELECT fact_id, account_id, manager_id, t AS occurred_at,
         CASE n % 5 WHEN 0 THEN NULL WHEN 1 THEN next_day WHEN 2 THEN t
                    ELSE next_day - INTERVAL 1 MICROSECOND END AS completed_at,
         CASE WHEN n % 6 <> 0 THEN 1000 END AS budget,
         CASE WHEN n % 7 <> 0 THEN 999 + n % 3 END AS actual_cost FROM edge;
  INSERT INTO plan_review BY NAME
  SELECT fact_id, account_id, manager_id, t AS occurred_at, n % 101 AS quality FROM edge;
  INSERT INTO business_review BY NAME
  SELECT fact_id, account_id, manager_id, t AS occurred_at, 'quarterly' AS kind FROM edge;
  INSERT INTO assessment BY NAME
  SELECT fact_id, account_id, manager_id, t AS occurred_at, ['needs_analysis', 'swot'][1 + n % 2] AS kind
  FROM edge;
  INSERT INTO proposal BY NAME
  SELECT fact_id, account_id, manager_id, t AS occurred_at, 1 + n % 5 AS relevance FROM edge;
  INSERT INTO referral BY NAME
  SELECT fact_id, account_id, manager_id, t AS occurred_at, false AS converted,
         ['referral', 'reference', 'public_mention'][1 + n % 3] AS kind FROM edge;
  -- The week within which to answer, across clock changes too.
  INSERT INTO competitor_event BY NAME
  SELECT fact_id, account_id, manager_id, t AS occurred_at,
         t + INTERVAL 168 HOUR + (n % 3 - 1) * INTERVAL 1 MICROSECOND AS responded_at
  FROM edge;
  -- Two at once: the later fact_id is the latest.
  INSERT INTO supplier_status BY NAME
  SELECT fact_id || suffix AS fact_id, account_id, manager_id, t AS occurred_at,
         (n + length(suffix)) % 2 = 0 AS preferred, (n + length(suffix)) % 5 AS supplier_count
  FROM edge, (SELECT unnest(['', 'b']) AS suffix) WHERE n % 4 = 0;
)sql";

// About managers alone.
constexpr char kManagersFactsAtEdges[] = R"sql(
  INSERT INTO learning BY NAME
  SELECT 'edge-' || k || n AS fact_id, manager_id, k AS kind, 1 + n % 4 AS hours,
         40 + n % 60 AS score, CASE WHEN k = 'training' THEN t - INTERVAL 20 DAY ELSE t END
           AS occurred_at,
         CASE WHEN k = 'training' THEN t - INTERVAL 1 DAY WHEN n % 3 = 0 THEN t END AS due_at,
         CASE WHEN k = 'training' THEN t + (n % 3 - 1) * INTERVAL 1 MICROSECOND END AS completed_at
  FROM edge, (SELECT unnest(['coaching', 'training', 'certification', 'skill_assessment']) AS k)
  WHERE manager_id IS NOT NULL;
  INSERT INTO feedback BY NAME
  SELECT 'edge-' || n AS fact_id, manager_id, t AS occurred_at, 1 + n % 5 AS score,
         ['peer', 'internal_department'][1 + n % 2] AS source
  FROM edge WHERE manager_id IS NOT NULL;
  INSERT INTO employee_survey BY NAME
  SELECT 'edge-' || n AS fact_id, manager_id, t AS occurred_at, n % 11 AS score
  FROM edge WHERE manager_id IS NOT NULL;
)sql";

}  // namespace

void AddFactsAtEdges(Duck& duck, const std::vector<AskedPeriod>& periods) {
  MakeEdges(duck, periods);
  duck.Run(kFactsAtEdges);
  duck.Run(kManagersFactsAtEdges);
}

}  // namespace keyscore::testing
