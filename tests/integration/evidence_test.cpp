// The evidence behind a figure: the rows of ListFacts are those that the input counted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "fmt/format.h"
#include "support/facts.h"
#include "support/sample.h"
#include "support/server_fixture.h"

namespace keyscore::testing {
namespace {

using absl::StatusCode;
using ::testing::UnorderedElementsAre;
using EvidenceTest = SmallWorldTest;

// All pages.
std::vector<v1::Fact> AllFacts(client::Client& client, v1::ListFactsRequest request) {
  std::vector<v1::Fact> facts;
  for (int page = 0; page < 1000; ++page) {
    const auto response = client.ListFacts(request);
    EXPECT_THAT(response, IsOk()) << request.ShortDebugString();
    if (!response.ok()) break;
    facts.insert(facts.end(), response->facts().begin(), response->facts().end());
    if (response->next_page_token().empty()) break;
    request.set_page_token(response->next_page_token());
  }
  return facts;
}

TEST_F(EvidenceTest, RowsOfAnInputAreThoseItCounts) {
  v1::ListFactsRequest request;
  request.set_kpi("kpis/opportunity_conversion_rate");
  request.set_input("won");
  request.set_subject("managers/anna");
  request.set_period("2024-Q1");
  request.set_page_size(2);
  std::set<std::string> names;
  for (const v1::Fact& fact : AllFacts(client(), request)) {
    names.insert(fact.name());
    EXPECT_EQ(fact.attributed_manager(), "managers/anna");
    EXPECT_EQ(fact.values().at("outcome").string_value(), "won");
  }
  EXPECT_THAT(names, UnorderedElementsAre("datasets/opportunity/facts/opp1",
                                          "datasets/opportunity/facts/opp2",
                                          "datasets/opportunity/facts/opp4"));
}

TEST_F(EvidenceTest, OwnershipTellsWhoseFactItIs) {
  v1::ListFactsRequest request;
  request.set_parent("datasets/interaction");
  request.set_subject("managers/boris");
  const std::vector<v1::Fact> facts = AllFacts(client(), request);
  ASSERT_EQ(facts.size(), 3u);
  EXPECT_EQ(facts[2].name(), "datasets/interaction/facts/int6");
  EXPECT_EQ(facts[2].attributed_manager(), "managers/boris");
  EXPECT_EQ(facts[2].values().count("manager_id"), 0u);
}

TEST_F(EvidenceTest, FiltersAndRefusesWhatItDoesNotKnow) {
  v1::ListFactsRequest request;
  request.set_parent("datasets/invoice_line");
  request.set_filter(R"(sale_kind = "base" AND amount > 600)");
  EXPECT_EQ(AllFacts(client(), request).size(), 2u);
  request.set_filter("colour = \"red\"");
  EXPECT_THAT(client().ListFacts(request), RefusedField(StatusCode::kInvalidArgument, "filter"));
  request.clear_filter();
  request.set_parent("datasets/nothing");
  EXPECT_THAT(client().ListFacts(request), Refused(StatusCode::kNotFound));
  v1::ListFactsRequest input;
  input.set_kpi("kpis/opportunity_conversion_rate");
  input.set_input("drawn");
  input.set_period("2024-Q1");
  EXPECT_FALSE(client().ListFacts(input).ok());
  input.set_input("won");
  input.set_period("2024-Q7");
  EXPECT_THAT(client().ListFacts(input), RefusedField(StatusCode::kInvalidArgument, "period"));
}

// On a larger organisation: for every input that adds up, the rows sum to the value shown.
TEST_F(EmptyServerTest, EvidenceSumsToTheValueOfTheInput) {
  const TempDir files;
  ASSERT_THAT(
      WriteSample(files.path().string(), {"--managers", "6", "--accounts", "30", "--seed", "5"}),
      IsOk());
  Duck duck;
  ReadSample(files.path().string(), duck);
  ASSERT_THAT(SendSample(duck, client()), IsOk());
  const std::string manager = *duck.Ask("SELECT min(manager_id) FROM ownership")[0][0];
  const std::string account = *duck.Ask("SELECT min(account_id) FROM account")[0][0];
  int checked = 0;
  for (const std::string& subject :
       {"managers/" + manager, "accounts/" + account, std::string("teams/north")}) {
    const auto card = Card(subject + "/scorecards/2025-Q2");
    ASSERT_THAT(card, IsOk());
    for (const v1::KpiResult& result : card->kpis()) {
      for (const v1::InputValue& input : result.inputs()) {
        const bool counts = input.aggregate() == v1::AGGREGATE_COUNT;
        const bool sums = input.aggregate() == v1::AGGREGATE_SUM;
        if ((!counts && !sums) || input.dataset() == "datasets/book") continue;
        v1::ListFactsRequest request;
        request.set_kpi(result.kpi());
        request.set_input(input.name());
        request.set_subject(subject);
        request.set_period("2025-Q2");
        request.set_page_size(1000);
        const std::vector<v1::Fact> facts = AllFacts(client(), request);
        double sum = 0;
        for (const v1::Fact& fact : facts) {
          if (counts) sum += 1;
          if (sums && fact.has_measured_value()) sum += fact.measured_value();
        }
        const std::string where = fmt::format("{} {} {}", subject, result.kpi(), input.name());
        EXPECT_EQ(facts.size(), input.fact_count()) << where;
        EXPECT_NEAR(sum, input.value(), 1e-9 * std::max(1.0, std::abs(sum))) << where;
        ++checked;
      }
    }
  }
  EXPECT_GT(checked, 30);
}

}  // namespace
}  // namespace keyscore::testing
