// Cards that are kept: the same bytes as those that are made, for as long as nothing changes that
// they rest on, and not a moment longer.
#include "rpc/answers.h"

#include <thread>

#include "unit/rpc/answer_world.h"

namespace keyscore::rpc {
namespace {

class AnswersTest : public AnswerWorld {
 protected:
  // Evaluations of all KPIs since it was called last.
  int Evaluated() {
    const int calls = function_->calls;
    return calls - std::exchange(evaluated_, calls);
  }

  // The card comes from what is kept, and is right.
  v1::Scorecard ExpectKept(const v1::GetScorecardRequest& request) {
    const int64_t hits = stats().hits;
    v1::Scorecard card = RightCard(request);
    EXPECT_EQ(stats().hits, hits + 1) << request.name();
    return card;
  }
  v1::Scorecard ExpectKept(const std::string& name) { return ExpectKept(Request(name)); }
  // It is made anew, and is right.
  v1::Scorecard ExpectMade(const v1::GetScorecardRequest& request) {
    const int64_t hits = stats().hits;
    v1::Scorecard card = RightCard(request);
    EXPECT_EQ(stats().hits, hits) << request.name();
    return card;
  }
  v1::Scorecard ExpectMade(const std::string& name) { return ExpectMade(Request(name)); }

 private:
  int evaluated_ = 0;
};

TEST_F(AnswersTest, ASecondCallHasTheSameBytesAndEvaluatesNothing) {
  const std::string made = Bytes(Request(kAnna));
  EXPECT_EQ(Evaluated(), 2);
  EXPECT_EQ(Bytes(Request(kAnna)), made);
  EXPECT_EQ(Evaluated(), 0);
  EXPECT_EQ(Bytes(Request(kAnna), /*cached=*/false), made);
  EXPECT_EQ(stats().hits, 1);
  EXPECT_EQ(stats().misses, 1);
  EXPECT_EQ(stats().stale, 0);
  v1::Scorecard card;
  ASSERT_TRUE(card.ParseFromString(made));
  EXPECT_EQ(ValueOf(card, "sales"), 10);
  EXPECT_EQ(card.receipt().fact_watermark(), 9);
}

TEST_F(AnswersTest, AFactOfAnotherLeavesACardKeptAndMovesItsReceipt) {
  ExpectMade(kAnna);
  const int64_t batch = store_.Write("sales", "boris", 5);
  EXPECT_EQ(ExpectKept(kAnna).receipt().fact_watermark(), batch);
  EXPECT_EQ(ValueOf(ExpectMade(kBoris), "sales"), 15);
}

TEST_F(AnswersTest, AFactOfTheSubjectIsSeenAtOnce) {
  ExpectMade(kAnna);
  store_.Write("sales", "anna", 5);
  const v1::Scorecard card = ExpectMade(kAnna);
  EXPECT_EQ(ValueOf(card, "sales"), 15);
  EXPECT_EQ(stats().stale, 1);
  ExpectKept(kAnna);
}

TEST_F(AnswersTest, WhatRestsOnEverybodyIsMadeAnewForAFactOfAnybody) {
  ExpectMade("organization/scorecards/2017-Q3");
  store_.Write("sales", "boris", 5);
  EXPECT_EQ(ValueOf(ExpectMade("organization/scorecards/2017-Q3"), "sales"), 35);

  kpis::LoadedKpi with_model = Kpi("sales", kpis::Pillar::kRevenue);
  with_model.definition.parameters = {{.name = "mean"}};
  Publish({with_model, Kpi("trust", kpis::Pillar::kRelationships)});
  ExpectMade(kAnna);
  ExpectKept(kAnna);
  store_.Write("sales", "boris", 5);
  ExpectMade(kAnna);
}

TEST_F(AnswersTest, ATargetPacedByASeasonRestsOnEverybody) {
  weighting::TargetContent target;
  target.kpi_id = "sales";
  target.pacing = weighting::Pacing::kSeasonal;
  target.points = {{.from = absl::CivilDay(2017, 1, 1), .to = absl::CivilDay(2018, 1, 1)}};
  target.points[0].value = 100;
  const auto created = ledger_->CreateTarget("plan", target, {.author = "ada", .reason = "because"},
                                             *host_.published.Snapshot());
  ASSERT_TRUE(created.ok()) << created.status();
  ExpectMade(kAnna);
  ExpectKept(kAnna);
  store_.Write("sales", "boris", 5);
  ExpectMade(kAnna);
}

TEST_F(AnswersTest, ANameIsSeenAtOnceAndOthersCardsStayKept) {
  ExpectMade(kAnna);
  ExpectMade(kBoris);
  Evaluated();
  const int64_t batch = store_.WriteManager("boris", "Mr Boris");
  const std::string kept = Bytes(Request(kAnna));
  EXPECT_EQ(Evaluated(), 0) << "the directory says of anna what it said before";
  EXPECT_EQ(kept, Bytes(Request(kAnna), /*cached=*/false));
  EXPECT_EQ(ExpectKept(kAnna).receipt().fact_watermark(), batch);
  EXPECT_EQ(ExpectMade(kBoris).subject_display_name(), "Mr Boris");
}

TEST_F(AnswersTest, TheFirstFactOfADatasetIsSeenOnCardsOfOthers) {
  store_.known_datasets.insert("visits");
  Publish({Kpi("sales", kpis::Pillar::kRevenue), Kpi("visits", kpis::Pillar::kRelationships)});
  EXPECT_EQ(ExpectMade(kAnna).kpis(0).state(), v1::KpiResult::NO_DATA);
  store_.Write("sales", "boris", 1);
  EXPECT_EQ(ExpectKept(kAnna).kpis(0).state(), v1::KpiResult::NO_DATA);
  store_.Write("visits", "boris", 3);
  const v1::Scorecard card = ExpectMade(kAnna);
  EXPECT_EQ(card.kpis(0).kpi(), "kpis/visits");
  EXPECT_EQ(card.kpis(0).state(), v1::KpiResult::VALUE);  // 0
  store_.Write("visits", "boris", 3);
  ExpectKept(kAnna);
}

TEST_F(AnswersTest, WeightsTargetsAndExceptionsCountAtOnce) {
  const double before = ExpectMade(kAnna).total();
  const weighting::Change change{.author = "ada", .reason = "because"};
  const kpis::RegistrySnapshot& registry = *host_.published.Snapshot();
  const auto edit = [](const weighting::ProfileContent& content) {
    weighting::ProfileContent edited = content;
    edited.bands.clear();
    edited.untenured_pillars = {{kpis::Pillar::kRevenue, 1}};
    return absl::StatusOr<weighting::ProfileContent>(edited);
  };
  ASSERT_TRUE(ledger_->UpdateProfile("default", edit, change, registry).ok());
  EXPECT_EQ(RightCard(kAnna).total(), before) << "a draft counts for nothing";
  const auto published = ledger_->PublishProfile("default", std::nullopt, change, registry);
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(ExpectMade(kAnna).total(), 10);  // revenue alone
  ExpectKept(kAnna);

  weighting::ScoreOverride exception;
  exception.id = "flood";
  exception.subject_kind = store::SubjectKind::kManager;
  exception.subject_id = "anna";
  exception.kpi_id = "sales";
  exception.score = 77;
  exception.start_date = absl::CivilDay(2017, 9, 1);
  exception.expire_date = absl::CivilDay(2018, 1, 1);
  const auto created = ledger_->CreateOverride(exception, change, registry);
  ASSERT_TRUE(created.ok()) << created.status();
  const auto approved = ledger_->ApproveOverride("flood", {.author = "bob", .reason = "looked at"});
  EXPECT_TRUE(approved.ok() || created->state == weighting::OverrideState::kActive)
      << approved.status();
  EXPECT_EQ(ExpectMade(kAnna).total(), 77);
  ExpectKept(kAnna);
}

TEST_F(AnswersTest, PluginsCountAtOnce) {
  ExpectMade(kAnna);
  Publish({Kpi("sales", kpis::Pillar::kRevenue)});
  EXPECT_EQ(ExpectMade(kAnna).kpis_size(), 1);
  ExpectKept(kAnna);
  PublishKpis();
  EXPECT_EQ(ExpectMade(kAnna).kpis_size(), 2);
}

TEST_F(AnswersTest, NothingKeptHoldsAnEarlierRegistry) {
  ExpectMade(kAnna);
  PublishKpis();
  // The call that made the card may not have let go yet.
  while (host_.published.DrainingGenerations() > 0) absl::SleepFor(absl::Milliseconds(1));
}

TEST_F(AnswersTest, MidnightMakesAnotherDay) {
  const std::string name = "managers/anna/scorecards/trailing-30d";
  const v1::Scorecard before = ExpectMade(name);
  const absl::CivilDay day = calendar_.DayOf(now());
  SetNow(calendar_.StartOf(day + 1) - absl::Nanoseconds(1));
  ExpectKept(name);
  SetNow(calendar_.StartOf(day + 1));
  const v1::Scorecard after = ExpectMade(name);
  EXPECT_NE(after.period().start_time().seconds(), before.period().start_time().seconds());
  EXPECT_NE(after.receipt().as_of_date(), before.receipt().as_of_date());
}

TEST_F(AnswersTest, TwoCallersHaveOneAnswer) {
  ExpectMade(kAnna);
  grpc::ClientContext other;
  other.AddMetadata("keyscore-user", "somebody else");
  const Raw raw = CallRaw("GetScorecard", Request(kAnna).SerializeAsString(), true, &other);
  EXPECT_EQ(raw.bytes, Bytes(Request(kAnna), /*cached=*/false));
  EXPECT_EQ(stats().hits, 1);
}

TEST_F(AnswersTest, WhatFailedIsTriedAgain) {
  store_.Write("sales", "anna", 5'000);
  EXPECT_GT(ExpectMade(kAnna).error_weight(), 0);
  ExpectMade(kAnna);
  const auto unknown = Request("managers/nobody/scorecards/2017-Q3");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(CallRaw("GetScorecard", unknown.SerializeAsString()).status.error_code(),
              grpc::StatusCode::NOT_FOUND);
  }
  EXPECT_EQ(stats().answers, 0);
}

TEST_F(AnswersTest, AHiddenErrorCountsToo) {
  store_.Write("sales", "anna", 5'000);
  auto request = Request(kAnna);
  request.add_kpis("kpis/trust");  // sales has its weight all the same
  ExpectMade(request);
  ExpectMade(request);
}

TEST_F(AnswersTest, AKpiThatMayComeOutOtherwiseIsEvaluatedForEveryCall) {
  kpis::LoadedKpi moody = Kpi("sales", kpis::Pillar::kRevenue);
  moody.definition.deterministic = false;
  Publish({moody, Kpi("trust", kpis::Pillar::kRelationships)});
  ExpectMade(kAnna);
  ExpectMade(kAnna);
  auto request = Request(kAnna);
  request.add_kpis("kpis/trust");
  ExpectMade(request);
  ExpectMade(request);
}

TEST_F(AnswersTest, WhoObservesEvaluationsSeesOneForEveryCall) {
  struct Counter : kpis::EvaluationObserver {
    void Evaluated(const kpis::EvaluationRequest&, const kpis::EvaluationResult&) const override {
      ++seen;
    }
    mutable std::atomic<int> seen = 0;
  };
  const auto counter = std::make_shared<Counter>();
  ExpectMade(kAnna);
  Publish({Kpi("sales", kpis::Pillar::kRevenue)}, counter);
  for (int i = 0; i < 3; ++i) Bytes(Request(kAnna));
  EXPECT_EQ(counter->seen, 3);
}

TEST_F(AnswersTest, WhatAsksAboutThenIsAnsweredFromThen) {
  const std::string made = Bytes(Request(kAnna));
  auto then = Request(kAnna);
  then.mutable_known_time()->set_seconds(absl::ToUnixSeconds(absl::Now()));
  for (int i = 0; i < 2; ++i) ExpectMade(then);
  // A receipt gives the same bytes, also the one of an answer that was kept.
  for (int i = 0; i < 2; ++i) {
    const v1::Scorecard card = Card(kAnna);
    auto replay = Request(kAnna);
    *replay.mutable_replay() = card.receipt();
    EXPECT_EQ(Bytes(replay), made);
  }
  EXPECT_EQ(stats().answers, 1);
}

TEST_F(AnswersTest, AReceiptOfAKeptAnswerIsReplayedAsItWas) {
  ExpectMade(kAnna);
  store_.Write("sales", "boris", 5);
  const std::string kept = Bytes(Request(kAnna));
  v1::Scorecard card;
  ASSERT_TRUE(card.ParseFromString(kept));
  store_.Write("sales", "anna", 5);
  auto replay = Request(kAnna);
  *replay.mutable_replay() = card.receipt();
  EXPECT_EQ(Bytes(replay), kept);
}

TEST_F(AnswersTest, ABusySourceIsWaitedForAndKeptAnswersStillCount) {
  ExpectMade(kAnna);
  sources_.busy = true;
  ExpectKept(kAnna);
  store_.Write("sales", "anna", 5);
  EXPECT_EQ(ValueOf(ExpectMade(kAnna), "sales"), 15);
}

TEST_F(AnswersTest, BatchesAndListsStandForTheirBatchAlone) {
  v1::BatchGetScorecardsRequest batch;
  batch.add_names(kAnna);
  batch.add_names(kBoris);
  v1::ListScorecardsRequest list;
  list.set_parent("managers/-");
  list.set_period("2017-Q3");
  const std::pair<std::string, std::string> calls[] = {
      {"BatchGetScorecards", batch.SerializeAsString()},
      {"ListScorecards", list.SerializeAsString()}};
  for (const auto& [method, request] : calls) {
    const std::string made = CallRaw(method, request).bytes;
    Evaluated();
    EXPECT_EQ(CallRaw(method, request).bytes, made);
    EXPECT_EQ(Evaluated(), 0) << method;
    EXPECT_EQ(CallRaw(method, request, /*cached=*/false).bytes, made);
    store_.Write("sales", "cem", 1);
    const std::string after = CallRaw(method, request).bytes;
    EXPECT_NE(after, made);
    EXPECT_EQ(after, CallRaw(method, request, /*cached=*/false).bytes);
  }
}

TEST_F(AnswersTest, AnExplanationIsKeptLikeItsCard) {
  v1::ExplainKpiResultRequest request;
  request.set_name(kAnna);
  request.set_kpi("kpis/sales");
  const auto explained = [&](bool cached) {
    return CallRaw("ExplainKpiResult", request.SerializeAsString(), cached).bytes;
  };
  const std::string made = explained(true);
  EXPECT_EQ(explained(true), made);
  EXPECT_EQ(stats().hits, 1);
  const int64_t batch = store_.Write("sales", "boris", 1);
  EXPECT_EQ(explained(true), explained(false));
  EXPECT_EQ(stats().hits, 2);
  v1::KpiExplanation explanation;
  ASSERT_TRUE(explanation.ParseFromString(explained(true)));
  EXPECT_EQ(explanation.receipt().fact_watermark(), batch);
  EXPECT_EQ(explanation.result().value(), 10);
  store_.WriteManager("boris", "Mr Boris");  // it might be about an account's name
  EXPECT_EQ(explained(true), explained(false));
  EXPECT_EQ(stats().hits, 3);
}

TEST_F(AnswersTest, BytesThatAreNoRequestAreRefused) {
  for (const char* method :
       {"GetScorecard", "BatchGetScorecards", "ListScorecards", "ExplainKpiResult"}) {
    // A text of 9 bytes of which 2 are there; then one that is not UTF-8.
    for (const std::string bytes : {"\x0a\x09xx", "\x0a\x02\xff\xfe"}) {
      const Raw raw = CallRaw(method, bytes);
      EXPECT_EQ(raw.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << method;
      EXPECT_THAT(raw.status.error_details(), testing::HasSubstr("MALFORMED_MESSAGE"));
    }
  }
  EXPECT_EQ(CallRaw("GetScorecard", "").status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

// What was acknowledged before a call began is in its answer, whoever else asks and writes.
TEST_F(AnswersTest, EveryReaderSeesWhatWasWrittenBefore) {
  constexpr int kWrites = 200;
  const std::string names[] = {"anna", "boris"};
  std::atomic<int64_t> acknowledged[2] = {0, 0};
  std::atomic<int> written[2] = {0, 0};
  std::atomic<bool> done = false;
  std::vector<std::thread> threads;
  for (int w = 0; w < 2; ++w) {
    threads.emplace_back([&, w] {
      for (int i = 0; i < kWrites; ++i) {
        acknowledged[w] = store_.Write("sales", names[w], 1);
        ++written[w];
        const v1::Scorecard own = Card("managers/" + names[w] + "/scorecards/2017-Q3");
        EXPECT_EQ(ValueOf(own, "sales"), 10 + i + 1);
      }
      done = true;
    });
  }
  for (int r = 0; r < 3; ++r) {
    threads.emplace_back([&, r] {
      for (int i = 0; !done; ++i) {
        const int w = (i + r) % 2;
        const int before = written[w];
        const int64_t batch = acknowledged[w];
        const v1::Scorecard card = Card("managers/" + names[w] + "/scorecards/2017-Q3");
        EXPECT_GE(ValueOf(card, "sales"), 10 + before);
        EXPECT_LE(ValueOf(card, "sales"), 10 + kWrites);
        EXPECT_GE(card.receipt().fact_watermark(), batch);
        sources_.busy = i % 5 == 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  sources_.busy = false;
  RightCard(kAnna);
  RightCard(kBoris);
}

}  // namespace
}  // namespace keyscore::rpc
