// The library of the Relationships pillar.
#include "plugins/relationships/account_engagement.h"
#include "plugins/relationships/account_plans.h"
#include "plugins/relationships/client_initiative.h"
#include "plugins/relationships/days_since_contact.h"
#include "plugins/relationships/executive_sponsorship.h"

using namespace keyscore::catalogue;

KEYSCORE_LIBRARY("relationships", "1.0.0", "Keyscore",
                 "How well the people at each account are known and looked after.",
                 AccountEngagement, ExecutiveSponsorship, AccountPlanQuality, InteractionVolume,
                 BusinessReviewsCompleted, ClientInitiatedShare, DaysSinceContact);
