-- The 75 KPIs of the catalogue for every manager in 2025-Q3, as one would write them by hand: each
-- dataset is read once, its inputs by manager (by manager and account where a KPI wants that), then
-- `rank_values.sql` puts the small results together. `attribution.sql` and `span.sql` come first.

-- ---- The directory -----------------------------------------------------------------------------

create or replace temp table book as
select * from (
  select account_id, o.manager_id as m, greatest(a.occurred_at, o.occurred_at) as occurred_at,
         least(a.churned_at, o.until) as ended_at, a.churned_at, a.occurred_at as started
  from account a join ownership o using (account_id))
where ended_at is null or ended_at > occurred_at;

create or replace temp table active as
select m, account_id, min(started) as started from book
where at_end(occurred_at, ended_at) group by all;

create or replace temp table r_book as
select m,
  count(distinct account_id) filter (at_end(occurred_at, ended_at))::double as n,
  count(distinct account_id) filter (at_start(occurred_at, ended_at)) as n_s,
  count(distinct account_id)
    filter (at_start(occurred_at, ended_at) and in_period(churned_at)) as churned,
  sum(days(occurred_at, least(coalesce(ended_at, e()), e())))
    filter (occurred_at < e()) as account_days,
  count(*) filter (occurred_at < e() and ended_at = churned_at and churned_at < e()) as churns
from book group by m;

create or replace temp table r_manager as
select manager_id as m, count(*) filter (at_end(occurred_at, left_at)) > 0 as in_role
from manager group by all;

create or replace temp table r_contact as
select m, count(distinct contact_id) as known from f_contact where occurred_at < e() group by m;

-- ---- Interactions ------------------------------------------------------------------------------

create or replace temp table met as
select m, account_id, contact_id, case when occurred_at >= s() then topic end as topic,
  min(occurred_at) as first_at, max(occurred_at) as last_at,
  count(*) filter (occurred_at >= s()) as n,
  count(*) filter (occurred_at >= s() and direction = 'inbound') as inbound,
  sum(coalesce(quality, 3)) filter (occurred_at >= s()) as points,
  sum(minutes) filter (occurred_at >= s()) as talked,
  count(*) filter (occurred_at >= t(180)) as n180,
  count(*) filter (occurred_at >= t(90)) as n90,
  bool_or(check_in) filter (occurred_at >= t(91)) as checked
from f_interaction where occurred_at < e() group by all;

create or replace temp table last_contact as
select m, account_id, max(last_at) as last_at from met group by all;

create or replace temp table r_interaction as
with person as (
  select contact_id, arg_max(seniority, (occurred_at, fact_id)) in ('c_level', 'vp') as senior,
         arg_max(decision_maker, (occurred_at, fact_id)) as decides,
         arg_max(department, (occurred_at, fact_id)) as department
  from contact group by contact_id)
select m, sum(n) as n, sum(inbound) as inbound, sum(points) as points, sum(talked) as talked,
  sum(talked) filter (topic = 'education') as taught,
  count(distinct account_id) filter (n90 > 0 and (senior or decides)) as sponsored,
  count(distinct account_id) filter (checked) as checked,
  count(distinct contact_id) filter (n180 > 0) as contacts,
  sum(n180) filter (senior) as senior_180,
  count(distinct contact_id) filter (n180 > 0 and senior) as senior_contacts,
  count(distinct (account_id, department))
    filter (n180 > 0 and department is not null and account_id is not null) as departments,
  sum(n) filter (senior) as senior_n, sum(n) filter (senior is not null) as known_n,
  count(distinct contact_id) as met_until_end,
  count(distinct contact_id) filter (first_at < s()) as met_until_start,
  count(distinct (account_id, topic))
    filter (topic is not null and account_id is not null) as topics
from met left join person using (contact_id) group by m;

-- ---- Invoices, costs, wallets ------------------------------------------------------------------

create or replace temp table purchase as
select m, account_id, occurred_at::date as day,
  sum(amount) as amount, sum(amount) filter (amount >= 0) as bought, sum(cost) as cost,
  sum(amount) filter (cost is not null) as amount_costed,
  sum(amount) filter (sale_kind = 'cross_sell') as cross_sold,
  sum(amount) filter (sale_kind = 'upsell') as upsold,
  list(distinct invoice_id) filter (occurred_at >= t(365)) as invoices
from f_invoice_line where occurred_at < e() group by all;

