// What is kept, for how long, and under what.
#include "rpc/answer_cache.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "keyscore/v1/scorecard_service.pb.h"

namespace keyscore::rpc {
namespace {

constexpr int64_t kRoom = 1 << 20;

AnswerKey KeyOf(std::string_view request) {
  return {.scope = "everything",
          .kind = AnswerKind::kGetScorecard,
          .request = request,
          .registry_generation = 3,
          .rules = 2,
          .today = absl::CivilDay(2024, 5, 17)};
}

std::shared_ptr<Answer> AnswerOf(const std::string& text, int64_t watermark = 1) {
  auto answer = std::make_shared<Answer>();
  answer->body = grpc::Slice(text);
  answer->true_until = watermark;
  return answer;
}

std::string Text(const std::shared_ptr<Answer>& answer) {
  return answer == nullptr ? "none" : std::string(answer->body.begin(), answer->body.end());
}

TEST(AnswerCacheTest, AnAnswerIsFoundUnderItsWholeKeyAlone) {
  AnswerCache cache(kRoom);
  const AnswerKey key = KeyOf("anna");
  cache.Keep(key, AnswerOf("50 points"));
  EXPECT_EQ(Text(cache.Find(KeyOf(std::string("anna")))), "50 points");
  for (const auto& change : std::vector<void (*)(AnswerKey&)>{
           [](AnswerKey& other) { other.scope = "team"; },
           [](AnswerKey& other) { other.kind = AnswerKind::kExplainKpiResult; },
           [](AnswerKey& other) { other.request = "anno"; },
           [](AnswerKey& other) { other.registry_generation = 4; },
           [](AnswerKey& other) { other.rules = 1; }, [](AnswerKey& other) { ++other.today; }}) {
    AnswerKey other = key;
    change(other);
    EXPECT_EQ(cache.Find(other), nullptr);
  }
}

TEST(AnswerCacheTest, TheKeyNeedNotOutliveTheCall) {
  AnswerCache cache(kRoom);
  {
    std::string request(100, 'x');
    cache.Keep(KeyOf(request), AnswerOf("50 points"));
    request.assign(100, 'y');
    EXPECT_EQ(cache.Find(KeyOf(request)), nullptr);
  }
  EXPECT_EQ(Text(cache.Find(KeyOf(std::string(100, 'x')))), "50 points");
}

TEST(AnswerCacheTest, WhatWasNotAskedForLongestGoesFirst) {
  AnswerCache cache(kRoom);
  const std::string text(4'000, '.');
  std::vector<std::string> requests;
  for (int i = 0; i < 1'000; ++i) requests.push_back("request " + std::to_string(i));
  for (const std::string& request : requests) {
    cache.Keep(KeyOf(request), AnswerOf(text));
    EXPECT_NE(cache.Find(KeyOf(requests.front())), nullptr) << "asked for all the time";
  }
  const AnswerStats stats = cache.Stats();
  EXPECT_LE(stats.bytes, kRoom);
  EXPECT_GT(stats.bytes, kRoom / 2);
  EXPECT_EQ(stats.answers + stats.evictions, 1'000);
  EXPECT_EQ(cache.Find(KeyOf(requests[1])), nullptr);
  EXPECT_NE(cache.Find(KeyOf(requests.back())), nullptr);
}

TEST(AnswerCacheTest, NoAnswerMayHaveMoreThanASixteenthOfTheRoom) {
  AnswerCache cache(kRoom);
  cache.Keep(KeyOf("large"), AnswerOf(std::string(kRoom / 16, '.')));
  EXPECT_EQ(cache.Find(KeyOf("large")), nullptr);
  cache.Keep(KeyOf("fits"), AnswerOf(std::string(kRoom / 16 - 1'000, '.')));
  EXPECT_NE(cache.Find(KeyOf("fits")), nullptr);
  cache.Keep(KeyOf(std::string(kRoom / 16, 'r')), AnswerOf("small"));
  EXPECT_EQ(cache.Stats().answers, 1) << "the request counts too";
  EXPECT_EQ(cache.Stats().evictions, 0);
}

TEST(AnswerCacheTest, BytesAreThoseOfBodyRequestAndRanking) {
  AnswerCache cache(kRoom);
  cache.Keep(KeyOf("a"), AnswerOf("x"));
  const int64_t one = cache.Stats().bytes;
  cache.Keep(KeyOf("a"), AnswerOf(std::string(1'001, 'x')));
  EXPECT_EQ(cache.Stats().bytes, one + 1'000);
  cache.Keep(KeyOf("a"), AnswerOf("x"));
  EXPECT_EQ(cache.Stats().bytes, one);
  auto ranked = AnswerOf("x");
  ranked->ranking = {"anna", "boris"};
  cache.Keep(KeyOf("a"), ranked);
  EXPECT_GT(cache.Stats().bytes, one + 9);
}

TEST(AnswerCacheTest, AnOlderAnswerDoesNotTakeANewersPlace) {
  AnswerCache cache(kRoom);
  cache.Keep(KeyOf("anna"), AnswerOf("as of 7", 7));
  cache.Keep(KeyOf("anna"), AnswerOf("as of 6", 6));
  EXPECT_EQ(Text(cache.Find(KeyOf("anna"))), "as of 7");
  cache.Keep(KeyOf("anna"), AnswerOf("as of 8", 8));
  EXPECT_EQ(Text(cache.Find(KeyOf("anna"))), "as of 8");
}

TEST(AnswerCacheTest, WithoutRoomNothingIsKept) {
  AnswerCache cache(0);
  EXPECT_FALSE(cache.enabled());
  cache.Keep(KeyOf("anna"), AnswerOf("50 points"));
  EXPECT_EQ(cache.Find(KeyOf("anna")), nullptr);
  EXPECT_EQ(cache.Stats().bytes, 0);
}

TEST(AnswerCacheTest, ManyThreadsFindWhatIsTheirsOrNothing) {
  AnswerCache cache(1 << 18);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&cache, t] {
      for (int i = 0; i < 5'000; ++i) {
        const std::string request = std::to_string((i * 7 + t) % 200);
        const auto found = cache.Find(KeyOf(request));
        if (found != nullptr) {
          EXPECT_EQ(Text(found), request + std::string(1'000, '.'));
        }
        cache.Keep(KeyOf(request), AnswerOf(request + std::string(1'000, '.'), i));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(cache.Stats().bytes, 1 << 18);
}

TEST(AnswerTest, TheReceiptsWatermarkFollowsTheBody) {
  v1::Scorecard card;
  card.set_name("managers/anna/scorecards/2024-Q1");
  card.mutable_receipt()->set_server_version("1.0.0");
  for (const int64_t watermark :
       {int64_t{0}, int64_t{1}, int64_t{127}, int64_t{128}, int64_t{1} << 62}) {
    const auto answer = MakeAnswer(card, v1::Scorecard::kReceiptFieldNumber, watermark);
    ASSERT_TRUE(answer.ok());
    grpc::Slice whole;
    ASSERT_TRUE(OnTheWire(**answer).DumpToSingleSlice(&whole).ok());
    v1::Scorecard read;
    ASSERT_TRUE(read.ParseFromArray(whole.begin(), static_cast<int>(whole.size())));
    v1::Scorecard expected = card;
    expected.mutable_receipt()->set_fact_watermark(watermark);
    EXPECT_EQ(read.SerializeAsString(), expected.SerializeAsString());
  }
}

TEST(AnswerTest, ItStandsForTheNewestBatchItWasEverRaisedTo) {
  const auto answer = AnswerOf("x", 5);
  answer->RaiseTo(9);
  answer->RaiseTo(7);
  EXPECT_EQ(answer->true_until, 9);
}

}  // namespace
}  // namespace keyscore::rpc
