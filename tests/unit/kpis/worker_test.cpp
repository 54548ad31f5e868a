// A library in a worker process: same answers as here, and nothing that it does gets out.
#include "kpis/isolation/worker.h"

#include <signal.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kpis/failure.h"
#include "kpis/library.h"
#include "unit/kpis/test_plugins.h"

namespace keyscore::kpis {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr double kTrigger = 31337;  // on which the zoo misbehaves

// A sanitizer in the worker catches some signals and ends the process in its own way.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

size_t OpenDescriptors() {
  size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    ++count;
  }
  return count;
}

class WorkerTest : public ::testing::Test {
 protected:
  void StartHost(WorkerOptions options = {}) {
    const std::filesystem::path server = std::getenv("KEYSCORED_BIN");
    options.program = (server.parent_path() / "keyscore-worker").string();
    options.call_timeout = std::min(options.call_timeout, absl::Seconds(1));
    options.breaker.first_pause = absl::Milliseconds(1);
    auto host = WorkerHost::Start(options);
    ASSERT_TRUE(host.ok()) << host.status();
    host_ = *std::move(host);
  }

  absl::StatusOr<LoadedLibrary> Load(const std::string& name, KpiSettings settings = {}) {
    if (host_ == nullptr) StartHost();
    return LoadLibrary(TestPlugin(name), {.staging_dir = (folder_ / "staging").string(),
                                          .settings = std::move(settings),
                                          .workers = host_,
                                          .isolated = true});
  }

  // The results of the library's first or second KPI for these sums of minutes.
  static absl::StatusOr<std::vector<RowResult>> Evaluate(const LoadedLibrary& library, size_t kpi,
                                                         const std::vector<double>& minutes,
                                                         store::StopFn stop = {}) {
    store::MeasureColumn column{.numbers = minutes,
                                .valid = std::vector<uint8_t>(minutes.size(), 1)};
    EvaluationContext context;
    context.stop = std::move(stop);
    return library.kpis[kpi].function->Evaluate(context, {.row_count = minutes.size(),
                                                          .columns = {&column},
                                                          .aggregates = {store::Aggregate::kSum}});
  }

  // The value of one row by the KPI, -1 where there is none.
  static double Value(const LoadedLibrary& library, size_t kpi, double minutes) {
    const auto results = Evaluate(library, kpi, {minutes});
    EXPECT_TRUE(results.ok()) << results.status();
    return results.ok() && (*results)[0].state == State::kValue ? (*results)[0].value : -1;
  }

  // What came of calling the misbehaving KPI: "REASON: message".
  static std::string Misbehave(const LoadedLibrary& library) {
    const auto results = Evaluate(library, 0, {kTrigger});
    if (results.ok()) {
      return (*results)[0].fault.empty() ? "" : std::string((*results)[0].fault);
    }
    return FailureReason(results.status()) + ": " + std::string(results.status().message());
  }

  ScratchFolder folder_;
  std::shared_ptr<WorkerHost> host_;
};

TEST_F(WorkerTest, AnswersAsTheLibraryDoesHere) {
  const auto there = Load("good_neighbour");
  ASSERT_TRUE(there.ok()) << there.status();
  EXPECT_TRUE(there->isolated);
  const auto here =
      LoadLibrary(TestPlugin("good_neighbour"), {.staging_dir = (folder_ / "staging").string()});
  ASSERT_TRUE(here.ok()) << here.status();
  EXPECT_FALSE(here->isolated);
  EXPECT_EQ(there->sha256, here->sha256);
  ASSERT_EQ(there->kpis.size(), here->kpis.size());
  for (const size_t rows : {1u, 7u, 64u, 1'000u, 100'000u, 3u}) {
    std::vector<double> minutes;
    for (size_t row = 0; row < rows; ++row) minutes.push_back(0.1 * static_cast<double>(row));
    const auto from_there = Evaluate(*there, 0, minutes);
    const auto from_here = Evaluate(*here, 0, minutes);
    ASSERT_TRUE(from_there.ok()) << from_there.status();
    ASSERT_TRUE(from_here.ok()) << from_here.status();
    ASSERT_EQ(from_there->size(), rows);
    for (size_t row = 0; row < rows; ++row) {
      ASSERT_EQ((*from_there)[row].value, minutes[row]);
      ASSERT_EQ((*from_there)[row].state, (*from_here)[row].state);
      ASSERT_EQ((*from_there)[row].weight, (*from_here)[row].weight);
    }
  }
  const LibraryStats stats = there->stats();
  EXPECT_EQ(stats.kpis[0].calls, 6);
  EXPECT_EQ(stats.kpis[0].rows, 1 + 7 + 64 + 1'000 + 100'000 + 3);
  EXPECT_GT(stats.worker.process_id, 0);
  EXPECT_EQ(stats.worker.restarts, 0);
}

