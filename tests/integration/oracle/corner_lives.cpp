// Subjects at the edges as SQL over the sample's tables.
#include "fmt/format.h"
#include "integration/oracle/corner_cases.h"

namespace keyscore::testing {
namespace {

// Of edge-silent and edge-newcomer nobody knows anything, edge-future is yet to come. edge-idle
// left its team, edge-void, which has no managers any more, and looks after edge-owned without a
// fact, edge-credited, who got money back and never paid any, and edge-courted, who buys from
// others. A contact was promoted.
constexpr char kSubjectsAtEdges[] = R"sql(
  INSERT INTO team BY NAME
  SELECT id AS fact_id, TIMESTAMP '2020-01-01' AS occurred_at, id AS team_id, id AS name
  FROM (SELECT unnest(['edge-void', 'edge-ahead']) AS id);
  INSERT INTO manager BY NAME
  SELECT id || year(started) AS fact_id, id AS manager_id, started AS occurred_at, id AS name,
         team AS team_id
  FROM (VALUES ('edge-idle', TIMESTAMP '2020-01-01', 'edge-void'),
               ('edge-idle', TIMESTAMP '2021-01-01', NULL),
               ('edge-newcomer', TIMESTAMP '2020-06-01', 'edge-ahead'),
               ('edge-future', TIMESTAMP '2031-01-01', 'edge-ahead')) AS new (id, started, team);
  INSERT INTO account BY NAME
  SELECT id AS fact_id, id AS account_id, TIMESTAMP '2022-03-01' AS occurred_at, id AS name
  FROM (SELECT unnest(['edge-silent', 'edge-owned', 'edge-credited', 'edge-courted']) AS id);
  INSERT INTO ownership BY NAME
  SELECT id AS fact_id, id AS account_id, 'edge-idle' AS manager_id,
         TIMESTAMP '2022-03-01' AS occurred_at
  FROM (SELECT unnest(['edge-owned', 'edge-credited', 'edge-courted']) AS id);
  INSERT INTO wallet BY NAME
  SELECT 'edge-courted' AS fact_id, 'edge-courted' AS account_id,
         TIMESTAMP '2024-02-20' AS occurred_at, 1000 AS category_spend;
  INSERT INTO invoice_line BY NAME
  SELECT 'edge-credit-' || m AS fact_id, 'edge-credited' AS account_id,
         TIMESTAMP '2022-04-05' + m * INTERVAL 3 MONTH AS occurred_at,
         'edge-credit-' || m AS invoice_id, -50 AS amount, 'base' AS sale_kind
  FROM (SELECT unnest(generate_series(1, 14)) AS m);
  INSERT INTO contact BY NAME
  SELECT 'edge-promoted-' || since AS fact_id, 'edge-owned' AS account_id,
         since::TIMESTAMP AS occurred_at, 'edge-promoted' AS contact_id, level AS seniority,
         false AS decision_maker, department
  FROM (VALUES ('2022-05-01', 'staff', NULL), ('2024-05-01', 'vp', 'board'))
       AS new (since, level, department);
)sql";

// Lives and ownerships that begin and end exactly with a period, and a fact at each of its ends.
void MakeLivesAtEdges(Duck& duck, const AskedPeriod& period, size_t number) {
  duck.Run(fmt::format(R"sql(
    CREATE OR REPLACE TABLE life AS
    SELECT 'edge-' || what || '-{2}' AS account_id, what, row_number() OVER (ORDER BY what) AS n,
           midnight('{0}') AS s, midnight('{1}') AS e
    FROM (SELECT unnest(['left-at-start', 'left-at-end', 'began-at-start', 'began-at-end',
                         'returned', 'moved']) AS what);
    INSERT INTO account BY NAME
    SELECT account_id AS fact_id, account_id, account_id AS name,
           CASE what WHEN 'began-at-start' THEN s WHEN 'began-at-end' THEN e
                     ELSE s - INTERVAL 400 DAY END AS occurred_at,
           CASE what WHEN 'left-at-start' THEN s WHEN 'left-at-end' THEN e
                     WHEN 'returned' THEN s END AS churned_at FROM life;
    INSERT INTO account BY NAME
    SELECT account_id || '-2' AS fact_id, account_id, account_id AS name, s AS occurred_at
    FROM life WHERE what = 'returned';
    -- From one manager to the next at S, and to two at once at E.
    INSERT INTO ownership BY NAME
    SELECT account_id || suffix AS fact_id, account_id, manager_id, since AS occurred_at, until
    FROM (SELECT account_id, n, s - INTERVAL 500 DAY AS since, CASE what WHEN 'moved' THEN s END AS
                 until, '-1' AS suffix FROM life
          UNION ALL SELECT account_id, n + 1, s, e, '-2' FROM life WHERE what = 'moved'
          UNION ALL SELECT account_id, n + 2, e, NULL, '-3' FROM life WHERE what = 'moved'
          UNION ALL SELECT account_id, n + 3, e, NULL, '-4' FROM life WHERE what = 'moved')
    JOIN (SELECT manager_id, row_number() OVER (ORDER BY manager_id) AS i
          FROM (SELECT DISTINCT manager_id FROM manager)) ON i = 1 + n % 6;
    CREATE OR REPLACE TABLE moment AS
    SELECT account_id, what, t = e AS last, t,
           account_id || '-' || row_number() OVER (PARTITION BY account_id ORDER BY t) AS fact_id
    FROM (SELECT account_id, what, e, unnest([s, e, e - INTERVAL 1 MICROSECOND]) AS t FROM life);
    -- At E for the first time somebody from the board, and somebody new.
    INSERT INTO contact BY NAME
    SELECT fact_id, account_id, t AS occurred_at, fact_id AS contact_id, 'c_level' AS seniority,
           true AS decision_maker FROM moment WHERE last AND what <> 'began-at-end';
    INSERT INTO interaction BY NAME
    SELECT fact_id, account_id, t AS occurred_at, 'call' AS channel, 'inbound' AS direction,
           true AS check_in, CASE WHEN last THEN fact_id END AS contact_id FROM moment;
    -- What makes moved a loss is spent at E.
    INSERT INTO invoice_line BY NAME
    SELECT fact_id, account_id, t AS occurred_at, fact_id AS invoice_id, 1000 AS amount,
           CASE what WHEN 'moved' THEN 990 ELSE 1200 END AS cost, 'upsell' AS sale_kind FROM moment;
    INSERT INTO service_cost BY NAME
    SELECT fact_id, account_id, t AS occurred_at, 100 AS amount FROM moment
    WHERE last AND what = 'moved';
    -- Revenue of returned turned from good to negative within the year.
    INSERT INTO invoice_line BY NAME
    SELECT account_id || d AS fact_id, account_id, midnight(local_day(e) - d) AS occurred_at,
           account_id || d AS invoice_id, amount, 'base' AS sale_kind
    FROM life, (VALUES (300, 20000), (100, -9000)) AS line (d, amount) WHERE what = 'returned';
    INSERT INTO survey_response BY NAME
    SELECT fact_id, account_id, t AS occurred_at, 'nps' AS instrument,
           CASE WHEN last THEN 10 ELSE 3 END AS score FROM moment;
    INSERT INTO survey_response BY NAME
    SELECT account_id || d AS fact_id, account_id, midnight(local_day(e) - d) AS occurred_at,
           ['nps', 'voc'][1 + d % 365 // 182] AS instrument, 8 AS score
    FROM life, (SELECT unnest([365, 182]) AS d) WHERE what IN ('moved', 'returned');
    INSERT INTO ticket BY NAME
    SELECT account_id || '-' || i AS fact_id, account_id, e - i * INTERVAL 8 HOUR AS occurred_at
    FROM life, (SELECT unnest(generate_series(0, 7)) AS i) WHERE what = 'moved';
    INSERT INTO supplier_status BY NAME
    SELECT fact_id, account_id, t AS occurred_at, NOT last AS preferred,
           CASE WHEN last THEN 9 ELSE 3 END AS supplier_count FROM moment;
    -- Due soon or just not: at E, at 180 days and in between, where clocks may change.
    INSERT INTO contract BY NAME
    SELECT account_id || '-due' AS fact_id, account_id, 'pending' AS outcome, false AS rebid,
           1 AS value, 12 AS term_months,
           CASE what WHEN 'moved' THEN e WHEN 'returned' THEN midnight(local_day(e) + 180)
                     ELSE midnight(local_day(e) + 180) - INTERVAL 1 MICROSECOND END AS occurred_at
    FROM life;
    -- Three goals, of which one is agreed, due or achieved just when the period ends.
    INSERT INTO goal BY NAME
    SELECT account_id || '-goal-' || g AS fact_id, account_id,
           CASE WHEN g = 1 AND what = 'began-at-end' THEN e ELSE e - INTERVAL 9 DAY END
             AS occurred_at,
           CASE WHEN g = 1 AND what = 'moved' THEN e ELSE e + INTERVAL 99 DAY END AS due_at,
           CASE WHEN g = 1 AND what = 'returned' THEN e
                WHEN g = 1 AND what = 'began-at-start' THEN e - INTERVAL 1 MICROSECOND END
             AS achieved_at,
           0.5 AS progress, true AS shared, false AS depends_on_others
    FROM life, (SELECT unnest([1, 2, 3]) AS g);
  )sql",
                       period.from, period.to, number));
}

}  // namespace

void AddLivesAtEdges(Duck& duck, const std::vector<AskedPeriod>& periods) {
  duck.Run(kSubjectsAtEdges);
  for (size_t i = 0; i < periods.size(); i += 4) MakeLivesAtEdges(duck, periods[i], i);
}

}  // namespace keyscore::testing
