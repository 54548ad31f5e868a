// The library of the Revenue pillar.
#include "plugins/revenue/growth.h"
#include "plugins/revenue/opportunities.h"
#include "plugins/revenue/revenue_per_account.h"

using namespace keyscore::catalogue;

KEYSCORE_LIBRARY("revenue", "1.0.0", "Keyscore", "What the accounts bring in and how it grows.",
                 RevenuePerAccount, OpportunityConversionRate, UpsellRevenueShare, OrganicGrowth,
                 TimeToClose, SalesGrowth);
