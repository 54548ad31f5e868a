// Overrides and exemptions on a card: what counts, what would have, and for how long.
#include "scoring/exceptions.h"

#include <gtest/gtest.h>

#include "unit/scoring/card_world.h"

namespace keyscore::scoring {
namespace {

using kpis::Pillar;
using kpis::State;

class ExceptionsTest : public CardWorld {
 protected:
  void SetUp() override {
    pinned_.registry = kpis::RegistryOf({ValueKpi("engagement", Pillar::kRelationships, 1),
                                         ValueKpi("conversion", Pillar::kRevenue, 1),
                                         ValueKpi("nps", Pillar::kRetention, 1),
                                         ValueKpi("coaching", Pillar::kLearning, 1)});
    request_.subjects = {Manager("anna", absl::CivilDay(2017, 1, 1)),
                         Manager("bea", absl::CivilDay(2017, 1, 1))};
    for (const char* manager : {"anna", "bea"}) {
      Record("engagement", manager, 80);
      Record("conversion", manager, 50);
      Record("nps", manager, 20);
      Record("coaching", manager, 90);
    }
  }

  // Of anna, from 1 September to 1 November.
  static weighting::ScoreOverride Exception(const std::string& kpi_id,
                                            std::optional<double> score) {
    weighting::ScoreOverride exception;
    exception.id = "of-anna";
    exception.subject_id = "anna";
    exception.kpi_id = kpi_id;
    exception.score = score;
    exception.start_date = absl::CivilDay(2017, 9, 1);
    exception.expire_date = absl::CivilDay(2017, 11, 1);
    exception.state = weighting::OverrideState::kActive;
    return exception;
  }

