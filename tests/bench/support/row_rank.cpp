// `rank`: every manager's ten-KPI card for a quarter, against the SQL that a good engineer would
// write for the ten values: one pass per dataset, straight over native DuckDB tables.
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cmath>
#include <map>

#include "bench/support/child.h"
#include "bench/support/duck.h"
#include "bench/support/rows.h"
#include "keyscore/v1/scorecard_service.grpc.pb.h"

namespace keyscore::bench {
namespace {

// Q3 2025 in UTC: S, E, and the same quarter a year before.
constexpr char kSql[] = R"(
with p as (select timestamp '2025-07-01' s, timestamp '2025-10-01' e,
                  timestamp '2024-07-01' s1, timestamp '2024-10-01' e1,
                  timestamp '2025-07-03' t90, timestamp '2024-10-01' t365),
book as (
  select o.manager_id m, count(distinct a.account_id) n
  from account a join ownership o using (account_id), p
  where a.occurred_at <= e and (a.churned_at is null or a.churned_at > e)
    and o.occurred_at <= e and (o.until is null or o.until > e)
  group by 1),
interactions as (
  select coalesce(f.manager_id, owner_at(f.account_id, f.occurred_at)) m,
         sum(coalesce(f.quality, 3) / 5) filter (f.occurred_at >= s) points,
         count(distinct f.account_id)
           filter (f.occurred_at >= t90 and (c.seniority in ('c_level', 'vp') or c.decision_maker)) sponsored
  from interaction f left join contact c on c.contact_id = f.contact_id, p
  where f.occurred_at >= s and f.occurred_at < e
  group by 1),
reviews as (
  select coalesce(f.manager_id, owner_at(f.account_id, f.occurred_at)) m, avg(quality) quality
  from plan_review f, p where f.occurred_at >= t365 and f.occurred_at < e group by 1),
lines as (
  select coalesce(f.manager_id, owner_at(f.account_id, f.occurred_at)) m,
         f.account_id account,
         sum(amount) filter (f.occurred_at >= s and f.occurred_at < e) revenue,
         sum(amount) filter (f.occurred_at >= s and f.occurred_at < e and sale_kind = 'upsell') up,
         sum(amount) filter (f.occurred_at >= s1 and f.occurred_at < e1) earlier
  from invoice_line f, p
  where (f.occurred_at >= s and f.occurred_at < e) or (f.occurred_at >= s1 and f.occurred_at < e1)
  group by 1, 2),
revenue as (
  select m, sum(revenue) revenue, 100 * coalesce(sum(up), 0) / sum(revenue) up,
         100 * sum(coalesce(revenue, 0)) filter (earlier > 0) / sum(earlier) filter (earlier > 0) nrr
  from lines group by 1),
deals as (
  select coalesce(f.manager_id, owner_at(f.account_id, f.occurred_at)) m,
         100.0 * count(*) filter (outcome = 'won') / count(*) rate
  from opportunity f, p
  where closed_at >= s and closed_at < e and outcome in ('won', 'lost') group by 1),
renewals as (
  select coalesce(f.manager_id, owner_at(f.account_id, f.occurred_at)) m,
         100.0 * count(*) filter (outcome = 'renewed') / count(*) rate
  from contract f, p where f.occurred_at >= s and f.occurred_at < e group by 1),
surveys as (
  select coalesce(f.manager_id, owner_at(f.account_id, f.occurred_at)) m,
         100.0 * (count(*) filter (score >= 9) - count(*) filter (score <= 6)) / count(*) nps
  from survey_response f, p
  where f.occurred_at >= s and f.occurred_at < e and instrument = 'nps' group by 1),
tickets as (
  select coalesce(f.manager_id, owner_at(f.account_id, f.occurred_at)) m,
         avg(epoch_us(resolved_at) - epoch_us(f.occurred_at)) / 3.6e9 resolution
  from ticket f, p where resolved_at >= s and resolved_at < e group by 1)
select manager_id, points / n * 30 / 92, 100.0 * coalesce(sponsored, 0) / n, quality,
       coalesce(revenue, 0) / n, deals.rate, up, nrr, renewals.rate, nps, resolution
from (select distinct manager_id from manager) manager
left join book on book.m = manager_id left join interactions on interactions.m = manager_id
left join reviews on reviews.m = manager_id left join revenue on revenue.m = manager_id
left join deals on deals.m = manager_id left join renewals on renewals.m = manager_id
left join surveys on surveys.m = manager_id left join tickets on tickets.m = manager_id)";

// The KPIs in the order of the columns above.
constexpr const char* kKpis[] = {
    "account_engagement",   "executive_sponsorship",       "account_plan_quality",
    "revenue_per_account",  "opportunity_conversion_rate", "upsell_revenue_share",
    "organic_growth",       "contract_renewal_rate",       "net_promoter_score",
    "issue_resolution_time"};

double Seconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

// Both sides must have answered the same question.
void Compare(const std::vector<Duck::Line>& reference, const v1::ListScorecardsResponse& subject) {
  std::map<std::string, const Duck::Line*> by_manager;
  for (const Duck::Line& line : reference) by_manager["managers/" + line.key] = &line;
  size_t compared = 0;
  for (const v1::Scorecard& card : subject.scorecards()) {
    const auto line = by_manager.find(card.subject());
    if (line == by_manager.end()) Die("no reference for " + card.subject());
    for (const v1::KpiResult& kpi : card.kpis()) {
      for (size_t i = 0; i < std::size(kKpis); ++i) {
        if (kpi.kpi() != std::string("kpis/") + kKpis[i] || !kpi.has_value()) continue;
        const double expected = line->second->values[i];
        if (!(std::abs(kpi.value() - expected) <= 1e-9 * std::max(1.0, std::abs(expected)))) {
          Die(fmt::format("{} of {}: {} here, {} by SQL", kKpis[i], card.subject(), kpi.value(),
                          expected));
        }
        ++compared;
      }
    }
  }
  if (compared < subject.scorecards().size() * std::size(kKpis) / 2)
    Die("too few values to compare");
}

}  // namespace

