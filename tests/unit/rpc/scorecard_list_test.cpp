// Pages of a ranking come from one order, and make no more cards than they show.
#include "unit/rpc/answer_world.h"

namespace keyscore::rpc {
namespace {

class ListTest : public AnswerWorld {
 protected:
  static constexpr int kManagers = 253;  // with the three that are there

  ListTest() {
    for (int i = 0; i < kManagers - 3; ++i) {
      const std::string id = "m" + std::to_string(i);
      store_.WriteManager(id, id);
      store_.Write("sales", id, i % 90);
    }
  }

  static v1::ListScorecardsRequest Ranking(int page_size) {
    v1::ListScorecardsRequest request;
    request.set_parent("managers/-");
    request.set_period("2017-Q3");
    request.set_page_size(page_size);
    return request;
  }
  v1::ListScorecardsResponse List(const v1::ListScorecardsRequest& request, bool cached = true) {
    const Raw raw = CallRaw("ListScorecards", request.SerializeAsString(), cached);
    EXPECT_TRUE(raw.status.ok()) << raw.status.error_message();
    v1::ListScorecardsResponse response;
    EXPECT_TRUE(response.ParseFromString(raw.bytes));
    return response;
  }
  // KPI rows evaluated since it was called last.
  int Rows() {
    const int rows = function_->rows;
    return rows - std::exchange(rows_, rows);
  }

 private:
  int rows_ = 0;
};

TEST_F(ListTest, PagesCutTheRankingThatOneServerWithoutMemoryMakes) {
  v1::ListScorecardsRequest request = Ranking(40);
  v1::ListScorecardsResponse whole;
  for (;;) {
    v1::ListScorecardsResponse page = List(request);
    EXPECT_EQ(page.SerializeAsString(), List(request, /*cached=*/false).SerializeAsString());
    EXPECT_EQ(page.total_size(), kManagers);
    for (auto& card : *page.mutable_scorecards()) *whole.add_scorecards() = std::move(card);
    if (page.next_page_token().empty()) break;
    request.set_page_token(page.next_page_token());
  }
  ASSERT_EQ(whole.scorecards_size(), kManagers);
  const auto at_once = List(Ranking(1'000));
  for (int i = 0; i < kManagers; ++i) {
    EXPECT_EQ(whole.scorecards(i).rank(), i + 1);
    EXPECT_EQ(whole.scorecards(i).SerializeAsString(), at_once.scorecards(i).SerializeAsString());
  }
}

TEST_F(ListTest, AFollowingPageMakesOnlyTheCardsItShows) {
  Rows();
  v1::ListScorecardsRequest request = Ranking(40);
  const auto first = List(request);
  EXPECT_EQ(Rows(), 2 * kManagers);
  request.set_page_token(first.next_page_token());
  List(request);
  EXPECT_EQ(Rows(), 2 * 40);
  request.set_page_size(150);  // of any size
  EXPECT_EQ(List(request).scorecards_size(), 150);
  EXPECT_EQ(Rows(), 2 * 150);
}

TEST_F(ListTest, PagesStayAsOfTheFirst) {
  v1::ListScorecardsRequest request = Ranking(100);
  const auto first = List(request);
  const auto second_before = [&] {
    v1::ListScorecardsRequest next = request;
    next.set_page_token(first.next_page_token());
    return List(next);
  }();
  for (int i = 0; i < 20; ++i) store_.Write("sales", "m" + std::to_string(i), 900);
  EXPECT_NE(List(request).SerializeAsString(), first.SerializeAsString());
  v1::ListScorecardsRequest next = request;
  next.set_page_token(first.next_page_token());
  EXPECT_EQ(List(next).SerializeAsString(), second_before.SerializeAsString());
  EXPECT_EQ(List(next, /*cached=*/false).SerializeAsString(), second_before.SerializeAsString());
}

TEST_F(ListTest, OtherPluginsMakeAnotherRanking) {
  v1::ListScorecardsRequest request = Ranking(100);
  request.set_page_token(List(request).next_page_token());
  Publish({Kpi("sales", kpis::Pillar::kRevenue)});
  const auto page = List(request);
  EXPECT_EQ(page.scorecards(0).kpis_size(), 1);
  EXPECT_EQ(page.SerializeAsString(), List(request, /*cached=*/false).SerializeAsString());
}

TEST_F(ListTest, CardsThatHangOnEachOtherAreMadeTogether) {
  kpis::LoadedKpi relative = Kpi("sales", kpis::Pillar::kRevenue);
  relative.definition.row_independent = false;
  Publish({relative});
  v1::ListScorecardsRequest request = Ranking(100);
  const auto first = List(request);
  Rows();
  request.set_page_token(first.next_page_token());
  List(request);
  EXPECT_EQ(Rows(), kManagers);
}

TEST_F(ListTest, AnOrderIsKeptUnderFilterAndOrder) {
  v1::ListScorecardsRequest request = Ranking(30);
  request.set_order_by("kpis.sales.value desc");
  request.set_filter("kpis.sales.value < 60");
  request.add_kpis("kpis/trust");
  const auto first = List(request);
  const auto second = [&](bool cached) {
    v1::ListScorecardsRequest next = request;
    next.set_page_token(first.next_page_token());
    return List(next, cached);
  };
  Rows();
  const auto kept = second(true);
  EXPECT_EQ(Rows(), 2 * 30);
  EXPECT_EQ(kept.SerializeAsString(), second(false).SerializeAsString());
  EXPECT_EQ(kept.scorecards(0).kpis_size(), 1);
}

}  // namespace
}  // namespace keyscore::rpc
