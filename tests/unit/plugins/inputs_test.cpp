// The inputs are half of a formula: dataset, value, filter, time column and window of each, read
// from the built libraries and held against the catalogue's page, where they are not obvious.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "unit/plugins/catalogue.h"

namespace keyscore::catalogue {
namespace {

using testing::Text;

std::string WindowOf(const ks_measure& m) {
  static const std::map<uint32_t, std::string> kNames = {
      {KS_WINDOW_PERIOD, "period"},
      {KS_WINDOW_PREVIOUS_PERIOD, "previous"},
      {KS_WINDOW_SAME_PERIOD_LAST_YEAR, "last_year"},
      {KS_WINDOW_TRAILING, "trailing"},
      {KS_WINDOW_UNTIL_START, "until_start"},
      {KS_WINDOW_UNTIL_END, "until_end"},
      {KS_WINDOW_AT_START, "at_start"},
      {KS_WINDOW_AT_END, "at_end"},
      {KS_WINDOW_FOLLOWING, "following"}};
  std::string window = kNames.at(m.window);
  if (m.window_days > 0) window += " " + std::to_string(m.window_days);
  if (m.end_column.size > 0) window.append(" ").append(Text(m.end_column));
  if (m.time_column.size > 0) window.append(" by ").append(Text(m.time_column));
  if ((m.flags & KS_INPUT_OPTIONAL) != 0) window += " optional";
  return window;
}

// "dataset|value|filter|window", one an input.
std::vector<std::string> InputsOf(const char* library, const char* id) {
  std::vector<std::string> inputs;
  const ks_kpi& kpi = Library(library).Kpi(id).descriptor();
  for (uint32_t i = 0; i < kpi.input_count; ++i) {
    const ks_measure& m = kpi.inputs[i];
    std::string input(Text(m.dataset));
    input.append("|").append(Text(m.value)).append("|").append(Text(m.filter));
    inputs.push_back(input + "|" + WindowOf(m));
  }
  return inputs;
}

using Inputs = std::vector<std::string>;

const char kActiveAtEnd[] = "book|account_id||at_end ended_at";
const char kActiveAtStart[] = "book|account_id||at_start ended_at";

TEST(InputsTest, OfRelationships) {
  const auto of = [](const char* id) { return InputsOf("relationships", id); };
  EXPECT_EQ(of("executive_sponsorship"),
            (Inputs{"interaction|account_id|contact.seniority in ('c_level', 'vp') or "
                    "contact.decision_maker|trailing 90",
                    kActiveAtEnd}));
  EXPECT_EQ(of("account_plan_quality"), (Inputs{"plan_review|quality||trailing 365",
                                                "plan_review|quality * quality||trailing 365",
                                                "plan_review|quality||trailing 365"}));
  EXPECT_EQ(of("stakeholder_coverage"),
            (Inputs{"interaction|contact_id||trailing 180", "contact|contact_id||until_end"}));
  EXPECT_EQ(of("new_stakeholders"), (Inputs{"interaction|contact_id||until_end",
                                            "interaction|contact_id||until_start", kActiveAtEnd}));
  EXPECT_EQ(of("relationship_height"),
            (Inputs{"interaction||contact.seniority in ('c_level', 'vp')|period",
                    "interaction|contact.seniority||period"}));
  EXPECT_EQ(of("senior_access_repeat"),
            (Inputs{"interaction||contact.seniority in ('c_level', 'vp')|trailing 180",
                    "interaction|contact_id|contact.seniority in ('c_level', 'vp')|trailing 180"}));
  EXPECT_EQ(of("shared_goals_set"),
            (Inputs{"goal||shared and (achieved_at is null or achieved_at >= period_to) and "
                    "(due_at is null or due_at >= period_to)|until_end",
                    kActiveAtEnd}));
}

TEST(InputsTest, OfRevenue) {
  const auto of = [](const char* id) { return InputsOf("revenue", id); };
  EXPECT_EQ(of("account_plan_execution"),
            (Inputs{"plan_action||calendar_day(completed_at) <= calendar_day(occurred_at)|period",
                    "plan_action|||period"}));
  EXPECT_EQ(of("plan_on_budget"),
            (Inputs{"plan_action||actual_cost <= budget|period by completed_at",
                    "plan_action||actual_cost is not null and budget is not null|period by "
                    "completed_at"}));
  EXPECT_EQ(of("opportunity_conversion_rate"),
            (Inputs{"opportunity||outcome = 'won'|period by closed_at",
                    "opportunity||outcome = 'lost'|period by closed_at"}));
  EXPECT_EQ(of("organic_growth"),
            (Inputs{"invoice_line|amount||period", "invoice_line|amount||last_year",
                    "invoice_line|||last_year"}));
  EXPECT_EQ(of("profit_margin_increase"),
            (Inputs{"invoice_line|amount|cost is not null|period", "invoice_line|cost||period",
                    "invoice_line|amount|cost is not null|previous", "invoice_line|cost||previous",
                    "invoice_line||cost is not null|period"}));
  EXPECT_EQ(of("unprofitable_customers"),
            (Inputs{"invoice_line|amount||trailing 365", "invoice_line|cost||trailing 365",
                    "service_cost|amount||trailing 365 optional", "invoice_line|||trailing 365"}));
  EXPECT_EQ(of("contract_expansion"),
            (Inputs{"contract||outcome = 'renewed' and value > previous_value|period",
                    "contract||outcome = 'renewed' and previous_value is not null|period"}));
  const std::string open = "closed_at is not null or outcome = 'open'";
  EXPECT_EQ(of("pipeline_growth"), (Inputs{"opportunity|amount|" + open + "|at_end closed_at",
                                           "opportunity|amount|" + open + "|at_start closed_at",
                                           "opportunity||" + open + "|at_start closed_at"}));
  EXPECT_EQ(of("customer_lifetime_value"),
            (Inputs{"invoice_line|amount||trailing 365", "invoice_line|invoice_id||trailing 365",
                    kActiveAtEnd,
                    "book|days_between(occurred_at, least(coalesce(ended_at, period_to), "
                    "period_to))||until_end",
                    "book||ended_at = churned_at and churned_at < period_to|until_end"}));
}

TEST(InputsTest, OfRetention) {
  const auto of = [](const char* id) { return InputsOf("retention", id); };
  EXPECT_EQ(of("contract_renewal_rate"),
            (Inputs{"contract||outcome = 'renewed'|period", "contract|||period"}));
  EXPECT_EQ(of("churn_rate"),
            (Inputs{kActiveAtStart,
                    "book|account_id|churned_at >= period_from and churned_at < period_to|at_start "
                    "ended_at"}));
  EXPECT_EQ(of("dependent_objectives"),
            (Inputs{"goal||depends_on_others and calendar_day(achieved_at) <= "
                    "calendar_day(due_at)|period by due_at",
                    "goal||depends_on_others|period by due_at"}));
  EXPECT_EQ(of("sla_attainment"),
            (Inputs{"ticket||calendar_day(resolved_at) <= calendar_day(sla_due_at)|period by "
                    "resolved_at",
                    "ticket|sla_due_at||period by resolved_at"}));
  EXPECT_EQ(of("supplier_consolidation"), (Inputs{"supplier_status|supplier_count||until_end",
                                                  "supplier_status|supplier_count||until_start"}));
  const std::string hours = "hours_between(occurred_at, resolved_at)";
  EXPECT_EQ(of("issue_resolution_time"),
            (Inputs{"ticket|" + hours + "||period by resolved_at",
                    "ticket|" + hours + " * " + hours + "||period by resolved_at",
                    "ticket|||period by resolved_at"}));
  EXPECT_EQ(of("customer_defection_risk"),
            (Inputs{kActiveAtEnd, "interaction|unix_seconds(occurred_at)||until_end",
                    "book|unix_seconds(started_at)||at_end ended_at",
                    "survey_response||instrument = 'nps' and score <= 6|trailing 365 optional",
                    "survey_response||instrument = 'nps'|trailing 365 optional",
                    "ticket|||at_end resolved_at optional", "invoice_line|amount||trailing 365",
                    "invoice_line|amount||trailing 182",
                    "invoice_line|amount|calendar_day(occurred_at) < calendar_day(period_to) - "
                    "182|trailing 364",
                    "contract||outcome = 'pending'|following 180 optional"}));
}

TEST(InputsTest, OfLearning) {
  const auto of = [](const char* id) { return InputsOf("learning", id); };
  EXPECT_EQ(of("coaching_hours"),
            (Inputs{"learning|hours|kind = 'coaching'|period", "learning||kind = 'coaching'|period",
                    "manager|manager_id||at_end left_at"}));
  EXPECT_EQ(of("training_completion_rate"),
            (Inputs{"learning||kind = 'training' and completed_at < period_to|period by due_at",
                    "learning||kind = 'training'|period by due_at"}));
  EXPECT_EQ(of("continuous_improvement_rate"),
            (Inputs{"learning|score|kind = 'skill_assessment'|period",
                    "learning|score|kind = 'skill_assessment'|period",
                    "learning|score|kind = 'skill_assessment'|previous",
                    "learning|score|kind = 'skill_assessment'|previous"}));
}

// Without service costs there may still be a loss, and without surveys, tickets or contracts a
// risk; for everything else a dataset that never held a fact is no data.
TEST(InputsTest, OnlyTheSignalsOfTwoKpisAreOptional) {
  std::map<std::string, int> optional;
  for (const char* library : {"relationships", "revenue", "retention", "learning"}) {
    const ks_library& built = Library(library).library();
    for (uint32_t k = 0; k < built.kpi_count; ++k) {
      for (uint32_t i = 0; i < built.kpis[k].input_count; ++i) {
        if ((built.kpis[k].inputs[i].flags & KS_INPUT_OPTIONAL) == 0) continue;
        ++optional[std::string(Text(built.kpis[k].id))];
      }
    }
  }
  EXPECT_EQ(optional, (std::map<std::string, int>{{"customer_defection_risk", 4},
                                                  {"unprofitable_customers", 1}}));
}

}  // namespace
}  // namespace keyscore::catalogue
