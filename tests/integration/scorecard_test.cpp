// Scorecards over gRPC on a world that can be worked out by hand, and what is answered to questions
// that make no sense.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "support/facts.h"
#include "support/server_fixture.h"

namespace keyscore::testing {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ScorecardTest = SmallWorldTest;

TEST_F(ScorecardTest, ValuesAreThoseWorkedOutByHand) {
  const std::string anna = "managers/anna/scorecards/2024-Q1";
  // 3 won of 4 decided, one of them without an account.
  EXPECT_DOUBLE_EQ(Result(anna, "opportunity_conversion_rate").value(), 75);
  EXPECT_DOUBLE_EQ(Result(anna, "net_promoter_score").value(), 50);
  // 2,000 over two accounts.
  EXPECT_DOUBLE_EQ(Result(anna, "revenue_per_account").value(), 1000);
  EXPECT_DOUBLE_EQ(Result(anna, "upsell_revenue_share").value(), 12.5);
  // (5 + 3 + 4) / 5 = 2.4 over 2 accounts and 91 days.
  EXPECT_DOUBLE_EQ(Result(anna, "account_engagement").value(), 2.4 / 2 * 30 / 91);
  // 10, 20 and 30 days.
  EXPECT_DOUBLE_EQ(Result(anna, "time_to_close").value(), 20);
  // Boris won 1 of 4; what closed on 1 April is the next quarter's.
  EXPECT_DOUBLE_EQ(
      Result("managers/boris/scorecards/2024-Q1", "opportunity_conversion_rate").value(), 25);
  // The interaction that says no manager is the owner's.
  EXPECT_DOUBLE_EQ(Result("managers/boris/scorecards/2024-Q1", "interaction_volume").value(),
                   3.0 * 30 / 91);
  EXPECT_DOUBLE_EQ(Result("teams/north/scorecards/2024-Q1", "opportunity_conversion_rate").value(),
                   75);
  EXPECT_DOUBLE_EQ(Result("organization/scorecards/2024-Q1", "opportunity_conversion_rate").value(),
                   50);
  EXPECT_DOUBLE_EQ(
      Result("accounts/acme/scorecards/2024-Q1", "opportunity_conversion_rate").value(), 50);
}

TEST_F(ScorecardTest, ResultShowsItsInputsAndSample) {
  const v1::KpiResult result =
      Result("managers/anna/scorecards/2024-Q1", "opportunity_conversion_rate");
  EXPECT_EQ(result.state(), v1::KpiResult::VALUE);
  EXPECT_EQ(result.sample_size(), 4u);
  EXPECT_EQ(result.unit(), "%");
  ASSERT_EQ(result.inputs_size(), 2);
  EXPECT_EQ(result.inputs(0).name(), "won");
  EXPECT_EQ(result.inputs(0).value(), 3);
  EXPECT_EQ(result.inputs(1).name(), "lost");
  EXPECT_EQ(result.inputs(1).value(), 1);
  EXPECT_EQ(result.inputs(0).dataset(), "datasets/opportunity");
}

TEST_F(ScorecardTest, NoDataIsNeverZero) {
  // Nobody ever sent a ticket.
  const v1::KpiResult tickets = Result("organization/scorecards/2024-Q1", "issue_resolution_time");
  EXPECT_EQ(tickets.state(), v1::KpiResult::NO_DATA);
  EXPECT_FALSE(tickets.has_value());
  EXPECT_FALSE(tickets.has_score());
  EXPECT_FALSE(tickets.state_reason().empty());
  // There are opportunities, but beta has none that was decided in February.
  EXPECT_EQ(Result("accounts/beta/scorecards/2024-02", "opportunity_conversion_rate").state(),
            v1::KpiResult::NO_DATA);
  // Beta's revenue in March is zero, and that is known.
  const v1::KpiResult revenue = Result("accounts/beta/scorecards/2024-03", "revenue_per_account");
  EXPECT_EQ(revenue.state(), v1::KpiResult::VALUE);
  EXPECT_EQ(revenue.value(), 0);
}

TEST_F(ScorecardTest, SilenceCountsFromTheStartOfTheLifeThatIsOn) {
  // An account of Anna's that nobody ever contacts: here in 2023 for half a year, back in 2024.
  ASSERT_THAT(client().AppendFacts(
                  {Batch("account", {"fact_id", "account_id", "occurred_at", "name", "churned_at"},
                         {{std::string("d1"), std::string("delta"), At{"2023-01-01"},
                           std::string("Delta"), At{"2023-07-01"}},
                          {std::string("d2"), std::string("delta"), At{"2024-03-01"},
                           std::string("Delta"), std::monostate()}}),
                   Batch("ownership", {"fact_id", "account_id", "manager_id", "occurred_at"},
                         {{std::string("o4"), std::string("delta"), std::string("anna"),
                           At{"2023-02-01"}}})}),
              IsOk());
  // 1 January to 1 April is 90 days, although Anna has the account since February only.
  EXPECT_DOUBLE_EQ(Result("accounts/delta/scorecards/2023-Q1", "days_since_contact").value(), 90);
  // Anna's three accounts: two that started on 2020-06-01, 1,034 days before.
  EXPECT_DOUBLE_EQ(Result("managers/anna/scorecards/2023-Q1", "days_since_contact").value(),
                   (90 + 2 * 1034) / 3.0);
  EXPECT_EQ(Result("accounts/delta/scorecards/2023-Q4", "days_since_contact").state(),
            v1::KpiResult::NO_DATA);
  EXPECT_DOUBLE_EQ(Result("accounts/delta/scorecards/2024-03", "days_since_contact").value(), 31);
}

TEST_F(ScorecardTest, DaysBelongToTheReportingTimeZone) {
  // 23:30 UTC on 29 February is 1 March in Berlin.
  EXPECT_EQ(Result("organization/scorecards/2024-02", "revenue_per_account").value(), 2500.0 / 3);
  ASSERT_EQ(server_->Stop(), 0);
  StartServer({.time_zone = "Europe/Berlin"});
  ASSERT_THAT(SendSmallWorld(client()), IsOk());
  EXPECT_EQ(Result("organization/scorecards/2024-02", "revenue_per_account").value(), 0);
  EXPECT_EQ(Result("organization/scorecards/2024-03", "revenue_per_account").value(), 2500.0 / 3);
  const auto card = Card("organization/scorecards/2024-03");
  ASSERT_THAT(card, IsOk());
  EXPECT_EQ(card->period().calendar().time_zone(), "Europe/Berlin");
  EXPECT_EQ(card->period().days(), 31u);
  // March begins at 23:00 UTC and ends at 22:00 UTC, for the clocks went forward.
  EXPECT_EQ(card->period().end_time().seconds() - card->period().start_time().seconds(),
            31 * 86400 - 3600);
}

TEST_F(ScorecardTest, UnknownSubjectsAreNotFound) {
  for (const char* subject : {"managers/nobody", "accounts/nobody", "teams/nobody"}) {
    EXPECT_THAT(Card(std::string(subject) + "/scorecards/2024-Q1"), Refused(StatusCode::kNotFound))
        << subject;
  }
  EXPECT_THAT(Card("customers/acme/scorecards/2024-Q1"),
              RefusedField(StatusCode::kInvalidArgument, "name"));
  EXPECT_THAT(Card("managers/anna"), RefusedField(StatusCode::kInvalidArgument, "name"));
  EXPECT_THAT(Card(""), RefusedField(StatusCode::kInvalidArgument, "name"));
  v1::BatchGetScorecardsRequest batch;
  batch.add_names("managers/anna/scorecards/2024-Q1");
  batch.add_names("managers/nobody/scorecards/2024-Q1");
  EXPECT_THAT(client().BatchGetScorecards(batch), Refused(StatusCode::kNotFound));
}

TEST_F(ScorecardTest, UnknownKpiIsNotFoundAndTheNearestIsNamed) {
  const auto card = Card("managers/anna/scorecards/2024-Q1", {"net_promotor_score"});
  EXPECT_THAT(card, Refused(StatusCode::kNotFound));
  EXPECT_THAT(card, MessageHas("net_promoter_score"));
  v1::GetKpiRequest request;
  request.set_name("kpis/churn_rat");
  EXPECT_THAT(client().GetKpi(request), Refused(StatusCode::kNotFound));
  EXPECT_THAT(client().GetKpi(request), MessageHas("churn_rate"));
}

TEST_F(ScorecardTest, PeriodsThatMakeNoSenseAreRefusedWithTheField) {
  for (const char* period :
       {"2017-Q5", "2017-Q0", "2017-13", "2017-02-30", "2017-10-01..2017-07-01",
        "2017-10-01..2017-10-01", "9999", "9999-Q1", "0001", "trailing-0d", "trailing-99999d",
        "trailing--5d@2017-01-01", "last year", "1e3", "%00"}) {
    EXPECT_THAT(Card(std::string("managers/anna/scorecards/") + period),
                RefusedField(StatusCode::kInvalidArgument, "name"))
        << period;
  }
  v1::ListScorecardsRequest list;
  list.set_parent("managers/-");
  list.set_period("2017-Q5");
  EXPECT_THAT(client().ListScorecards(list), RefusedField(StatusCode::kInvalidArgument, "period"));
}

TEST_F(ScorecardTest, BatchKeepsTheOrderAskedAndItsLimit) {
  v1::BatchGetScorecardsRequest batch;
  for (const char* subject : {"managers/boris", "organization", "managers/anna", "teams/south",
                              "managers/boris", "accounts/beta"}) {
    batch.add_names(std::string(subject) + "/scorecards/2024-Q1");
  }
  const auto response = client().BatchGetScorecards(batch);
  ASSERT_THAT(response, IsOk());
  ASSERT_EQ(response->scorecards_size(), 6);
  std::set<int64_t> watermarks;
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(response->scorecards(i).name(), batch.names(i));
    watermarks.insert(response->scorecards(i).receipt().fact_watermark());
  }
  EXPECT_EQ(watermarks.size(), 1u);
  batch.clear_names();
  for (int i = 0; i < 1001; ++i) batch.add_names("managers/anna/scorecards/2024-Q1");
  EXPECT_FALSE(client().BatchGetScorecards(batch).ok());
}

