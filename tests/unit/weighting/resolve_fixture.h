// A small registry, a manager, and a resolution that is expected to succeed.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <utility>

#include "unit/weighting/registry_of.h"
#include "unit/weighting/rules_of.h"
#include "weighting/resolve.h"

namespace keyscore::weighting {

inline const absl::CivilDay kDate(2017, 10, 1);

// Three relationship KPIs, two of revenue, one of retention; learning has one without weight.
inline std::shared_ptr<const kpis::RegistrySnapshot> SmallRegistry() {
  return kpis::RegistryOf({kpis::MakeKpi("engagement", kpis::Pillar::kRelationships, 1),
                           kpis::MakeKpi("sponsorship", kpis::Pillar::kRelationships, 1),
                           kpis::MakeKpi("plan", kpis::Pillar::kRelationships, 2),
                           kpis::MakeKpi("conversion", kpis::Pillar::kRevenue, 3),
                           kpis::MakeKpi("growth", kpis::Pillar::kRevenue, 1),
                           kpis::MakeKpi("nps", kpis::Pillar::kRetention, 5),
                           kpis::MakeKpi("coaching", kpis::Pillar::kLearning, 0)});
}

inline SubjectFacts Anna(std::optional<absl::CivilDay> role_started) {
  return {.kind = store::SubjectKind::kManager,
          .id = "anna",
          .team_id = "north",
          .role_started = role_started,
          .display_name = "Anna"};
}

inline ResolvedWeights Resolved(const Rules& rules, const SubjectFacts& subject,
                                const kpis::RegistrySnapshot& registry,
                                absl::CivilDay date = kDate) {
  absl::StatusOr<ResolvedWeights> weights = Resolve(rules, subject, date, registry);
  EXPECT_TRUE(weights.ok()) << weights.status();
  return weights.ok() ? *std::move(weights) : ResolvedWeights();
}

}  // namespace keyscore::weighting
