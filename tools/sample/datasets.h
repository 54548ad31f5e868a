// The datasets that the sample fills: every built-in one, with the columns of its schema.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace keyscore::sample {

enum class Dataset {
  kAccount,
  kManager,
  kTeam,
  kContact,
  kOwnership,
  kInteraction,
  kSurveyResponse,
  kEmployeeSurvey,
  kInvoiceLine,
  kServiceCost,
  kWallet,
  kOpportunity,
  kContract,
  kTicket,
  kGoal,
  kPlanReview,
  kPlanAction,
  kBusinessReview,
  kAssessment,
  kProposal,
  kReferral,
  kImplementation,
  kCompetitorEvent,
  kSupplierStatus,
  kLearning,
  kFeedback,
};

struct DatasetTable {
  std::string_view name;
  // As in CREATE TABLE, without the four leading columns that all share: fact_id, account_id,
  // manager_id, occurred_at.
  std::string_view columns;
};

inline constexpr std::array kDatasets = {
    DatasetTable{"account",
                 "name VARCHAR, segment VARCHAR, region VARCHAR, churned_at TIMESTAMP, "
                 "attributes VARCHAR"},
    DatasetTable{"manager", "name VARCHAR, team_id VARCHAR, left_at TIMESTAMP"},
    DatasetTable{"team", "team_id VARCHAR, name VARCHAR"},
    DatasetTable{"contact",
                 "contact_id VARCHAR, seniority VARCHAR, decision_maker BOOLEAN, "
                 "department VARCHAR"},
    DatasetTable{"ownership", "until TIMESTAMP"},
    DatasetTable{"interaction",
                 "contact_id VARCHAR, channel VARCHAR, direction VARCHAR, minutes DOUBLE, "
                 "quality DOUBLE, topic VARCHAR, check_in BOOLEAN"},
    DatasetTable{"survey_response", "instrument VARCHAR, contact_id VARCHAR, score DOUBLE"},
    DatasetTable{"employee_survey", "score DOUBLE"},
    DatasetTable{"invoice_line",
                 "invoice_id VARCHAR, amount DOUBLE, cost DOUBLE, "
                 "product VARCHAR, sale_kind VARCHAR"},
    DatasetTable{"service_cost", "amount DOUBLE"},
    DatasetTable{"wallet", "category_spend DOUBLE"},
    DatasetTable{"opportunity",
                 "closed_at TIMESTAMP, outcome VARCHAR, amount DOUBLE, kind VARCHAR, "
                 "qualified BOOLEAN, priority VARCHAR, growth_target BOOLEAN, product VARCHAR"},
    DatasetTable{"contract",
                 "outcome VARCHAR, rebid BOOLEAN, value DOUBLE, previous_value DOUBLE, "
                 "term_months BIGINT, previous_term_months BIGINT"},
    DatasetTable{"ticket",
                 "resolved_at TIMESTAMP, contacts_to_resolve BIGINT, "
                 "sla_due_at TIMESTAMP, satisfaction DOUBLE"},
    DatasetTable{"goal",
                 "due_at TIMESTAMP, achieved_at TIMESTAMP, progress DOUBLE, "
                 "shared BOOLEAN, depends_on_others BOOLEAN"},
    DatasetTable{"plan_review", "quality DOUBLE"},
    DatasetTable{"plan_action", "completed_at TIMESTAMP, budget DOUBLE, actual_cost DOUBLE"},
    DatasetTable{"business_review", "kind VARCHAR"},
    DatasetTable{"assessment", "kind VARCHAR, score DOUBLE"},
    DatasetTable{"proposal", "relevance DOUBLE, accepted BOOLEAN"},
    DatasetTable{"referral", "kind VARCHAR, converted BOOLEAN"},
    DatasetTable{"implementation", "live_at TIMESTAMP"},
    DatasetTable{"competitor_event", "responded_at TIMESTAMP"},
    DatasetTable{"supplier_status", "preferred BOOLEAN, supplier_count BIGINT"},
    DatasetTable{"learning",
                 "kind VARCHAR, hours DOUBLE, score DOUBLE, due_at TIMESTAMP, "
                 "completed_at TIMESTAMP"},
    DatasetTable{"feedback", "source VARCHAR, score DOUBLE"},
};

inline constexpr size_t kDatasetCount = kDatasets.size();
static_assert(kDatasetCount == static_cast<size_t>(Dataset::kFeedback) + 1);

}  // namespace keyscore::sample