TEST_F(ScorecardTest, RankingOrdersFiltersAndPages) {
  v1::ListScorecardsRequest list;
  list.set_parent("managers/-");
  list.set_period("2024-Q1");
  list.add_kpis("kpis/opportunity_conversion_rate");
  list.set_order_by("kpis.opportunity_conversion_rate.value desc");
  auto response = client().ListScorecards(list);
  ASSERT_THAT(response, IsOk());
  ASSERT_EQ(response->scorecards_size(), 2);
  EXPECT_EQ(response->scorecards(0).subject(), "managers/anna");
  EXPECT_EQ(response->scorecards(0).rank(), 1u);
  EXPECT_EQ(response->scorecards(0).team(), "teams/north");
  EXPECT_EQ(response->scorecards(1).subject(), "managers/boris");
  EXPECT_EQ(response->scorecards(1).rank(), 2u);

  list.set_order_by("kpis.opportunity_conversion_rate.value");
  response = client().ListScorecards(list);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->scorecards(0).subject(), "managers/boris");

  list.set_page_size(1);
  response = client().ListScorecards(list);
  ASSERT_THAT(response, IsOk());
  ASSERT_EQ(response->scorecards_size(), 1);
  EXPECT_EQ(response->total_size(), 2);
  ASSERT_FALSE(response->next_page_token().empty());
  list.set_page_token(response->next_page_token());
  response = client().ListScorecards(list);
  ASSERT_THAT(response, IsOk());
  ASSERT_EQ(response->scorecards_size(), 1);
  EXPECT_EQ(response->scorecards(0).subject(), "managers/anna");
  EXPECT_EQ(response->scorecards(0).rank(), 2u);
  EXPECT_TRUE(response->next_page_token().empty());
  // A token is of one question.
  list.set_period("2024-Q2");
  EXPECT_THAT(client().ListScorecards(list),
              RefusedField(StatusCode::kInvalidArgument, "page_token"));
  list.set_page_token("garbage");
  EXPECT_THAT(client().ListScorecards(list),
              RefusedField(StatusCode::kInvalidArgument, "page_token"));
}

