// Attribution and A(t) in SQL.
#include "integration/oracle/raw_facts.h"

#include "fmt/format.h"
#include "support/sample.h"

namespace keyscore::testing {
namespace {

bool IsDirectory(const std::string& dataset) {
  return dataset == "team" || dataset == "manager" || dataset == "account" ||
         dataset == "ownership";
}

// A fact with a manager is that manager's. One without is of whoever owned its account when it
// occurred: of the rows that cover the instant the one that began last.
void Attribute(Duck& duck, const std::string& dataset) {
  duck.Run(fmt::format(R"sql(
    CREATE TABLE attributed AS
    SELECT f.fact_id, arg_max(o.manager_id, (o.occurred_at, o.fact_id)) AS owner
    FROM {0} f JOIN ownership o ON o.account_id = f.account_id
     AND o.occurred_at <= f.occurred_at AND (o.until IS NULL OR f.occurred_at < o.until)
    WHERE f.manager_id IS NULL
    GROUP BY f.fact_id;
    CREATE TABLE whose AS
    SELECT f.*, coalesce(f.manager_id, owner) AS whose_fact
    FROM {0} f LEFT JOIN attributed USING (fact_id);
    CREATE TABLE s_{0} AS
    SELECT 'managers/' || whose_fact AS subject, whose.* FROM whose WHERE whose_fact IS NOT NULL
    UNION ALL
    SELECT 'teams/' || team_id, whose.*
    FROM whose JOIN manager_team ON whose_fact = manager_team.manager_id
    UNION ALL
    SELECT 'accounts/' || account_id, whose.* FROM whose WHERE account_id IS NOT NULL
    UNION ALL
    SELECT 'organization', whose.* FROM whose;
    DROP TABLE attributed;
    DROP TABLE whose;
  )sql",
                       dataset));
}

// A(t): accounts in a span of their life at t that somebody of the subject owns at t.
void MakeActive(Duck& duck, const std::string& name, const std::string& instant) {
  duck.Run(fmt::format(R"sql(
    CREATE OR REPLACE TABLE living AS
    SELECT account_id, occurred_at AS started, churned_at FROM account, period
    WHERE occurred_at <= {1} AND (churned_at IS NULL OR {1} < churned_at);
    CREATE OR REPLACE TABLE owned AS
    SELECT living.*, o.manager_id FROM living JOIN ownership o USING (account_id), period
    WHERE o.occurred_at <= {1} AND (o.until IS NULL OR {1} < o.until);
    CREATE OR REPLACE TABLE {0} AS
    SELECT DISTINCT 'managers/' || manager_id AS subject, account_id, started, churned_at
    FROM owned
    UNION ALL
    SELECT DISTINCT 'teams/' || team_id, account_id, started, churned_at
    FROM owned JOIN manager_team USING (manager_id)
    UNION ALL
    SELECT DISTINCT 'accounts/' || account_id, account_id, started, churned_at FROM living
    UNION ALL
    SELECT DISTINCT 'organization', account_id, started, churned_at FROM owned;
  )sql",
                       name, instant));
}

}  // namespace

void MakeClock(Duck& duck, const std::string& time_zone) {
  duck.Run(fmt::format(R"sql(
    CREATE MACRO local_time(t) AS (t AT TIME ZONE 'UTC') AT TIME ZONE '{0}';
    CREATE MACRO local_day(t) AS ((t AT TIME ZONE 'UTC') AT TIME ZONE '{0}')::DATE;
    CREATE MACRO midnight(day) AS (day::DATE::TIMESTAMP AT TIME ZONE '{0}') AT TIME ZONE 'UTC';
  )sql",
                       time_zone));
}

void MakeSubjects(Duck& duck) {
  duck.Run(R"sql(
    CREATE TABLE manager_team AS
    SELECT manager_id, arg_max_null(team_id, (occurred_at, fact_id)) AS team_id
    FROM manager GROUP BY manager_id HAVING team_id IS NOT NULL;
    CREATE TABLE contact_now AS
    SELECT contact_id, unnest(arg_max({'seniority': seniority, 'decision_maker': decision_maker,
                                        'department': department}, (occurred_at, fact_id)))
    FROM contact GROUP BY contact_id;
    CREATE TABLE subject AS
    SELECT DISTINCT 'managers/' || manager_id AS subject FROM manager
    UNION ALL SELECT DISTINCT 'teams/' || team_id FROM team
    UNION ALL SELECT DISTINCT 'accounts/' || account_id FROM account
    UNION ALL SELECT 'organization';
  )sql");
  for (const std::string& dataset : SampleDatasets()) {
    if (!IsDirectory(dataset)) Attribute(duck, dataset);
  }
  duck.Run(R"sql(
    CREATE TABLE s_meeting AS FROM s_interaction LEFT JOIN contact_now USING (contact_id);
    CREATE TABLE book AS
    SELECT account_id, o.manager_id, churned_at,
           greatest(a.occurred_at, o.occurred_at) AS occurred_at, least(churned_at, until) AS ended_at
    FROM account a JOIN ownership o USING (account_id)
    WHERE (until IS NULL OR a.occurred_at < until)
      AND (churned_at IS NULL OR o.occurred_at < churned_at);
    CREATE TABLE s_book AS
    SELECT 'managers/' || manager_id AS subject, account_id, occurred_at, ended_at, churned_at
    FROM book
    UNION ALL
    SELECT 'teams/' || team_id, account_id, occurred_at, ended_at, churned_at
    FROM book JOIN manager_team USING (manager_id)
    UNION ALL
    SELECT 'accounts/' || account_id, account_id, occurred_at, churned_at, churned_at FROM account
    UNION ALL
    SELECT 'organization', account_id, occurred_at, ended_at, churned_at FROM book;
  )sql");
}

void MakePeriod(Duck& duck, const AskedPeriod& asked) {
  duck.Run(fmt::format(R"sql(
    CREATE OR REPLACE TABLE period AS
    WITH days AS (SELECT DATE '{}' AS s, DATE '{}' AS e, DATE '{}' AS s1, DATE '{}' AS e1)
    SELECT midnight(s) AS s, midnight(e) AS e, midnight(s - (e - s)::INTEGER) AS s0,
           midnight(s1) AS s1, midnight(e1) AS e1, midnight(e - 90) AS t90, midnight(e - 91) AS t91,
           midnight(e - 180) AS t180, midnight(e - 182) AS t182, midnight(e - 364) AS t364,
           midnight(e - 365) AS t365, midnight(e + 180) AS n180, e - s AS days
    FROM days;
  )sql",
                       asked.from, asked.to, asked.last_year_from, asked.last_year_to));
  MakeActive(duck, "active_s", "s");
  MakeActive(duck, "active_e", "e");
  duck.Run(R"sql(
    CREATE OR REPLACE TABLE accounts_e AS
    SELECT subject, count(DISTINCT account_id) AS n FROM active_e GROUP BY subject;
    CREATE OR REPLACE TABLE in_role AS
    SELECT DISTINCT manager_id FROM manager, period
    WHERE occurred_at <= e AND (left_at IS NULL OR e < left_at);
    CREATE OR REPLACE TABLE managers_e AS
    SELECT 'managers/' || manager_id AS subject, 1 AS managers FROM in_role
    UNION ALL
    SELECT 'teams/' || team_id, count(*)
    FROM in_role JOIN manager_team USING (manager_id) GROUP BY 1
    UNION ALL
    SELECT 'organization', count(*) FROM in_role;
  )sql");
}

}  // namespace keyscore::testing