  void Allow(const std::vector<weighting::ScoreOverride>& exceptions) {
    weighting::Rules rules = RulesOf({weighting::DefaultProfile()});
    rules.overrides = exceptions;
    SetRules(std::move(rules));
  }
};

TEST_F(ExceptionsTest, AnOverrideCountsAndTheComputedScoreStandsBeside) {
  Allow({Exception("nps", 95)});
  const std::vector<Scorecard> cards = Make();
  const KpiLine& line = cards[0].lines[2];
  EXPECT_EQ(line.score, 95);
  EXPECT_EQ(line.computed_score, 20);
  EXPECT_EQ(line.outcome.value, 20);
  ASSERT_NE(line.exception, nullptr);
  EXPECT_EQ(line.exception->id, "of-anna");
  // 60/20/20 of 80, 50 and 95; else of 20.
  EXPECT_NEAR(*cards[0].total.total, 48 + 10 + 19, 1e-10);
  EXPECT_NEAR(*cards[0].computed_total, 48 + 10 + 4, 1e-10);
  // Nobody else's.
  EXPECT_EQ(cards[1].lines[2].exception, nullptr);
  EXPECT_EQ(cards[1].lines[2].computed_score, 20);
  EXPECT_NEAR(*cards[1].total.total, 62, 1e-10);
  EXPECT_EQ(cards[1].computed_total, std::nullopt);
}

TEST_F(ExceptionsTest, AnExemptKpiIsTakenOutAsIfItDidNotApply) {
  Allow({Exception("nps", std::nullopt)});
  const Scorecard card = Make()[0];
  const KpiLine& line = card.lines[2];
  EXPECT_EQ(line.score, std::nullopt);
  EXPECT_EQ(line.computed_score, 20);
  EXPECT_EQ(line.outcome.state, State::kValue);
  EXPECT_EQ(line.weight, 0);
  EXPECT_NEAR(line.nominal_weight, 0.2, 1e-12);
  // 60 : 20 become 75 : 25, and nothing is missing.
  EXPECT_NEAR(*card.total.total, 60 + 12.5, 1e-10);
  EXPECT_EQ(card.total.coverage, 1);
  EXPECT_NEAR(*card.computed_total, 62, 1e-10);
}

TEST_F(ExceptionsTest, ExemptFromWhatIsMissingIsMissingNoMore) {
  Forget("nps", "anna");
  Allow({Exception("nps", std::nullopt)});
  const Scorecard card = Make()[0];
  EXPECT_EQ(card.total.coverage, 1);
  EXPECT_NEAR(*card.computed_total, 72.5, 1e-10);
  EXPECT_EQ(card.total.low, *card.total.total);
}

TEST_F(ExceptionsTest, AnOverrideStandsInForWhatHasNoValue) {
  Forget("nps", "anna");
  Allow({Exception("nps", 70)});
  const Scorecard card = Make()[0];
  EXPECT_EQ(card.lines[2].outcome.state, State::kNoData);
  EXPECT_EQ(card.lines[2].score, 70);
  EXPECT_EQ(card.lines[2].computed_score, std::nullopt);
  EXPECT_EQ(card.total.coverage, 1);
  EXPECT_NEAR(*card.total.total, 48 + 10 + 14, 1e-10);
  EXPECT_NEAR(*card.computed_total, 72.5, 1e-10);
}

TEST_F(ExceptionsTest, WithoutItThereMayBeNoTotalToShowBeside) {
  Forget("engagement", "anna");
  Allow({Exception("engagement", 70)});
  const Scorecard card = Make()[0];
  EXPECT_NEAR(*card.total.total, 42 + 10 + 4, 1e-10);
  EXPECT_EQ(card.computed_total, std::nullopt);
}

TEST_F(ExceptionsTest, AnExceptionForWhatHasNoWeightLeavesTheTotalAlone) {
  Allow({Exception("coaching", 10)});
  request_.selection.all = true;
  const Scorecard card = Make()[0];
  EXPECT_EQ(card.lines[3].score, 10);
  EXPECT_EQ(card.lines[3].computed_score, 90);
  EXPECT_NEAR(*card.total.total, 62, 1e-10);
  EXPECT_EQ(card.computed_total, std::nullopt);
}

TEST_F(ExceptionsTest, ThePeriodsLastDayDecidesWhetherItCounts) {
  const auto total_in = [this](const std::string& period) {
    SetPeriod(period);
    return *Make()[0].total.total;
  };
  Allow({Exception("nps", 95)});
  EXPECT_NEAR(total_in("2017-07-01..2017-09-02"), 77, 1e-10);  // ends on 1 September
  EXPECT_NEAR(total_in("2017-07-01..2017-09-01"), 62, 1e-10);  // the day before it starts
  EXPECT_NEAR(total_in("2017-07-01..2017-11-01"), 77, 1e-10);  // its last day
  EXPECT_NEAR(total_in("2017-07-01..2017-11-02"), 62, 1e-10);  // expired
}

TEST_F(ExceptionsTest, InARunningPeriodTodayDecides) {
  Allow({Exception("nps", 95)});
  SetToday(absl::CivilDay(2017, 8, 31));
  EXPECT_NEAR(*Make()[0].total.total, 62, 1e-10);
  SetToday(absl::CivilDay(2017, 9, 1));
  EXPECT_NEAR(*Make()[0].total.total, 77, 1e-10);
}

TEST_F(ExceptionsTest, TodaysWeightsDoNotBringBackNorTakeAwayAnException) {
  request_.weights_of = WeightsOf::kToday;  // 1 January, when it has expired
  Allow({Exception("nps", 95)});
  EXPECT_NEAR(*Make()[0].total.total, 77, 1e-10);
}

TEST_F(ExceptionsTest, OneThatWaitsForApprovalOrWasRevokedDoesNotCount) {
  weighting::ScoreOverride exception = Exception("nps", 95);
  exception.state = weighting::OverrideState::kPending;
  Allow({exception});
  EXPECT_NEAR(*Make()[0].total.total, 62, 1e-10);
  exception.state = weighting::OverrideState::kRevoked;
  exception.revoke_date = absl::CivilDay(2017, 9, 30);
  Allow({exception});
  EXPECT_NEAR(*Make()[0].total.total, 62, 1e-10);
  exception.revoke_date = absl::CivilDay(2017, 10, 1);  // the period was over by then
  Allow({exception});
  EXPECT_NEAR(*Make()[0].total.total, 77, 1e-10);
}

TEST_F(ExceptionsTest, OfSeveralTheOneWithTheFirstIdCounts) {
  weighting::ScoreOverride first = Exception("nps", 95);
  first.id = "a";
  weighting::ScoreOverride second = Exception("nps", 10);
  second.id = "b";
  Allow({first, second});
  const Scorecard card = Make()[0];
  EXPECT_EQ(card.lines[2].exception->id, "a");
}

TEST(ExceptionIndexTest, HoldsThoseOfOneKindOnOneDay) {
  weighting::Rules rules;
  const auto add = [&rules](const char* id, store::SubjectKind kind, const char* subject) {
    weighting::ScoreOverride& exception = rules.overrides.emplace_back();
    exception.id = id;
    exception.subject_kind = kind;
    exception.subject_id = subject;
    exception.kpi_id = "nps";
    exception.start_date = absl::CivilDay(2017, 1, 1);
    exception.expire_date = absl::CivilDay(2018, 1, 1);
    exception.state = weighting::OverrideState::kActive;
  };
  add("a", store::SubjectKind::kManager, "acme");
  add("b", store::SubjectKind::kAccount, "acme");
  add("c", store::SubjectKind::kOrganization, "");
  const absl::CivilDay day(2017, 6, 1);
  const ExceptionIndex accounts(rules, store::SubjectKind::kAccount, day);
  EXPECT_EQ(accounts.Find("acme", "nps"), &rules.overrides[1]);
  EXPECT_EQ(accounts.Find("acme", "churn"), nullptr);
  EXPECT_EQ(accounts.Find("bolt", "nps"), nullptr);
  EXPECT_TRUE(accounts.HasAny("acme"));
  EXPECT_FALSE(accounts.HasAny("bolt"));
  const ExceptionIndex organization(rules, store::SubjectKind::kOrganization, day);
  EXPECT_EQ(organization.Find("", "nps"), &rules.overrides[2]);
  const ExceptionIndex later(rules, store::SubjectKind::kAccount, absl::CivilDay(2018, 1, 1));
  EXPECT_TRUE(later.empty());
}

}  // namespace
}  // namespace keyscore::scoring
