-- The values of the KPIs, one row a manager, from the tables of `rank_inputs.sql`.
select r_manager.m,
  points / 5 / n.n * 30 / 92 as account_engagement,
  review.quality as account_plan_quality,
  coalesce(business.n, 0) / n.n as business_reviews_completed,
  100.0 * coalesce(analysed, 0) / n.n as customer_needs_analysis,
  100.0 * coalesce(sponsored, 0) / n.n as executive_sponsorship,
  feedback.internal as internal_collaboration,
  coalesce(i.contacts, 0) / n.n as number_of_contacts,
  proposal.relevance as solution_proposal_relevance,
  coalesce(i.n, 0) / n.n * 30 / 92 as interaction_volume,
  coalesce(talked, 0) / 60 / n.n * 30 / 92 as customer_time,
  100.0 * inbound / nullif(i.n, 0) as client_initiated_share,
  r.gap as days_since_contact,
  100.0 * coalesce(checked, 0) / n.n as check_in_cadence,
  100.0 * coalesce(heard, 0) / n.n as voice_of_customer_cadence,
  100.0 * coalesce(swot, 0) / n.n as swot_cadence,
  100.0 * coalesce(referenceable, 0) / n.n as referenceable_clients,
  senior_180 / nullif(senior_contacts, 0)::double as senior_access_repeat,
  100.0 * coalesce(i.contacts, 0) / nullif(known, 0) as stakeholder_coverage,
  coalesce(departments, 0) / n.n as relationship_breadth,
  100.0 * coalesce(senior_n, 0) / nullif(known_n, 0) as relationship_height,
  coalesce(met_until_end - met_until_start, 0) / n.n as new_stakeholders,
  coalesce(topics, 0) / n.n as conversation_breadth,
  coalesce(taught, 0) / 60 / n.n * 30 / 92 as customer_education,
  r.goals_set as shared_goals_set,
  100.0 * done / nullif(a.due, 0) as account_plan_execution,
  100.0 * on_budget / nullif(a.costed, 0) as plan_on_budget,
  100.0 * cross_won / nullif(cross_won + cross_lost, 0) as cross_selling,
  100.0 * up_won / nullif(up_won + up_lost, 0) as upsell_rate,
  100 * coalesce(v.cross_sold, 0) / nullif(v.p, 0) as cross_sell_revenue_share,
  100 * coalesce(v.upsold, 0) / nullif(v.p, 0) as upsell_revenue_share,
  v.y / n.n * case when n.churns = 0 then 10 else least(10, n.account_days / 365 / n.churns) end
    as customer_lifetime_value,
  100 * ((v.costed - v.cost) / nullif(v.costed, 0) - (v.costed0 - v.cost0) / nullif(v.costed0, 0))
    as profit_margin_increase,
  100.0 * qualified / nullif(opened, 0) as lead_management,
  coalesce(o.fresh, 0)::double as new_business_opportunities,
  coalesce(referrals, 0)::double as number_of_referrals,
  100.0 * coalesce(referring, 0) / n.n as referral_rate,
  100.0 * won / nullif(won + lost, 0) as opportunity_conversion_rate,
  100 * coalesce(growth, 0) / nullif(o.amount, 0) as product_mix,
  100.0 * prioritised / nullif(opened, 0) as opportunity_prioritisation,
  100 * (1 - (coalesce(sc.p, 0) / nullif(v.p, 0)) / nullif(coalesce(sc.p0, 0) / nullif(v.p0, 0), 0))
    as cost_to_serve_reduction,
  coalesce(v.p, 0) / n.n as revenue_per_account,
  100 * coalesce(v.y, 0) / nullif(w.spend, 0) as share_of_wallet,
  o.days_to_close as time_to_close,
  im.days_taken as time_to_implement,
  u.value as unprofitable_customers,
  v.organic as organic_growth,
  100.0 * k.expanded / nullif(k.valued, 0) as contract_expansion,
  100 * (coalesce(open_e, 0) / nullif(open_s, 0) - 1) as pipeline_growth,
  100 * (coalesce(v.p, 0) / nullif(v.p1, 0) - 1) as sales_growth,
  100.0 * n.churned / nullif(n.n_s, 0) as churn_rate,
  100 - 100.0 * n.churned / nullif(n.n_s, 0) as retention_rate,
  100.0 * k.renewed / nullif(k.n, 0) as contract_renewal_rate,
  100.0 * k.unrivalled / nullif(k.n, 0) as renewal_without_rebid_rate,
  k.longer / nullif(k.terms, 0)::double as contract_length_increase,
  ce.answered as competitor_response,
  r.risk as customer_defection_risk,
  su.preferred as preferred_supplier,
  su.consolidated as supplier_consolidation,
  100.0 * (q.promoters - q.detractors) / nullif(q.nps, 0) as net_promoter_score,
  100.0 * q.satisfied / nullif(q.csat, 0) as customer_satisfaction,
  q.rep_score / nullif(q.rep, 0) as rep_feedback,
  g.progress / nullif(g.shared, 0) as goal_attainment,
  100.0 * g.achieved / nullif(g.dependent, 0) as dependent_objectives,
  100.0 * tk.in_time / nullif(tk.promised, 0) as sla_attainment,
  tk.rating / nullif(tk.rated, 0) as ticket_satisfaction,
  100.0 * tk.at_once / nullif(tk.counted, 0) as first_contact_resolution,
  tk.hours_taken / nullif(tk.resolved, 0) as issue_resolution_time,
  case when in_role then coalesce(le.coached, 0) end as coaching_hours,
  100 * (le.skill / nullif(le.skill_before, 0) - 1) as continuous_improvement_rate,
  feedback.score as feedback_score,
  case when in_role then coalesce(le.certified, 0)::double end as certification_rate,
  le.skill as skill_assessment_score,
  100.0 * le.completed / nullif(le.due, 0) as training_completion_rate,
  em.nps as employee_satisfaction,
  -- The 75th is a model; what it is fitted to stands in for it.
  v.repeats + v.recency + v.age + v.bought as purchases
from r_manager
left join (select * replace (nullif(n, 0) as n) from r_book) n using (m)
left join r_contact using (m) left join r_interaction i using (m) left join r_invoice v using (m)
left join r_purchase using (m) left join r_served sc using (m) left join r_unprofitable u using (m)
left join r_wallet w using (m) left join r_opportunity o using (m) left join r_contract k using (m)
left join r_action a using (m) left join r_referral using (m) left join r_survey q using (m)
left join r_ticket tk using (m) left join r_goal g using (m) left join r_review review using (m)
left join r_business business using (m) left join r_assessment using (m)
left join r_proposal proposal using (m) left join r_implementation im using (m)
left join r_competitor ce using (m) left join r_supplier su using (m)
left join r_learning le using (m) left join r_feedback feedback using (m)
left join r_employee em using (m) left join r_accounts r using (m)