TEST_F(ScorecardTest, RankingFilters) {
  v1::ListScorecardsRequest list;
  list.set_parent("managers/-");
  list.set_period("2024-Q1");
  const auto subjects = [&](const std::string& filter) {
    list.set_filter(filter);
    const auto response = client().ListScorecards(list);
    EXPECT_THAT(response, IsOk()) << filter;
    std::vector<std::string> names;
    if (response.ok()) {
      for (const v1::Scorecard& card : response->scorecards()) names.push_back(card.subject());
      EXPECT_EQ(static_cast<size_t>(response->total_size()), names.size());
    }
    return names;
  };
  EXPECT_THAT(subjects(R"(team = "teams/south")"), ElementsAre("managers/boris"));
  EXPECT_THAT(subjects("kpis.opportunity_conversion_rate.value >= 75"),
              ElementsAre("managers/anna"));
  EXPECT_THAT(subjects("kpis.opportunity_conversion_rate.value < 75 AND coverage > 0"),
              ElementsAre("managers/boris"));
  EXPECT_THAT(subjects(R"(subject = "managers/anna")"), ElementsAre("managers/anna"));
  EXPECT_THAT(subjects("coverage > 1"), ElementsAre());
  for (const char* filter : {"team = ", "salary > 3", "coverage > \"much\"", "coverage ! 3"}) {
    list.set_filter(filter);
    EXPECT_THAT(client().ListScorecards(list), RefusedField(StatusCode::kInvalidArgument, "filter"))
        << filter;
  }
  list.set_filter("kpis.nothing.value > 3");
  EXPECT_THAT(client().ListScorecards(list), Refused(StatusCode::kNotFound));
  list.clear_filter();
  list.set_order_by("wealth desc");
  EXPECT_THAT(client().ListScorecards(list),
              RefusedField(StatusCode::kInvalidArgument, "order_by"));
  list.clear_order_by();
  list.set_page_size(-1);
  EXPECT_THAT(client().ListScorecards(list),
              RefusedField(StatusCode::kInvalidArgument, "page_size"));
  list.clear_page_size();
  list.set_parent("contacts/-");
  EXPECT_THAT(client().ListScorecards(list), RefusedField(StatusCode::kInvalidArgument, "parent"));
}

