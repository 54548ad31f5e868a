-- Whose facts: a fact with a manager is that manager's; one without is of whoever owned its account
-- when it occurred, of several owners the one who began last. The views f_<dataset> add the column
-- `m`. Run once a connection; `span.sql` fills `span`, as part of what is timed.

-- 2025-Q3, the 92 days before, the same quarter a year before, trailing days, the days that follow.
create or replace temp macro s() as timestamp '2025-07-01';
create or replace temp macro e() as timestamp '2025-10-01';
create or replace temp macro s0() as timestamp '2025-03-31';
create or replace temp macro s1() as timestamp '2024-07-01';
create or replace temp macro e1() as timestamp '2024-10-01';
create or replace temp macro t(days) as timestamp '2025-10-01' - to_days(days);
create or replace temp macro n180() as timestamp '2026-03-30';

create or replace temp macro in_period(moment) as moment >= s() and moment < e();
create or replace temp macro previous(moment) as moment >= s0() and moment < s();
create or replace temp macro last_year(moment) as moment >= s1() and moment < e1();
create or replace temp macro last_days(moment, days) as moment >= t(days) and moment < e();
create or replace temp macro at_start(started, ended) as
  started <= s() and (ended is null or ended > s());
create or replace temp macro at_end(started, ended) as
  started <= e() and (ended is null or ended > e());
create or replace temp macro days(a, b) as (epoch_us(b) - epoch_us(a)) / 86400e6;
create or replace temp macro hours(a, b) as (epoch_us(b) - epoch_us(a)) / 3600e6;

create or replace temp table span (
  account_id varchar, span_from timestamp, span_to timestamp, manager_id varchar);

create or replace temp view f_interaction as
  select f.*, coalesce(f.manager_id, s.manager_id) as m from interaction f
  left join span s on s.account_id = case when f.manager_id is null then f.account_id end
                  and f.occurred_at >= s.span_from and f.occurred_at < s.span_to;
create or replace temp view f_survey_response as
  select f.*, coalesce(f.manager_id, s.manager_id) as m from survey_response f
  left join span s on s.account_id = case when f.manager_id is null then f.account_id end
                  and f.occurred_at >= s.span_from and f.occurred_at < s.span_to;
create or replace temp view f_employee_survey as
  select f.*, coalesce(f.manager_id, s.manager_id) as m from employee_survey f
  left join span s on s.account_id = case when f.manager_id is null then f.account_id end
                  and f.occurred_at >= s.span_from and f.occurred_at < s.span_to;
create or replace temp view f_invoice_line as
  select f.*, coalesce(f.manager_id, s.manager_id) as m from invoice_line f
  left join span s on s.account_id = case when f.manager_id is null then f.account_id end
                  and f.occurred_at >= s.span_from and f.occurred_at < s.span_to;
create or replace temp view f_service_cost as
  select f.*, coalesce(f.manager_id, s.manager_id) as m from service_cost f
  left join span s on s.account_id = case when f.manager_id is null then f.account_id end
                  and f.occurred_at >= s.span_from and f.occurred_at < s.span_to;
create or replace temp view f_wallet as
  select f.*, coalesce(f.manager_id, s.manager_id) as m from wallet f
  left join span s on s.account_id = case when f.manager_id is null then f.account_id end
                  and f.occurred_at >= s.span_from and f.occurred_at < s.span_to;
create or replace temp view f_opportunity as
  select f.*, coalesce(f.manager_id, s.manager_id) as m from opportunity f
  left join span s on s.account_id = case when f.manager_id is null then f.account_id end
                  and f.occurred_at >= s.span_from and f.occurred_at < s.span_to;
create or replace temp view f_contract as
  select f.*, coalesce(f.manager_id, s.manager_id) as m from contract f
  left join span s on s.account_id = case when f.manager_id is null then f.account_id end
                  and f.occurred_at >= s.span_from and f.occurred_at < s.span_to;
