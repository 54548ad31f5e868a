// The library of the Retention pillar.
#include "plugins/retention/churn.h"
#include "plugins/retention/contract_renewal.h"
#include "plugins/retention/surveys.h"
#include "plugins/retention/tickets.h"

using namespace keyscore::catalogue;

KEYSCORE_LIBRARY("retention", "1.0.0", "Keyscore",
                 "Whether clients stay, and what they think of us.", ContractRenewalRate,
                 NetPromoterScore, IssueResolutionTime, ChurnRate, RetentionRate,
                 CustomerSatisfaction, TicketSatisfaction);