Row Rank(const Scene& scene) {
  Duck duck(scene.work_dir + "/rank-reference.duckdb");
  for (const char* dataset :
       {"account", "ownership", "contact", "manager", "interaction", "plan_review", "invoice_line",
        "opportunity", "contract", "survey_response", "ticket"}) {
    duck.Run(fmt::format("create table {0} as from read_parquet('{1}/{0}.parquet')", dataset,
                         scene.sample_dir));
  }
  duck.Run(
      "create macro owner_at(account, moment) as (select arg_max(o.manager_id, (o.occurred_at, "
      "o.fact_id)) from ownership o where o.account_id = account and o.occurred_at <= moment and "
      "(o.until is null or o.until > moment))");
  const auto stub = v1::ScorecardService::NewStub(
      grpc::CreateChannel(scene.server, grpc::InsecureChannelCredentials()));

  std::vector<Duck::Line> by_sql;
  v1::ListScorecardsResponse cards;
  Row row;
  row.name = "rank";
  row.what = "all managers' ten-KPI cards of a quarter: time of hand-written DuckDB SQL / of ours";
  row.unit = "ms";
  row.aim_kind = Aim::kReported;
  Alternate(
      row, scene.rounds, true,
      [&] {
        const auto start = std::chrono::steady_clock::now();
        by_sql = duck.Query(kSql);
        return Seconds(start) * 1e3;
      },
      [&] {
        v1::ListScorecardsRequest request;
        request.set_parent("managers/-");
        request.set_period("2025-Q3");
        request.set_page_size(1'000);
        grpc::ClientContext context;
        const auto start = std::chrono::steady_clock::now();
        const grpc::Status status = stub->ListScorecards(&context, request, &cards);
        if (!status.ok()) Die("ListScorecards: " + status.error_message());
        return Seconds(start) * 1e3;
      });
  Compare(by_sql, cards);
  return row;
}

}  // namespace keyscore::bench