create or replace temp view f_ticket as
  select f.*, coalesce(f.manager_id, s.manager_id) as m from ticket f
  left join span s on s.account_id = case when f.manager_id is null then f.account_id end
                  and f.occurred_at >= s.span_from and f.occurred_at < s.span_to;
create or replace temp view f_goal as
  select f.*, coalesce(f.manager_id, s.manager_id) as m from goal f
  left join span s on s.account_id = case when f.manager_id is null then f.account_id end
                  and f.occurred_at >= s.span_from and f.occurred_at < s.span_to;
create or replace temp view f_plan_review as
  select f.*, coalesce(f.manager_id, s.manager_id) as m from plan_review f
  left join span s on s.account_id = case when f.manager_id is null then f.account_id end
                  and f.occurred_at >= s.span_from and f.occurred_at < s.span_to;
create or replace temp view f_plan_action as
  select f.*, coalesce(f.manager_id, s.manager_id) as m from plan_action f
  left join span s on s.account_id = case when f.manager_id is null then f.account_id end
                  and f.occurred_at >= s.span_from and f.occurred_at < s.span_to;
create or replace temp view f_business_review as
  select f.*, coalesce(f.manager_id, s.manager_id) as m from business_review f
  left join span s on s.account_id = case when f.manager_id is null then f.account_id end
                  and f.occurred_at >= s.span_from and f.occurred_at < s.span_to;
create or replace temp view f_assessment as
  select f.*, coalesce(f.manager_id, s.manager_id) as m from assessment f
  left join span s on s.account_id = case when f.manager_id is null then f.account_id end
                  and f.occurred_at >= s.span_from and f.occurred_at < s.span_to;
create or replace temp view f_proposal as
  select f.*, coalesce(f.manager_id, s.manager_id) as m from proposal f
  left join span s on s.account_id = case when f.manager_id is null then f.account_id end
                  and f.occurred_at >= s.span_from and f.occurred_at < s.span_to;
create or replace temp view f_referral as
  select f.*, coalesce(f.manager_id, s.manager_id) as m from referral f
  left join span s on s.account_id = case when f.manager_id is null then f.account_id end
                  and f.occurred_at >= s.span_from and f.occurred_at < s.span_to;
create or replace temp view f_implementation as
  select f.*, coalesce(f.manager_id, s.manager_id) as m from implementation f
  left join span s on s.account_id = case when f.manager_id is null then f.account_id end
                  and f.occurred_at >= s.span_from and f.occurred_at < s.span_to;
create or replace temp view f_competitor_event as
  select f.*, coalesce(f.manager_id, s.manager_id) as m from competitor_event f
  left join span s on s.account_id = case when f.manager_id is null then f.account_id end
                  and f.occurred_at >= s.span_from and f.occurred_at < s.span_to;
create or replace temp view f_supplier_status as
  select f.*, coalesce(f.manager_id, s.manager_id) as m from supplier_status f
  left join span s on s.account_id = case when f.manager_id is null then f.account_id end
                  and f.occurred_at >= s.span_from and f.occurred_at < s.span_to;
create or replace temp view f_learning as
  select f.*, coalesce(f.manager_id, s.manager_id) as m from learning f
  left join span s on s.account_id = case when f.manager_id is null then f.account_id end
                  and f.occurred_at >= s.span_from and f.occurred_at < s.span_to;
create or replace temp view f_feedback as
  select f.*, coalesce(f.manager_id, s.manager_id) as m from feedback f
  left join span s on s.account_id = case when f.manager_id is null then f.account_id end
                  and f.occurred_at >= s.span_from and f.occurred_at < s.span_to;
create or replace temp view f_contact as
  select f.*, coalesce(f.manager_id, s.manager_id) as m from contact f
  left join span s on s.account_id = case when f.manager_id is null then f.account_id end
                  and f.occurred_at >= s.span_from and f.occurred_at < s.span_to;
