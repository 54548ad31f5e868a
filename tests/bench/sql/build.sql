-- Every additive input of the 75 KPIs by manager and day: what a start-up has to work out at the
-- least, as one SELECT for each dataset and time column. `attribution.sql` and `span.sql` come
-- first. Not in it are distinct counts, lists and latest values.

select m, occurred_at::date as day,
  count(*)
from f_business_review where occurred_at is not null group by m, day;

select m, occurred_at::date as day,
  count(*), count(*) filter (hours(occurred_at, responded_at) <= 168)
from f_competitor_event where occurred_at is not null group by m, day;

select m, occurred_at::date as day,
  count(*), count(*) filter (outcome = 'pending'), count(*) filter (outcome = 'renewed'),
  count(*) filter (outcome = 'renewed' and not rebid),
  count(*) filter (outcome = 'renewed' and previous_term_months is not null),
  count(*) filter (outcome = 'renewed' and previous_value is not null),
  count(*) filter (outcome = 'renewed' and value > previous_value),
  sum((term_months - previous_term_months) * (term_months - previous_term_months))
    filter (outcome = 'renewed' and previous_term_months is not null),
  sum(term_months - previous_term_months)
    filter (outcome = 'renewed' and previous_term_months is not null)
from f_contract where occurred_at is not null group by m, day;

select m, occurred_at::date as day,
  count(*), count(*) filter (score <= 6), count(*) filter (score >= 9)
from f_employee_survey where occurred_at is not null group by m, day;

select m, occurred_at::date as day,
  count(score), count(score) filter (source = 'internal_department'), sum(score),
  sum(score) filter (source = 'internal_department'), sum(score * score),
  sum(score * score) filter (source = 'internal_department')
from f_feedback where occurred_at is not null group by m, day;

select m, due_at::date as day,
  count(*) filter (depends_on_others),
  count(*) filter (depends_on_others and achieved_at::date <= due_at::date),
  count(*) filter (shared), sum(100 * progress) filter (shared),
  sum(100 * progress * 100 * progress) filter (shared)
from f_goal where due_at is not null group by m, day;

select m, live_at::date as day,
  count(*), sum(days(occurred_at, live_at)),
  sum(days(occurred_at, live_at) * days(occurred_at, live_at))
from f_implementation where live_at is not null group by m, day;

with person as (
  select contact_id, arg_max(seniority, (occurred_at, fact_id)) as seniority,
         arg_max(department, (occurred_at, fact_id)) as department
  from contact group by contact_id)
select m, occurred_at::date as day,
  count(*), count(*) filter (seniority in ('c_level', 'vp')),
  count(*) filter (direction = 'inbound'), count(department), count(seniority), count(minutes),
  count(minutes) filter (topic = 'education'), count(topic), sum(coalesce(quality, 3)),
  sum(minutes), sum(minutes) filter (topic = 'education')
from f_interaction left join person using (contact_id)
where occurred_at is not null group by m, day;

select m, occurred_at::date as day,
  count(*), count(*) filter (cost is not null), sum(amount),
  sum(amount) filter (cost is not null), sum(amount) filter (sale_kind = 'cross_sell'),
  sum(amount) filter (sale_kind = 'upsell'), sum(cost)
from f_invoice_line where occurred_at is not null group by m, day;

select m, due_at::date as day,
  count(*) filter (kind = 'training')
from f_learning where due_at is not null group by m, day;

select m, occurred_at::date as day,
  count(*) filter (kind = 'certification'), count(*) filter (kind = 'coaching'),
  count(score) filter (kind = 'skill_assessment'), sum(hours) filter (kind = 'coaching'),
  sum(score) filter (kind = 'skill_assessment'),
  sum(score * score) filter (kind = 'skill_assessment')
from f_learning where occurred_at is not null group by m, day;

select m, closed_at::date as day,
  count(*) filter (closed_at is not null or outcome = 'open'),
  count(*) filter (kind = 'cross_sell' and outcome = 'lost'),
  count(*) filter (kind = 'cross_sell' and outcome = 'won'),
  count(*) filter (kind = 'upsell' and outcome = 'lost'),
  count(*) filter (kind = 'upsell' and outcome = 'won'), count(*) filter (outcome = 'lost'),
  count(*) filter (outcome = 'won'),
  sum(amount) filter (closed_at is not null or outcome = 'open'),
  sum(days(occurred_at, closed_at)) filter (outcome = 'won'),
  sum(days(occurred_at, closed_at) * days(occurred_at, closed_at)) filter (outcome = 'won')
from f_opportunity where closed_at is not null group by m, day;

select m, occurred_at::date as day,
  count(*), count(*) filter (closed_at is not null or outcome = 'open'),
  count(*) filter (kind in ('new', 'reactivated')), count(*) filter (qualified),
  count(*) filter (trim(priority) <> ''), sum(amount),
  sum(amount) filter (closed_at is not null or outcome = 'open'),
  sum(amount) filter (growth_target)
from f_opportunity where occurred_at is not null group by m, day;

select m, completed_at::date as day,
  count(*) filter (actual_cost <= budget),
  count(*) filter (actual_cost is not null and budget is not null)
from f_plan_action where completed_at is not null group by m, day;

select m, occurred_at::date as day,
  count(*), count(*) filter (completed_at::date <= occurred_at::date)
from f_plan_action where occurred_at is not null group by m, day;

select m, occurred_at::date as day,
  count(quality), sum(quality), sum(quality * quality)
from f_plan_review where occurred_at is not null group by m, day;

select m, occurred_at::date as day,
  count(relevance), sum(relevance), sum(relevance * relevance)
from f_proposal where occurred_at is not null group by m, day;

select m, occurred_at::date as day,
  count(*) filter (kind = 'referral')
from f_referral where occurred_at is not null group by m, day;

select m, occurred_at::date as day,
  count(*), sum(amount)
from f_service_cost where occurred_at is not null group by m, day;

select m, occurred_at::date as day,
  count(*) filter (instrument = 'csat'), count(*) filter (instrument = 'csat' and score >= 4),
  count(*) filter (instrument = 'nps'), count(*) filter (instrument = 'nps' and score <= 6),
  count(*) filter (instrument = 'nps' and score >= 9),
  count(score) filter (instrument = 'rep_feedback'),
  sum(score) filter (instrument = 'rep_feedback'),
  sum(score * score) filter (instrument = 'rep_feedback')
from f_survey_response where occurred_at is not null group by m, day;

select m, occurred_at::date as day,
  count(*)
from f_ticket where occurred_at is not null group by m, day;

select m, resolved_at::date as day,
  count(*), count(*) filter (resolved_at::date <= sla_due_at::date),
  count(*) filter (contacts_to_resolve = 1), count(contacts_to_resolve), count(satisfaction),
  count(sla_due_at), sum(hours(occurred_at, resolved_at)),
  sum(hours(occurred_at, resolved_at) * hours(occurred_at, resolved_at)), sum(satisfaction),
  sum(satisfaction * satisfaction)
from f_ticket where resolved_at is not null group by m, day;

select m, occurred_at::date as day,
  count(*), sum(category_spend)
from f_wallet where occurred_at is not null group by m, day;