TEST_F(ScorecardTest, KpisArePagedByPillarAndId) {
  v1::ListKpisRequest request;
  request.set_page_size(5);
  std::set<std::string> names;
  int pages = 0;
  do {
    const auto page = client().ListKpis(request);
    ASSERT_THAT(page, IsOk());
    for (const v1::Kpi& kpi : page->kpis()) EXPECT_TRUE(names.insert(kpi.name()).second);
    request.set_page_token(page->next_page_token());
    ++pages;
  } while (!request.page_token().empty() && pages < 100);
  EXPECT_GE(names.size(), 13u);
  EXPECT_GE(pages, 3);
  v1::ListKpisRequest of_pillar;
  of_pillar.set_pillar(v1::PILLAR_RETENTION);
  const auto page = client().ListKpis(of_pillar);
  ASSERT_THAT(page, IsOk());
  EXPECT_GT(page->kpis_size(), 2);
  for (const v1::Kpi& kpi : page->kpis()) EXPECT_EQ(kpi.pillar(), v1::PILLAR_RETENTION);
}

TEST_F(ScorecardTest, WeightsResolveByTenure) {
  const auto band = [&](const std::string& date) {
    v1::ResolveWeightsRequest request;
    request.set_subject("managers/anna");
    request.set_date(date);
    const auto resolution = client().ResolveWeights(request);
    EXPECT_THAT(resolution, IsOk());
    return resolution.ok() ? *resolution : v1::WeightResolution();
  };
  // In role since 2023-01-15: 17 whole months on 2024-07-14, 18 on the day after.
  EXPECT_EQ(band("2024-07-14").tenure_months(), 17);
  EXPECT_EQ(band("2024-07-15").tenure_months(), 18);
  const auto relationships = [](const v1::WeightResolution& resolution) {
    for (const v1::PillarWeight& pillar : resolution.pillars()) {
      if (pillar.pillar() == v1::PILLAR_RELATIONSHIPS) return pillar.weight();
    }
    return -1.0;
  };
  EXPECT_DOUBLE_EQ(relationships(band("2024-07-14")), 0.6);
  EXPECT_DOUBLE_EQ(relationships(band("2024-07-15")), 0.4);
  EXPECT_DOUBLE_EQ(relationships(band("2026-01-15")), 0.3);
  EXPECT_GT(band("2024-07-14").reasons_size(), 0);
  v1::ResolveWeightsRequest request;
  request.set_subject("managers/nobody");
  EXPECT_THAT(client().ResolveWeights(request), Refused(StatusCode::kNotFound));
  request.set_subject("managers/anna");
  request.set_date("yesterday");
  EXPECT_THAT(client().ResolveWeights(request), RefusedField(StatusCode::kInvalidArgument, "date"));
  const auto profiles = client().ListWeightProfiles({});
  ASSERT_THAT(profiles, IsOk());
  ASSERT_EQ(profiles->weight_profiles_size(), 1);
  v1::GetWeightProfileRequest get;
  get.set_name(profiles->weight_profiles(0).name());
  EXPECT_THAT(client().GetWeightProfile(get), IsOk());
  get.set_name("weightProfiles/none");
  EXPECT_THAT(client().GetWeightProfile(get), Refused(StatusCode::kNotFound));
}

}  // namespace
}  // namespace keyscore::testing
