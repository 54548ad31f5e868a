// The library of the Learning & development pillar.
#include "plugins/learning/assessments.h"
#include "plugins/learning/coaching_hours.h"

using namespace keyscore::catalogue;

KEYSCORE_LIBRARY("learning", "1.0.0", "Keyscore", "How the managers themselves learn and grow.",
                 CoachingHours, FeedbackScore, SkillAssessmentScore, CertificationRate);