create or replace temp table invoiced as
select m, account_id,
  sum(amount) filter (day >= s()) as p, sum(amount) filter (previous(day)) as p0,
  sum(amount) filter (last_year(day)) as p1, sum(amount) filter (day >= t(365)) as y,
  sum(amount) filter (day >= t(182)) as late,
  sum(amount) filter (day >= t(364) and day < t(182)) as early,
  sum(cost) filter (day >= t(365)) as cost_y,
  count(*) filter (day >= t(365)) as days_y,
  sum(cross_sold) filter (day >= s()) as cross_sold, sum(upsold) filter (day >= s()) as upsold,
  sum(amount_costed) filter (day >= s()) as costed, sum(cost) filter (day >= s()) as cost,
  sum(amount_costed) filter (previous(day)) as costed0,
  sum(cost) filter (previous(day)) as cost0,
  -- What a purchase model is fitted to: repeat purchases, recency, age, mean of the repeats.
  count(bought) - 1 as repeats, max(day) filter (bought is not null) as last_day,
  min(day) filter (bought is not null) as first_day, sum(bought) as bought
from purchase group by all;

create or replace temp table r_purchase as
select m, count(distinct invoice)::double as invoices
from (select m, unnest(invoices) as invoice from purchase where invoices is not null) group by m;

create or replace temp table r_invoice as
select m, sum(p) as p, sum(p0) as p0, sum(p1) as p1, sum(y) as y, sum(cross_sold) as cross_sold,
  sum(upsold) as upsold, sum(costed) as costed, sum(cost) as cost, sum(costed0) as costed0,
  sum(cost0) as cost0,
  100 * sum(coalesce(p, 0)) filter (p1 > 0) / sum(p1) filter (p1 > 0) as organic,
  sum(repeats) as repeats, sum(date_diff('day', first_day, last_day)) as recency,
  sum(date_diff('day', first_day, e()::date)) as age, sum(bought) as bought
from invoiced group by m;

create or replace temp table served as
select m, account_id, sum(amount) filter (occurred_at >= s()) as p,
  sum(amount) filter (previous(occurred_at)) as p0, sum(amount) as y
from f_service_cost where last_days(occurred_at, 365) group by all;

create or replace temp table r_served as
select m, sum(p) as p, sum(p0) as p0 from served group by m;

create or replace temp table r_unprofitable as
select m, 100.0 * count(*) filter (i.y - coalesce(i.cost_y, 0) - coalesce(c.y, 0) < 0) / count(*)
  as value
from invoiced i left join served c using (m, account_id)
where i.days_y > 0 and account_id is not null group by m;

create or replace temp table r_wallet as
select m, sum(category_spend) as spend from f_wallet where last_days(occurred_at, 365) group by m;

-- ---- Sales -------------------------------------------------------------------------------------

create or replace temp table r_opportunity as
select m,
  count(*) filter (in_period(occurred_at)) as opened,
  count(*) filter (in_period(occurred_at) and qualified) as qualified,
  count(*) filter (in_period(occurred_at) and kind in ('new', 'reactivated')) as fresh,
  count(*) filter (in_period(occurred_at) and trim(priority) <> '') as prioritised,
  sum(amount) filter (in_period(occurred_at)) as amount,
  sum(amount) filter (in_period(occurred_at) and growth_target) as growth,
  count(*) filter (in_period(closed_at) and outcome = 'won') as won,
  count(*) filter (in_period(closed_at) and outcome = 'lost') as lost,
  count(*) filter (in_period(closed_at) and outcome = 'won' and kind = 'cross_sell') as cross_won,
  count(*) filter (in_period(closed_at) and outcome = 'lost' and kind = 'cross_sell') as cross_lost,
  count(*) filter (in_period(closed_at) and outcome = 'won' and kind = 'upsell') as up_won,
  count(*) filter (in_period(closed_at) and outcome = 'lost' and kind = 'upsell') as up_lost,
  avg(days(occurred_at, closed_at))
    filter (in_period(closed_at) and outcome = 'won') as days_to_close,
  sum(amount) filter (at_end(occurred_at, closed_at)
                      and (closed_at is not null or outcome = 'open')) as open_e,
  sum(amount) filter (at_start(occurred_at, closed_at)
                      and (closed_at is not null or outcome = 'open')) as open_s
from f_opportunity where occurred_at <= e() or in_period(closed_at) group by m;

