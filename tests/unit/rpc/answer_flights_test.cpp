// Calls that wait: for each other, for a thread, for nothing any more.
#include <future>
#include <random>
#include <thread>

#include "unit/rpc/answer_world.h"

namespace keyscore::rpc {
namespace {

// Holds every evaluation up until it is opened.
class Gate {
 public:
  explicit Gate(AnswerStore& store) {
    store.on_measure = [this] {
      ++arrived_;
      open_.WaitForNotification();
    };
  }
  void AwaitArrivals(int count) const {
    while (arrived_ < count) absl::SleepFor(absl::Milliseconds(1));
  }
  void Open() { open_.Notify(); }
  int arrived() const { return arrived_; }

 private:
  std::atomic<int> arrived_ = 0;
  absl::Notification open_;
};

class FlightsCase : public AnswerWorld {
 protected:
  using AnswerWorld::AnswerWorld;

  std::future<Raw> Ask(const std::string& name, grpc::ClientContext* context = nullptr) {
    return std::async(std::launch::async, [this, name, context] {
      return CallRaw("GetScorecard", Request(name).SerializeAsString(), true, context);
    });
  }
  void AwaitShared(int64_t count) const {
    while (stats().shared < count) absl::SleepFor(absl::Milliseconds(1));
  }
  void AwaitAbandoned(int64_t count) const {
    while (stats().abandoned < count) absl::SleepFor(absl::Milliseconds(1));
  }
  void AwaitWaiting(size_t count) const {
    while (pool_.waiting() < count) absl::SleepFor(absl::Milliseconds(1));
  }
  static std::string NameOf(int quarter) {
    return "managers/anna/scorecards/2017-Q" + std::to_string(quarter);
  }
};

class FlightsTest : public FlightsCase {};

TEST_F(FlightsTest, CallsThatAskTheSameAreEvaluatedOnce) {
  Gate gate(store_);
  std::vector<std::future<Raw>> calls;
  for (int i = 0; i < 8; ++i) calls.push_back(Ask(kAnna));
  AwaitShared(7);
  gate.Open();
  const std::string first = calls[0].get().bytes;
  EXPECT_FALSE(first.empty());
  for (size_t i = 1; i < calls.size(); ++i) EXPECT_EQ(calls[i].get().bytes, first);
  EXPECT_EQ(gate.arrived(), 1);
  EXPECT_EQ(Bytes(Request(kAnna), /*cached=*/false), first);
}

TEST_F(FlightsTest, WhoComesAfterAWriteDoesNotGetWhatWasBegunBefore) {
  Gate gate(store_);
  auto before = Ask(kAnna);
  gate.AwaitArrivals(1);
  store_.Write("sales", "anna", 5);
  auto after = Ask(kAnna);
  gate.AwaitArrivals(2);  // evaluated on its own
  gate.Open();
  v1::Scorecard card;
  ASSERT_TRUE(card.ParseFromString(before.get().bytes));
  EXPECT_EQ(ValueOf(card, "sales"), 10);
  ASSERT_TRUE(card.ParseFromString(after.get().bytes));
  EXPECT_EQ(ValueOf(card, "sales"), 15);
  EXPECT_EQ(ValueOf(Card(kAnna), "sales"), 15);
}

TEST_F(FlightsTest, WhoCancelsLeavesTheOthersTheirAnswer) {
  Gate gate(store_);
  grpc::ClientContext context;
  auto leader = Ask(kAnna, &context);
  gate.AwaitArrivals(1);
  auto follower = Ask(kAnna);
  AwaitShared(1);
  context.TryCancel();
  EXPECT_EQ(leader.get().status.error_code(), grpc::StatusCode::CANCELLED);
  gate.Open();
  const Raw raw = follower.get();
  EXPECT_TRUE(raw.status.ok()) << raw.status.error_message();
  EXPECT_EQ(gate.arrived(), 1);
  EXPECT_EQ(raw.bytes, Bytes(Request(kAnna), /*cached=*/false));
}

TEST_F(FlightsTest, AfterAllHaveLeftTheNextIsAnswered) {
  Gate gate(store_);
  grpc::ClientContext context;
  auto call = Ask(kAnna, &context);
  gate.AwaitArrivals(1);
  context.TryCancel();
  EXPECT_EQ(call.get().status.error_code(), grpc::StatusCode::CANCELLED);
  gate.Open();
  EXPECT_EQ(ValueOf(Card(kAnna), "sales"), 10);
}

TEST_F(FlightsTest, AnErrorIsEverybodys) {
  store_.measure_status = absl::DataLossError("the disk is gone");
  Gate gate(store_);
  std::vector<std::future<Raw>> calls;
  for (int i = 0; i < 3; ++i) calls.push_back(Ask(kAnna));
  AwaitShared(2);
  gate.Open();
  for (auto& call : calls) {
    EXPECT_EQ(call.get().status.error_code(), grpc::StatusCode::DATA_LOSS);
  }
}

TEST_F(FlightsTest, CallsThatFindTheSourceBusyAreEvaluatedOnceToo) {
  sources_.busy = true;
  Gate gate(store_);
  std::vector<std::future<Raw>> calls;
  for (int i = 0; i < 4; ++i) calls.push_back(Ask(kAnna));
  AwaitShared(3);
  gate.Open();
  const std::string first = calls[0].get().bytes;
  EXPECT_FALSE(first.empty());
  for (size_t i = 1; i < calls.size(); ++i) EXPECT_EQ(calls[i].get().bytes, first);
  EXPECT_EQ(gate.arrived(), 1);
}

// Whatever is called, cancelled, late and written at the same time: every call ends, and what is
// answered afterwards is right.
TEST_F(FlightsTest, NothingHangsInTheThickOfIt) {
  std::vector<std::thread> threads;
  std::atomic<int> answered = 0;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(static_cast<unsigned>(t));
      for (int i = 0; i < 150; ++i) {
        grpc::ClientContext context;
        const auto patience = std::chrono::microseconds(random() % 4'000);
        if (random() % 3 == 0) context.set_deadline(std::chrono::system_clock::now() + patience);
        std::thread canceller;
        if (random() % 8 == 0) {
          canceller = std::thread([&] {
            std::this_thread::sleep_for(patience / 4);
            context.TryCancel();
          });
        }
        const auto request = Request(NameOf(static_cast<int>(random() % 4) + 1));
        const Raw raw = CallRaw("GetScorecard", request.SerializeAsString(), true, &context);
        answered += raw.status.ok() ? 1 : 0;
        if (canceller.joinable()) canceller.join();
        if (random() % 5 == 0) store_.Write("sales", random() % 2 == 0 ? "anna" : "boris", 1);
        sources_.busy = random() % 4 == 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  sources_.busy = false;
  EXPECT_GT(answered, 100);
  RightCard(kAnna);
}

class OneThreadTest : public FlightsCase {
 protected:
  OneThreadTest() : FlightsCase({.threads = 1, .queue = 2}) {}
};

TEST_F(OneThreadTest, WhoComesTooLateIsToldAtOnceAndWhoWasTakenIsAnswered) {
  const std::string kept = Bytes(Request(kBoris));
  Gate gate(store_);
  std::vector<std::future<Raw>> taken;
  taken.push_back(Ask(NameOf(1)));
  gate.AwaitArrivals(1);
  taken.push_back(Ask(NameOf(2)));
  taken.push_back(Ask(NameOf(3)));
  AwaitWaiting(2);
  const Raw refused = CallRaw("GetScorecard", Request(NameOf(4)).SerializeAsString());
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(refused.status.error_details(), testing::HasSubstr("SERVER_OVERLOADED"));
  EXPECT_EQ(Bytes(Request(kBoris)), kept) << "what is kept needs no pool";
  auto joins = Ask(NameOf(2));  // nor does who waits for what another waits for already
  AwaitShared(1);
  gate.Open();
  for (auto& call : taken) {
    const Raw raw = call.get();
    EXPECT_TRUE(raw.status.ok()) << raw.status.error_message();
  }
  EXPECT_TRUE(joins.get().status.ok());
}

TEST_F(OneThreadTest, ACallWhoseTimeRanOutInTheQueueIsNotEvaluated) {
  Gate gate(store_);
  auto running = Ask(NameOf(1));
  gate.AwaitArrivals(1);
  grpc::ClientContext late, cancelled;
  late.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(1));
  EXPECT_EQ(Ask(NameOf(2), &late).get().status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  auto leaves = Ask(NameOf(3), &cancelled);
  AwaitWaiting(2);
  cancelled.TryCancel();
  EXPECT_EQ(leaves.get().status.error_code(), grpc::StatusCode::CANCELLED);
  AwaitAbandoned(2);  // the server may hear of it after the client
  gate.Open();
  EXPECT_TRUE(running.get().status.ok());
  while (pool_.waiting() > 0) absl::SleepFor(absl::Milliseconds(1));  // else there is no room
  EXPECT_EQ(ValueOf(Card(NameOf(4)), "sales"), 0);
  EXPECT_EQ(gate.arrived(), 2) << "the first and the last";
}

TEST_F(OneThreadTest, ShuttingDownWaitsForNobody) {
  Gate gate(store_);
  auto running = Ask(NameOf(1));
  gate.AwaitArrivals(1);
  grpc::ClientContext context;
  auto cancelled = Ask(NameOf(2), &context);
  auto queued = Ask(NameOf(3));
  AwaitWaiting(2);
  context.TryCancel();
  cancelled.wait();
  // The evaluation goes on, but no call waits for it any more.
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
  EXPECT_FALSE(running.get().status.ok());
  EXPECT_FALSE(queued.get().status.ok());
  server_.reset();
  gate.Open();
  pool_.Shutdown();
  EXPECT_EQ(gate.arrived(), 1);
}

class ShortDeadlineTest : public FlightsCase {
 protected:
  ShortDeadlineTest() : FlightsCase({.deadline = absl::Milliseconds(60)}) {}
};

TEST_F(ShortDeadlineTest, TheServersOwnDeadlineEndsAnEvaluation) {
  store_.on_measure = [] { absl::SleepFor(absl::Milliseconds(100)); };
  const Raw raw = CallRaw("GetScorecard", Request(kAnna).SerializeAsString());
  EXPECT_EQ(raw.status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(stats().answers, 0);
}

}  // namespace
}  // namespace keyscore::rpc
