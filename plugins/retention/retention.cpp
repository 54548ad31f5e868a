// The library of the Retention pillar.
#include "plugins/retention/churn.h"
#include "plugins/retention/competitor_response.h"
#include "plugins/retention/contract_renewal.h"
#include "plugins/retention/customer_defection_risk.h"
#include "plugins/retention/goals.h"
#include "plugins/retention/service_levels.h"
#include "plugins/retention/supplier_status.h"
#include "plugins/retention/surveys.h"
#include "plugins/retention/tickets.h"

using namespace keyscore::catalogue;

// The vital few first, then in the order of the catalogue's page.
KEYSCORE_LIBRARY("retention", "1.0.0", "Keyscore",
                 "Whether clients stay, and what they think of us.", ContractRenewalRate,
                 NetPromoterScore, IssueResolutionTime, ChurnRate, RetentionRate,
                 RenewalWithoutRebidRate, ContractLengthIncrease, CompetitorResponse,
                 CustomerDefectionRisk, PreferredSupplier, SupplierConsolidation,
                 CustomerSatisfaction, RepFeedback, GoalAttainment, DependentObjectives,
                 SlaAttainment, TicketSatisfaction, FirstContactResolution);
