// The catalogue's page as a table, held against the built libraries: nothing is missing, nothing is
// more, and no card says otherwise than the page.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "unit/plugins/catalogue.h"

namespace keyscore::catalogue {
namespace {

using testing::Text;

struct Card {
  const char* id;
  const char* unit;
  uint32_t timing;
  uint32_t direction;
  uint32_t rollup;
};

constexpr uint32_t L = KS_LEADING;
constexpr uint32_t G = KS_LAGGING;
constexpr uint32_t kUp = KS_HIGHER_IS_BETTER;
constexpr uint32_t kDown = KS_LOWER_IS_BETTER;
constexpr uint32_t p = KS_ROLLUP_POOLED;
constexpr uint32_t a = KS_ROLLUP_ACCOUNTS;

constexpr Card kRelationships[] = {
    {"account_engagement", "points / account / 30 d", L, kUp, p},
    {"account_plan_quality", "0–100", L, kUp, p},
    {"business_reviews_completed", "reviews / account", L, kUp, p},
    {"customer_needs_analysis", "%", L, kUp, p},
    {"executive_sponsorship", "%", L, kUp, p},
    {"internal_collaboration", "1–5", L, kUp, p},
    {"number_of_contacts", "contacts / account", L, kUp, p},
    {"solution_proposal_relevance", "1–5", L, kUp, p},
    {"interaction_volume", "interactions / account / 30 d", L, kUp, p},
    {"customer_time", "hours / account / 30 d", L, kUp, p},
    {"client_initiated_share", "%", L, kUp, p},
    {"days_since_contact", "days", L, kDown, a},
    {"check_in_cadence", "%", L, kUp, p},
    {"voice_of_customer_cadence", "%", L, kUp, p},
    {"swot_cadence", "%", L, kUp, p},
    {"referenceable_clients", "%", G, kUp, p},
    {"senior_access_repeat", "meetings / senior contact", L, kUp, p},
    {"stakeholder_coverage", "%", L, kUp, p},
    {"relationship_breadth", "departments / account", L, kUp, p},
    {"relationship_height", "%", L, kUp, p},
    {"new_stakeholders", "contacts / account", L, kUp, p},
    {"conversation_breadth", "topics / account", L, kUp, p},
    {"customer_education", "hours / account / 30 d", L, kUp, p},
    {"shared_goals_set", "%", L, kUp, a},
};

constexpr Card kRevenue[] = {
    {"account_plan_execution", "%", L, kUp, p},
    {"plan_on_budget", "%", G, kUp, p},
    {"cross_selling", "%", G, kUp, p},
    {"upsell_rate", "%", G, kUp, p},
    {"cross_sell_revenue_share", "%", G, kUp, p},
    {"upsell_revenue_share", "%", G, kUp, p},
    {"customer_lifetime_value", "currency / account", G, kUp, p},
    {"predicted_lifetime_value", "currency / account", L, kUp, a},
    {"profit_margin_increase", "points", G, kUp, p},
    {"lead_management", "%", L, kUp, p},
    {"new_business_opportunities", "opportunities", L, kUp, p},
    {"number_of_referrals", "referrals", G, kUp, p},
    {"referral_rate", "%", G, kUp, p},
    {"opportunity_conversion_rate", "%", G, kUp, p},
    {"product_mix", "%", L, kUp, p},
    {"opportunity_prioritisation", "%", L, kUp, p},
    {"cost_to_serve_reduction", "%", G, kUp, p},
    {"revenue_per_account", "currency / account", G, kUp, p},
    {"share_of_wallet", "%", G, kUp, p},
    {"time_to_close", "days", G, kDown, p},
    {"time_to_implement", "days", G, kDown, p},
    {"unprofitable_customers", "%", G, kDown, a},
    {"organic_growth", "%", G, kUp, a},
    {"contract_expansion", "%", G, kUp, p},
    {"pipeline_growth", "%", L, kUp, p},
    {"sales_growth", "%", G, kUp, p},
};

constexpr Card kRetention[] = {
    {"churn_rate", "%", G, kDown, p},
    {"retention_rate", "%", G, kUp, p},
    {"contract_renewal_rate", "%", G, kUp, p},
    {"renewal_without_rebid_rate", "%", G, kUp, p},
    {"contract_length_increase", "months", G, kUp, p},
    {"competitor_response", "%", L, kUp, p},
    {"customer_defection_risk", "0–100", L, kDown, a},
    {"preferred_supplier", "%", G, kUp, a},
    {"supplier_consolidation", "%", G, kUp, a},
    {"net_promoter_score", "−100 to 100", G, kUp, p},
    {"customer_satisfaction", "%", G, kUp, p},
    {"rep_feedback", "1–5", G, kUp, p},
    {"goal_attainment", "%", G, kUp, p},
    {"dependent_objectives", "%", G, kUp, p},
    {"sla_attainment", "%", G, kUp, p},
    {"ticket_satisfaction", "1–5", G, kUp, p},
    {"first_contact_resolution", "%", G, kUp, p},
    {"issue_resolution_time", "hours", G, kDown, p},
};

constexpr Card kLearning[] = {
    {"coaching_hours", "hours", L, kUp, p},
    {"continuous_improvement_rate", "%", G, kUp, p},
    {"feedback_score", "1–5", G, kUp, p},
    {"certification_rate", "per manager-year", G, kUp, p},
    {"skill_assessment_score", "0–100", G, kUp, p},
    {"training_completion_rate", "%", L, kUp, p},
    {"employee_satisfaction", "−100 to 100", G, kUp, p},
};

template <size_t kCount>
void ExpectCards(const char* library, uint32_t pillar, const Card (&cards)[kCount]) {
  const ks_library& built = Library(library).library();
  std::set<std::string> ids;
  for (uint32_t i = 0; i < built.kpi_count; ++i) ids.insert(std::string(Text(built.kpis[i].id)));
  for (const Card& card : cards) {
    ASSERT_EQ(ids.erase(card.id), 1u) << library << " lacks " << card.id;
    const ks_kpi& kpi = Library(library).Kpi(card.id).descriptor();
    EXPECT_EQ(kpi.pillar, pillar) << card.id;
    EXPECT_EQ(Text(kpi.unit), card.unit) << card.id;
    EXPECT_EQ(kpi.timing, card.timing) << card.id;
    EXPECT_EQ(kpi.direction, card.direction) << card.id;
    EXPECT_EQ(kpi.rollup, card.rollup) << card.id;
  }
  EXPECT_EQ(ids, std::set<std::string>{}) << "not on the page";
}

TEST(CatalogueTableTest, RelationshipsHas24) {
  static_assert(std::size(kRelationships) == 24);
  ExpectCards("relationships", KS_PILLAR_RELATIONSHIPS, kRelationships);
}

TEST(CatalogueTableTest, RevenueHas26) {
  static_assert(std::size(kRevenue) == 26);
  ExpectCards("revenue", KS_PILLAR_REVENUE, kRevenue);
}

TEST(CatalogueTableTest, RetentionHas18) {
  static_assert(std::size(kRetention) == 18);
  ExpectCards("retention", KS_PILLAR_RETENTION, kRetention);
}

TEST(CatalogueTableTest, LearningHas7) {
  static_assert(std::size(kLearning) == 7);
  ExpectCards("learning", KS_PILLAR_LEARNING, kLearning);
}

}  // namespace
}  // namespace keyscore::catalogue