struct Animal {
  std::string library;
  std::string reason;
  std::string says;
  friend std::ostream& operator<<(std::ostream& out, const Animal& animal) {
    return out << animal.library;
  }
};

class ZooTest : public WorkerTest, public ::testing::WithParamInterface<Animal> {};

TEST_P(ZooTest, HarmsItsOwnKpiOnlyAndForTheMomentOnly) {
  const Animal& animal = GetParam();
  StartHost({.memory_bytes = int64_t{256} << 20});
  const auto library = Load(animal.library);
  ASSERT_TRUE(library.ok()) << library.status();
  EXPECT_EQ(Value(*library, 0, 12), 12);
  const std::string misbehaved = Misbehave(*library);
  EXPECT_THAT(misbehaved, HasSubstr(animal.reason));
  if (!kSanitized) {
    EXPECT_THAT(misbehaved, HasSubstr(animal.says));
  }
  EXPECT_EQ(Value(*library, 1, 15), 15);  // the other KPI, at once
  absl::SleepFor(absl::Milliseconds(5));  // the breaker's first pause
  EXPECT_EQ(Value(*library, 0, 12), 12);
  EXPECT_EQ(library->stats().kpis[1].failures.size(), 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Crashes, ZooTest,
    ::testing::Values(Animal{"zoo_segfault", kPluginCrashed, "SIGSEGV while evaluating 1 row"},
                      Animal{"zoo_abort", kPluginCrashed, "SIGABRT"},
                      Animal{"zoo_exit", kPluginCrashed, "exited with code 0"},
                      Animal{"zoo_loop", kPluginTimeout, "did not return within 1s"},
                      Animal{"zoo_sleep", kPluginTimeout, "did not return within 1s"},
                      Animal{"zoo_recursion", kPluginCrashed, "SIGSEGV"},
                      Animal{"zoo_writes_past", kPluginInvalidOutput,
                             "beyond its results, which have 1 row"},
                      Animal{"zoo_nan", "", "not finite"}),
    [](const auto& info) { return info.param.library; });

TEST_F(WorkerTest, AConstructorThatCrashesIsAReasonNotADisaster) {
  const auto library = Load("zoo_constructor");
  EXPECT_EQ(library.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(library.status().message()),
              AllOf(HasSubstr("crashed with"), HasSubstr("while it was opened")));
}

TEST_F(WorkerTest, ACallIsMadeAgainWhereItsProcessWasKilledFromOutside) {
  const auto library = Load("good_neighbour");
  ASSERT_TRUE(library.ok()) << library.status();
  for (int i = 1; i <= 5; ++i) {
    ASSERT_EQ(kill(library->stats().worker.process_id, SIGKILL), 0);
    EXPECT_EQ(Value(*library, 0, 12), 12);
    EXPECT_EQ(library->stats().worker.restarts, i);
  }
  EXPECT_TRUE(library->stats().kpis[0].failures.empty());
  EXPECT_EQ(library->stats().kpis[0].breaker.consecutive_failures, 0);
}

TEST_F(WorkerTest, ALibraryThatClosesTheSocketHarmsItsOwnCallAtMost) {
  StartHost();
  const auto library = Load("zoo_closes");
  ASSERT_TRUE(library.ok()) << library.status();
  for (int i = 0; i < 10; ++i) {
    Misbehave(*library);  // its answer may still come through
    EXPECT_EQ(Value(*library, 1, 15), 15);
    absl::SleepFor(absl::Milliseconds(5));
  }
  EXPECT_TRUE(library->stats().kpis[1].failures.empty());
}

TEST_F(WorkerTest, AClosedSocketIsNoDeathWhileTheCallIsUnderWay) {
  StartHost();
  const auto library = Load("zoo_closes_early");
  ASSERT_TRUE(library.ok()) << library.status();
  for (int i = 0; i < 3; ++i) {
    // It answers long after the server must have seen the end of the socket.
    EXPECT_EQ(Value(*library, 0, kTrigger), kTrigger);
    // More rows than the block has room for: it can't be handed over without the socket.
    EXPECT_TRUE(Evaluate(*library, 1, std::vector<double>(100'000, 15)).ok());
  }
  for (const KpiStats& kpi : library->stats().kpis) EXPECT_TRUE(kpi.failures.empty());
}

TEST_F(WorkerTest, ALibraryThatScribblesOverTheSharedMemoryHarmsItsOwnCallAtMost) {
  StartHost({.breaker = {.failures_to_open = 100}});
  const auto library = Load("zoo_scribbles");
  ASSERT_TRUE(library.ok()) << library.status();
  for (int i = 0; i < 6; ++i) {
    EXPECT_NE(Misbehave(*library), "");
    EXPECT_EQ(Value(*library, 1, 15), 15);
    absl::SleepFor(absl::Milliseconds(5 << i));  // its pause doubles
  }
  EXPECT_TRUE(library->stats().kpis[1].failures.empty());
}

TEST_F(WorkerTest, RepeatedCrashesOpenTheBreakerOfThatKpiAlone) {
  int changes = 0;
  StartHost({.breaker = {.failures_to_open = 3, .cooldown = absl::Milliseconds(200)}});
  const auto library =
      LoadLibrary(TestPlugin("zoo_segfault"), {.staging_dir = (folder_ / "staging").string(),
                                               .workers = host_,
                                               .isolated = true,
                                               .changed = [&changes] { ++changes; }});
  ASSERT_TRUE(library.ok()) << library.status();
  for (int i = 0; i < 3; ++i) {
    absl::SleepFor(absl::Milliseconds(10));
    EXPECT_THAT(Misbehave(*library), HasSubstr(kPluginCrashed));
  }
  EXPECT_EQ(changes, 1);
  EXPECT_EQ(library->stats().kpis[0].breaker.state, BreakerState::kOpen);
  EXPECT_THAT(Misbehave(*library), HasSubstr(kPluginUnavailable));
  EXPECT_EQ(library->stats().kpis[0].calls, 3);
  EXPECT_EQ(Value(*library, 1, 15), 15);
  absl::SleepFor(absl::Milliseconds(210));
  EXPECT_EQ(Value(*library, 0, 12), 12);
  EXPECT_EQ(library->stats().kpis[0].breaker.state, BreakerState::kClosed);
  EXPECT_EQ(changes, 2);
}

TEST_F(WorkerTest, ACallerWhoStopsIsNotKept) {
  StartHost({.call_timeout = absl::Seconds(1)});
  const auto library = Load("zoo_sleep");
  ASSERT_TRUE(library.ok()) << library.status();
  std::atomic<bool> stopped = false;
  std::thread stopper([&stopped] {
    absl::SleepFor(absl::Milliseconds(50));
    stopped = true;
  });
  const auto results = Evaluate(*library, 0, {kTrigger}, [&stopped] { return stopped.load(); });
  stopper.join();
  EXPECT_TRUE(absl::IsCancelled(results.status())) << results.status();
  EXPECT_EQ(Value(*library, 0, 12), 12);
}

TEST_F(WorkerTest, ManyCallersTakeTurnsAndOnlySoManyMayWait) {
  StartHost({.max_waiting_calls = 3});
  const auto library = Load("zoo_sleep");
  ASSERT_TRUE(library.ok()) << library.status();
  std::vector<std::thread> callers;
  std::atomic<int> busy = 0;
  std::atomic<int> failed = 0;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      const auto results = Evaluate(*library, 0, {kTrigger});
      ++failed;
      if (FailureReason(results.status()) == kPluginBusy) ++busy;
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(failed, 8);
  EXPECT_EQ(busy, 5);
}

TEST_F(WorkerTest, EightCallersAtOnceGetTheirOwnAnswers) {
  StartHost({.max_waiting_calls = 8});
  const auto library = Load("good_neighbour");
  ASSERT_TRUE(library.ok()) << library.status();
  std::vector<std::thread> callers;
  std::atomic<int> wrong = 0;
  for (int caller = 0; caller < 8; ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0; i < 200; ++i) {
        const double asked = caller * 1'000 + i;
        const auto results = Evaluate(*library, static_cast<size_t>(i % 2), {asked});
        if (!results.ok() || (*results)[0].value != asked) ++wrong;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(WorkerTest, NothingIsLeftOfAWorkerThatIsNoLongerNeeded) {
  StartHost();
  const size_t before = OpenDescriptors();
  std::vector<pid_t> pids;
  for (int i = 0; i < 3; ++i) {
    const auto library = Load(i == 2 ? "zoo_destroy" : "good_neighbour");
    ASSERT_TRUE(library.ok()) << library.status();
    EXPECT_EQ(Value(*library, 0, 12), 12);
    pids.push_back(library->stats().worker.process_id);
  }
  // They are told to quit and buried in their own time.
  for (int i = 0; i < 500 && OpenDescriptors() != before; ++i)
    absl::SleepFor(absl::Milliseconds(10));
  EXPECT_EQ(OpenDescriptors(), before);
  for (const pid_t pid : pids) {
    EXPECT_NE(kill(pid, 0), 0) << pid << " is still there, or a zombie";
  }
}

TEST_F(WorkerTest, WithoutItsProgramTheMessageSaysWhichSettingNamesIt) {
  const auto host = WorkerHost::Start({.program = "/nowhere/keyscore-worker"});
  EXPECT_EQ(host.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(host.status().message()), HasSubstr("plugins.worker_program"));
}

}  // namespace
}  // namespace keyscore::kpis