create or replace temp table due as
select m, account_id, count(*) filter (in_period(occurred_at)) as n,
  count(*) filter (in_period(occurred_at) and outcome = 'renewed') as renewed,
  count(*) filter (in_period(occurred_at) and outcome = 'renewed' and not rebid) as unrivalled,
  count(*) filter (in_period(occurred_at) and outcome = 'renewed'
                   and previous_term_months is not null) as terms,
  sum(term_months - previous_term_months)
    filter (in_period(occurred_at) and outcome = 'renewed') as longer,
  count(*) filter (in_period(occurred_at) and outcome = 'renewed'
                   and previous_value is not null) as valued,
  count(*) filter (in_period(occurred_at) and outcome = 'renewed'
                   and value > previous_value) as expanded,
  bool_or(occurred_at >= e() and outcome = 'pending') as soon
from f_contract where occurred_at >= s() and occurred_at < n180() group by all;

create or replace temp table r_contract as
select m, sum(n) as n, sum(renewed) as renewed, sum(unrivalled) as unrivalled, sum(terms) as terms,
  sum(longer) as longer, sum(valued) as valued, sum(expanded) as expanded
from due group by m;

create or replace temp table r_action as
select m, count(*) filter (in_period(occurred_at)) as due,
  count(*) filter (in_period(occurred_at) and completed_at::date <= occurred_at::date) as done,
  count(*) filter (in_period(completed_at) and actual_cost is not null
                   and budget is not null) as costed,
  count(*) filter (in_period(completed_at) and actual_cost <= budget) as on_budget
from f_plan_action where in_period(occurred_at) or in_period(completed_at) group by m;

create or replace temp table r_referral as
select m, count(*) filter (kind = 'referral' and in_period(occurred_at)) as referrals,
  count(distinct account_id) filter (kind = 'referral' and in_period(occurred_at)) as referring,
  count(distinct account_id) filter (kind in ('reference', 'public_mention')) as referenceable
from f_referral where last_days(occurred_at, 365) group by m;

-- ---- Service -----------------------------------------------------------------------------------

create or replace temp table asked as
select m, account_id,
  count(*) filter (occurred_at >= s() and instrument = 'csat') as csat,
  count(*) filter (occurred_at >= s() and instrument = 'csat' and score >= 4) as satisfied,
  count(*) filter (occurred_at >= s() and instrument = 'nps') as nps,
  count(*) filter (occurred_at >= s() and instrument = 'nps' and score >= 9) as promoters,
  count(*) filter (occurred_at >= s() and instrument = 'nps' and score <= 6) as detractors,
  count(*) filter (instrument = 'nps') as nps_y,
  count(*) filter (instrument = 'nps' and score <= 6) as detractors_y,
  count(*) filter (occurred_at >= t(182) and instrument = 'voc') as voc,
  count(*) filter (occurred_at >= s() and instrument = 'rep_feedback') as rep,
  sum(score) filter (occurred_at >= s() and instrument = 'rep_feedback') as rep_score
from f_survey_response where last_days(occurred_at, 365) group by all;

create or replace temp table r_survey as
select m, sum(csat) as csat, sum(satisfied) as satisfied, sum(nps) as nps,
  sum(promoters) as promoters, sum(detractors) as detractors,
  count(account_id) filter (voc > 0) as heard, sum(rep) as rep, sum(rep_score) as rep_score
from asked group by m;

create or replace temp table complaints as
select m, account_id, count(*) filter (at_end(occurred_at, resolved_at)) as backlog,
  count(*) filter (in_period(resolved_at)) as resolved,
  sum(hours(occurred_at, resolved_at)) filter (in_period(resolved_at)) as hours_taken,
  count(sla_due_at) filter (in_period(resolved_at)) as promised,
  count(*) filter (in_period(resolved_at) and resolved_at::date <= sla_due_at::date) as in_time,
  count(contacts_to_resolve) filter (in_period(resolved_at)) as counted,
  count(*) filter (in_period(resolved_at) and contacts_to_resolve = 1) as at_once,
  count(satisfaction) filter (in_period(resolved_at)) as rated,
  sum(satisfaction) filter (in_period(resolved_at)) as rating
from f_ticket
where in_period(resolved_at) or at_end(occurred_at, resolved_at) group by all;

create or replace temp table r_ticket as
select m, sum(resolved) as resolved, sum(hours_taken) as hours_taken, sum(promised) as promised,
  sum(in_time) as in_time, sum(counted) as counted, sum(at_once) as at_once, sum(rated) as rated,
  sum(rating) as rating
from complaints group by m;

