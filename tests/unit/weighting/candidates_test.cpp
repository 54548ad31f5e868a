// Why a profile counts for a subject and others do not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/weighting/rules_of.h"
#include "weighting/resolve.h"

namespace keyscore::weighting {
namespace {

const absl::CivilDay kDate(2026, 5, 1);

std::vector<std::string> Ids(const std::vector<Candidate>& candidates) {
  std::vector<std::string> ids;
  for (const Candidate& candidate : candidates) ids.push_back(candidate.version->profile.id);
  return ids;
}

TEST(CandidatesTest, TheWinnerComesFirstThenWhoCameNearest) {
  Rules rules = RulesOf(
      {For("account", SelectorKind::kAccount, "acme"), For("all", SelectorKind::kEveryone),
       For("manager", SelectorKind::kManager, "anna"),
       For("old", SelectorKind::kAccount, "acme", absl::CivilDay(2020, 1, 1)),
       For("other-account", SelectorKind::kAccount, "bolt"),
       For("retail", SelectorKind::kSegment, "retail"), For("team", SelectorKind::kTeam, "north"),
       For("soon", SelectorKind::kTeam, "north", absl::CivilDay(2026, 5, 3)),
       For("south", SelectorKind::kTeam, "south"),
       For("wholesale", SelectorKind::kSegment, "wholesale")});
  rules.versions[3].until = absl::CivilDay(2026, 1, 1);
  const SubjectFacts acme{.kind = store::SubjectKind::kAccount,
                          .id = "acme",
                          .manager_id = "anna",
                          .team_id = "north",
                          .segment = "retail",
                          .display_name = "Acme"};
  const std::vector<Candidate> candidates = ExplainCandidates(rules, acme, kDate);
  EXPECT_EQ(Ids(candidates),
            (std::vector<std::string>{"account", "manager", "team", "retail", "all", "soon", "old",
                                      "south", "wholesale"}));
  ASSERT_EQ(candidates.size(), 9);
  for (size_t i = 0; i < candidates.size(); ++i) EXPECT_EQ(candidates[i].won, i == 0);
  EXPECT_EQ(candidates[0].why, "It is for accounts/acme, the most specific that counts for Acme.");
  EXPECT_EQ(candidates[4].why, "It is for everyone, which is less specific than accounts/acme.");
  EXPECT_EQ(candidates[5].why, "It counts only from 2026-05-03 on.");
  EXPECT_EQ(candidates[6].why, "It counted until 2025-12-31 and no longer.");
  EXPECT_EQ(candidates[7].why, "It is for teams/south; Acme belongs to teams/north.");
  EXPECT_EQ(candidates[8].why, "It is for the segment wholesale; Acme is in the segment retail.");
}

TEST(CandidatesTest, WhatCouldNeverCountIsLeftOut) {
  const Rules rules =
      RulesOf({For("all", SelectorKind::kEveryone), For("bea", SelectorKind::kManager, "bea"),
               For("north", SelectorKind::kTeam, "north"),
               For("retail", SelectorKind::kSegment, "retail")});
  EXPECT_EQ(Ids(ExplainCandidates(rules, {.kind = store::SubjectKind::kOrganization}, kDate)),
            (std::vector<std::string>{"all"}));
  const std::vector<Candidate> anna =
      ExplainCandidates(rules, {.kind = store::SubjectKind::kManager, .id = "anna"}, kDate);
  EXPECT_EQ(Ids(anna), (std::vector<std::string>{"all", "north"}));
  EXPECT_EQ(anna[1].why, "It is for teams/north; managers/anna belongs to no team.");
}

TEST(CandidatesTest, NobodyWinsWhereNothingCounts) {
  const Rules rules =
      RulesOf({For("late", SelectorKind::kEveryone, "", absl::CivilDay(2027, 1, 1))});
  const std::vector<Candidate> candidates =
      ExplainCandidates(rules, {.kind = store::SubjectKind::kManager, .id = "anna"}, kDate);
  ASSERT_EQ(candidates.size(), 1);
  EXPECT_FALSE(candidates[0].won);
}

}  // namespace
}  // namespace keyscore::weighting
