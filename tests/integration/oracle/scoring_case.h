// The scoring oracle's world: a sample on a server, and every card of it held against the rules of
// the scoring page, written down a second time.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "integration/oracle/plain_score.h"
#include "support/duck.h"
#include "support/matchers.h"
#include "support/sample.h"
#include "support/server.h"

namespace keyscore::testing {

inline constexpr double kTolerance = 1e-9;

using Shares = std::map<v1::Pillar, double>;

inline constexpr v1::Pillar kPillars[] = {v1::PILLAR_RELATIONSHIPS, v1::PILLAR_REVENUE,
                                          v1::PILLAR_RETENTION, v1::PILLAR_LEARNING};

template <class Pillars>
void SetShares(const std::vector<double>& shares, Pillars* pillars) {
  pillars->Clear();
  for (size_t i = 0; i < shares.size(); ++i) {
    v1::PillarWeight& weight = *pillars->Add();
    weight.set_pillar(kPillars[i]);
    weight.set_weight(shares[i]);
  }
}

// The 3R+1 model.
inline v1::WeightProfile DefaultProfile() {
  v1::WeightProfile profile;
  profile.set_name("weightProfiles/default");
  profile.set_minimum_coverage(0.5);
  const std::vector<std::vector<double>> shares = {
      {0.6, 0.2, 0.2}, {0.4, 0.3, 0.3}, {0.3, 0.4, 0.3}};
  for (size_t i = 0; i < shares.size(); ++i) {
    v1::TenureBand& band = *profile.add_tenure_bands();
    band.set_from_months(18 * static_cast<uint32_t>(i));
    if (i < 2) band.set_to_months(18 * static_cast<uint32_t>(i + 1));
    SetShares(shares[i], band.mutable_pillars());
  }
  SetShares({0.4, 0.3, 0.3}, profile.mutable_untenured_pillars());
  return profile;
}

inline absl::CivilDay DayOf(const std::string& date) {
  absl::CivilDay day;
  EXPECT_TRUE(absl::ParseCivilTime(date, &day)) << date;
  return day;
}

// Whole months between two days, by counting them off.
inline int WholeMonths(absl::CivilDay start, absl::CivilDay end) {
  int months = 0;
  while (true) {
    const absl::CivilMonth month = absl::CivilMonth(start) + (months + 1);
    // CivilDay normalises the 31st of a shorter month into the next one.
    const absl::CivilDay anniversary(month.year(), month.month(), start.day());
    if (anniversary > end) return months;
    ++months;
  }
}

template <class Pillars>
void Add(const Pillars& pillars, double part, Shares& shares) {
  for (const v1::PillarWeight& pillar : pillars) shares[pillar.pillar()] += part * pillar.weight();
}

inline const v1::TenureBand& BandAt(const v1::WeightProfile& profile, int months) {
  for (const v1::TenureBand& band : profile.tenure_bands()) {
    if (months < static_cast<int>(band.to_months()) || !band.has_to_months()) return band;
  }
  return profile.tenure_bands().at(0);
}

// Day by day: what counts on it for somebody in role since `start`, and of that the mean.
inline Shares SharesOf(const v1::WeightProfile& profile, std::optional<absl::CivilDay> start,
                       const v1::Period& period) {
  Shares shares;
  for (const v1::Pillar pillar : kPillars) shares[pillar] = 0;
  const absl::CivilDay from = DayOf(period.start_date());
  const absl::CivilDay to = DayOf(period.end_date());
  if (!start || profile.tenure_bands().empty()) {
    Add(profile.untenured_pillars(), 1, shares);
  } else if (profile.band_policy() == v1::BAND_POLICY_AT_PERIOD_END) {
    Add(BandAt(profile, WholeMonths(*start, to)).pillars(), 1, shares);
  } else {
    const absl::CivilDay first = std::max(from, *start);
    for (absl::CivilDay day = first; day < to; ++day) {
      Add(BandAt(profile, WholeMonths(*start, day)).pillars(), 1 / static_cast<double>(to - first),
          shares);
    }
  }
  return shares;
}

class ScoringTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(WriteSample(files_.path().string(),
                            {"--managers", "12", "--accounts", "70", "--seed", "11"}),
                IsOk());
    ReadSample(files_.path().string(), duck_);
    auto server = Server::Start();
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
    ASSERT_THAT(SendSample(duck_, server_->client()), IsOk());
    const auto kpis = server_->client().ListKpis({});
    ASSERT_THAT(kpis, IsOk());
    for (const v1::Kpi& kpi : kpis->kpis()) catalogue_[kpi.name()] = kpi;
  }

  std::map<std::string, absl::CivilDay> RoleStarts() {
    std::map<std::string, absl::CivilDay> starts;
    for (const auto& row : duck_.Ask(
             "SELECT 'managers/' || manager_id, max(occurred_at)::DATE FROM manager GROUP BY 1")) {
      starts[*row[0]] = DayOf(*row[1]);
    }
    return starts;
  }

  std::vector<v1::Scorecard> Cards(const std::string& period) {
    v1::BatchGetScorecardsRequest request;
    request.set_all_kpis(true);
    for (const auto& row : duck_.Ask(
             "SELECT DISTINCT 'managers/' || manager_id FROM manager UNION SELECT 'teams/' || "
             "team_id FROM team UNION SELECT DISTINCT 'accounts/' || account_id FROM account UNION "
             "SELECT 'organization' ORDER BY 1")) {
      request.add_names(*row[0] + "/scorecards/" + period);
    }
    const auto response = server_->client().BatchGetScorecards(request);
    EXPECT_THAT(response, IsOk());
    if (!response.ok()) return {};
    return {response->scorecards().begin(), response->scorecards().end()};
  }

  // Everything that is computed, for a subject whose values and states are as the card has them.
  void Compare(const v1::Scorecard& card, const PlainTotal& plain) {
    EXPECT_THAT(card.coverage(), ::testing::DoubleNear(plain.coverage, kTolerance));
    EXPECT_THAT(card.score_low(), ::testing::DoubleNear(plain.low, 100 * kTolerance));
    EXPECT_THAT(card.score_high(), ::testing::DoubleNear(plain.high, 100 * kTolerance));
    EXPECT_EQ(std::set<std::string>(card.blocked_by().begin(), card.blocked_by().end()),
              plain.blocked_by);
    const bool scored = plain.total.has_value() && plain.blocked_by.empty() &&
                        plain.coverage >= card.minimum_coverage() - kTolerance;
    EXPECT_EQ(card.total_state(), scored ? v1::Scorecard::SCORED : v1::Scorecard::NOT_SCORED);
    EXPECT_EQ(card.has_total(), scored);
    if (scored) {
      EXPECT_THAT(card.total(), ::testing::DoubleNear(*plain.total, 100 * kTolerance));
      EXPECT_LE(card.score_low(), card.total());
      EXPECT_GE(card.score_high(), card.total());
    }
    for (const v1::PillarScore& pillar : card.pillars()) {
      const auto score = plain.pillar_scores.find(pillar.pillar());
      ASSERT_EQ(pillar.has_score(), score != plain.pillar_scores.end());
      if (!pillar.has_score()) continue;
      EXPECT_THAT(pillar.score(), ::testing::DoubleNear(*score->second, 100 * kTolerance));
      EXPECT_THAT(pillar.weight(),
                  ::testing::DoubleNear(plain.pillar_weights.at(pillar.pillar()), kTolerance));
    }
    for (const v1::KpiResult& result : card.kpis()) CompareLine(result, plain);
  }

  // Of a figure that may not be there.
  static void ExpectNear(bool has, double value, const std::map<std::string, double>& plain,
                         const std::string& kpi) {
    const auto expected = plain.find(kpi);
    ASSERT_EQ(has, expected != plain.end()) << kpi;
    if (has) {
      EXPECT_THAT(value, ::testing::DoubleNear(expected->second, 100 * kTolerance)) << kpi;
    }
  }

  static void CompareLine(const v1::KpiResult& result, const PlainTotal& plain) {
    const auto at = [&](const std::map<std::string, double>& figures) {
      const auto found = figures.find(result.kpi());
      return ::testing::DoubleNear(found == figures.end() ? 0 : found->second, kTolerance);
    };
    EXPECT_THAT(result.weight(), at(plain.kpi_weights)) << result.kpi();
    EXPECT_THAT(result.nominal_weight(), at(plain.nominal_weights)) << result.kpi();
    ExpectNear(result.has_computed_score(), result.computed_score(), plain.computed_scores,
               result.kpi());
    ExpectNear(result.has_assumed_score(), result.assumed_score(), plain.assumed_scores,
               result.kpi());
    if (!result.has_override()) {
      ExpectNear(result.has_score(), result.score(), plain.computed_scores, result.kpi());
    }
  }

  TempDir files_;
  Duck duck_;
  std::unique_ptr<Server> server_;
  std::map<std::string, v1::Kpi> catalogue_;
};

}  // namespace keyscore::testing
