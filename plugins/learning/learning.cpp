// The library of the Learning & development pillar.
#include "plugins/learning/assessments.h"
#include "plugins/learning/coaching_hours.h"
#include "plugins/learning/training.h"

using namespace keyscore::catalogue;

// In the order of the catalogue's page.
KEYSCORE_LIBRARY("learning", "1.0.0", "Keyscore", "How the managers themselves learn and grow.",
                 CoachingHours, ContinuousImprovementRate, FeedbackScore, CertificationRate,
                 SkillAssessmentScore, TrainingCompletionRate, EmployeeSatisfaction);
