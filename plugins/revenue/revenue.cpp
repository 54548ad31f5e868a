// The library of the Revenue pillar.
#include "plugins/revenue/contract_expansion.h"
#include "plugins/revenue/cross_and_upsell.h"
#include "plugins/revenue/customer_lifetime_value.h"
#include "plugins/revenue/growth.h"
#include "plugins/revenue/opportunities.h"
#include "plugins/revenue/pipeline.h"
#include "plugins/revenue/pipeline_growth.h"
#include "plugins/revenue/plan_actions.h"
#include "plugins/revenue/predicted_lifetime_value.h"
#include "plugins/revenue/profitability.h"
#include "plugins/revenue/referrals.h"
#include "plugins/revenue/revenue_per_account.h"
#include "plugins/revenue/revenue_shares.h"
#include "plugins/revenue/share_of_wallet.h"
#include "plugins/revenue/time_to_implement.h"

using namespace keyscore::catalogue;

// The vital few first, then in the order of the catalogue's page.
KEYSCORE_LIBRARY("revenue", "1.0.0", "Keyscore", "What the accounts bring in and how it grows.",
                 RevenuePerAccount, OpportunityConversionRate, UpsellRevenueShare, OrganicGrowth,
                 AccountPlanExecution, PlanOnBudget, CrossSelling, UpsellRate,
                 CrossSellRevenueShare, CustomerLifetimeValue, PredictedLifetimeValue,
                 ProfitMarginIncrease, LeadManagement, NewBusinessOpportunities, NumberOfReferrals,
                 ReferralRate, ProductMix, OpportunityPrioritisation, CostToServeReduction,
                 ShareOfWallet, TimeToClose, TimeToImplement, UnprofitableCustomers,
                 ContractExpansion, PipelineGrowth, SalesGrowth);
