// The library of the Relationships pillar.
#include "plugins/relationships/account_engagement.h"
#include "plugins/relationships/account_plans.h"
#include "plugins/relationships/breadth.h"
#include "plugins/relationships/cadence.h"
#include "plugins/relationships/client_initiative.h"
#include "plugins/relationships/contacts.h"
#include "plugins/relationships/customer_needs.h"
#include "plugins/relationships/customer_time.h"
#include "plugins/relationships/days_since_contact.h"
#include "plugins/relationships/executive_sponsorship.h"
#include "plugins/relationships/internal_collaboration.h"
#include "plugins/relationships/referenceable_clients.h"
#include "plugins/relationships/seniority.h"
#include "plugins/relationships/shared_goals_set.h"

using namespace keyscore::catalogue;

// The vital few first, then in the order of the catalogue's page.
KEYSCORE_LIBRARY("relationships", "1.0.0", "Keyscore",
                 "How well the people at each account are known and looked after.",
                 AccountEngagement, ExecutiveSponsorship, AccountPlanQuality,
                 BusinessReviewsCompleted, CustomerNeedsAnalysis, InternalCollaboration,
                 NumberOfContacts, SolutionProposalRelevance, InteractionVolume, CustomerTime,
                 ClientInitiatedShare, DaysSinceContact, CheckInCadence, VoiceOfCustomerCadence,
                 SwotCadence, ReferenceableClients, SeniorAccessRepeat, StakeholderCoverage,
                 RelationshipBreadth, RelationshipHeight, NewStakeholders, ConversationBreadth,
                 CustomerEducation, SharedGoalsSet);
