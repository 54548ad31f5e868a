// How much coaching a manager gets, and what they are certified in.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

struct CoachingHours : Kpi<CoachingHours> {
  static constexpr Definition kDefinition = {
      .id = "coaching_hours",
      .title = "Coaching hours",
      .description = "Hours of coaching in the period, per manager.",
      .formula = "sum of the hours of coaching in the period / managers at its end",
      .unit = "hours",
      .pillar = Pillar::kLearning,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kShared,
      .cadence_days = 30,
      .curve = {{0, 0}, {3, 40}, {9, 75}, {15, 100}},
      .target = 9,
      .target_source = "Rule of thumb for a quarter: three hours of coaching a month.",
      .actions = {"Book a fixed hour every fortnight with your lead.",
                  "Bring one real account case to each session."}};
  static constexpr Input kInputs[] = {
      Sum("hours")
          .Of("hours")
          .From("learning")
          .Where("kind = 'coaching'")
          .Titled("hours of coaching")
          .In("hours"),
      Count("sessions").From("learning").Where("kind = 'coaching'").Titled("coaching sessions"),
      ManagersAtEnd()};

  Result Evaluate(const Row& row) const {
    return Ratio(row["hours"], row["managers"]).WithSample(row["sessions"]);
  }
};

struct CertificationRate : Kpi<CertificationRate> {
  static constexpr Definition kDefinition = {
      .id = "certification_rate",
      .title = "Certification rate",
      .description = "Certificates earned over the last year, per manager.",
      .formula = "certifications in the 365 days to the end of the period / managers at its end",
      .unit = "per manager-year",
      .pillar = Pillar::kLearning,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kHigh,
      .cadence_days = 365,
      .curve = {{0, 0}, {0.5, 40}, {1, 75}, {2, 100}},
      .target = 1,
      .target_source = "Rule of thumb: one certificate a year.",
      .actions = {"Choose next year's certificate together with your lead and fix the date of the "
                  "examination.",
                  "Ask which certificates your clients' own staff hold, and begin with those."}};
  static constexpr Input kInputs[] = {Count("certifications")
                                          .From("learning")
                                          .Where("kind = 'certification'")
                                          .DuringLastDays(365)
                                          .Titled("certifications"),
                                      ManagersAtEnd()};

  Result Evaluate(const Row& row) const {
    return Ratio(row["certifications"], row["managers"]).WithSample(row["certifications"]);
  }
};

}  // namespace keyscore::catalogue