create or replace temp table goals as
select m, account_id,
  count(*) filter (in_period(due_at) and shared) as shared,
  sum(100 * progress) filter (in_period(due_at) and shared) as progress,
  count(*) filter (in_period(due_at) and depends_on_others) as dependent,
  count(*) filter (in_period(due_at) and depends_on_others
                   and achieved_at::date <= due_at::date) as achieved,
  count(*) filter (shared and occurred_at < e() and (achieved_at is null or achieved_at >= e())
                   and (due_at is null or due_at >= e())) as still_open
from f_goal where occurred_at < e() or in_period(due_at) group by all;

create or replace temp table r_goal as
select m, sum(shared) as shared, sum(progress) as progress, sum(dependent) as dependent,
  sum(achieved) as achieved
from goals group by m;

create or replace temp table r_review as
select m, avg(quality) as quality from f_plan_review where last_days(occurred_at, 365) group by m;
create or replace temp table r_business as
select m, count(*) as n from f_business_review where in_period(occurred_at) group by m;
create or replace temp table r_assessment as
select m, count(distinct account_id) filter (kind = 'needs_analysis') as analysed,
  count(distinct account_id) filter (kind = 'swot') as swot
from f_assessment where last_days(occurred_at, 365) group by m;
create or replace temp table r_proposal as
select m, avg(relevance) as relevance from f_proposal where in_period(occurred_at) group by m;
create or replace temp table r_implementation as
select m, avg(days(occurred_at, live_at)) as days_taken
from f_implementation where in_period(live_at) group by m;
create or replace temp table r_competitor as
select m, 100.0 * count(*) filter (hours(occurred_at, responded_at) <= 168) / count(*) as answered
from f_competitor_event where in_period(occurred_at) group by m;
create or replace temp table r_supplier as
with counts as (
  select m, account_id, arg_max(preferred, (occurred_at, fact_id)) as preferred,
    arg_max(supplier_count, (occurred_at, fact_id)) filter (occurred_at < s()) as at_s,
    arg_max(supplier_count, (occurred_at, fact_id)) as at_e
  from f_supplier_status where occurred_at < e() and account_id is not null group by all)
select m, 100.0 * count(*) filter (preferred) / count(*) as preferred,
  sum(100 * (1 - at_e / at_s::double) * at_s) filter (at_s > 0)
    / sum(at_s) filter (at_s > 0) as consolidated
from counts group by m;

-- ---- Learning ----------------------------------------------------------------------------------

create or replace temp table r_learning as
select m, sum(hours) filter (kind = 'coaching' and in_period(occurred_at)) as coached,
  avg(score) filter (kind = 'skill_assessment' and in_period(occurred_at)) as skill,
  avg(score) filter (kind = 'skill_assessment' and previous(occurred_at)) as skill_before,
  count(*) filter (kind = 'certification' and last_days(occurred_at, 365)) as certified,
  count(*) filter (kind = 'training' and in_period(due_at)) as due,
  count(*) filter (kind = 'training' and in_period(due_at) and completed_at < e()) as completed
from f_learning where last_days(occurred_at, 365) or in_period(due_at) group by m;
create or replace temp table r_feedback as
select m, avg(score) as score, avg(score) filter (source = 'internal_department') as internal
from f_feedback where in_period(occurred_at) group by m;
create or replace temp table r_employee as
select m, 100.0 * (count(*) filter (score >= 9) - count(*) filter (score <= 6)) / count(*) as nps
from f_employee_survey where in_period(occurred_at) group by m;

-- ---- By account --------------------------------------------------------------------------------

create or replace temp table r_accounts as
with each as (
  select m, account_id, days(coalesce(l.last_at, a.started), e()) as gap,
    coalesce(g.still_open, 0) between 3 and 5 as goals_set,
    greatest(coalesce(i.y, 0), 0) as weight,
    100 / (1 + exp(-(-4 + 0.5 * least(days(coalesce(l.last_at, a.started), e()) / 30, 6)
      + 1.5 * coalesce(q.detractors_y / nullif(q.nps_y, 0)::double, 0)
      + 0.3 * least(coalesce(c.backlog, 0), 5)
      + 2 * case when i.early > 0 then greatest(least(1 - coalesce(i.late, 0) / i.early, 1), 0)
            else 0 end
      + 0.7 * case when d.soon then 1 else 0 end))) as risk
  from active a left join last_contact l using (m, account_id)
  left join goals g using (m, account_id) left join invoiced i using (m, account_id)
  left join asked q using (m, account_id)
  left join complaints c using (m, account_id) left join due d using (m, account_id))
select m, avg(gap) as gap, 100.0 * count(*) filter (goals_set) / count(*) as goals_set,
  sum(risk * weight) / nullif(sum(weight), 0) as risk
from each group by m;
