// Everything at once: facts, owners, weights, exceptions and plugins change while clients ask.
// After each round every card is, byte for byte, what a server says that starts on the same data
// and keeps nothing in memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "fmt/format.h"
#include "integration/oracle/engine_path.h"
#include "integration/stress_facts.h"
#include "integration/weighting_case.h"
#include "support/background.h"
#include "support/plugins.h"
#include "support/sample.h"
#include "support/standard_services.h"

namespace keyscore::testing {
namespace {

constexpr int kRounds = 3;
constexpr int kChangesARound = 36;
constexpr int kReaders = 3;
constexpr char kPlugin[] = "swapping";

const std::vector<std::string>& Periods() {
  static const auto* const periods = new std::vector<std::string>{
      "2024-Q1", "2025-Q3", "2024", "2025-11", "trailing-90d@2025-12-31", "trailing-30d"};
  return *periods;
}

// Kept as they are while readers look at them.
struct Known {
  std::vector<std::string> subjects;
  std::vector<std::string> kpis;  // kpis/{id}
};

// One reader's question, at random, and what is wrong with its answer.
class Question {
 public:
  Question(const Known& known, const std::atomic<int64_t>& acknowledged, uint64_t seed)
      : known_(known), acknowledged_(acknowledged), random_(seed) {}

  std::string Ask(client::Client& from) {
    least_ = acknowledged_;
    switch (random_() % 5) {
      case 0:
        return AskList(from);
      case 1:
        return AskBatch(from);
      case 2:
        return AskWhy(from);
      default:
        return AskCard(from);
    }
  }

 private:
  template <class List>
  const std::string& OneOf(const List& list) {
    return list[random_() % list.size()];
  }
  std::string Name() {
    return absl::StrCat(OneOf(known_.subjects), "/scorecards/", OneOf(Periods()));
  }
  // All, those of a plugin that comes and goes, or those that carry weight.
  template <class Request>
  void ChooseKpis(Request& request) {
    const uint64_t kind = random_() % 4;
    if (kind == 0) request.add_kpis("kpis/swapping.minutes");
    if (kind == 1) request.add_kpis(OneOf(known_.kpis));
    request.set_all_kpis(kind == 2);
  }

  std::string AskCard(client::Client& from) {
    v1::GetScorecardRequest request;
    request.set_name(Name());
    ChooseKpis(request);
    const auto card = from.GetScorecard(request);
    return card.ok() ? Check({*card}) : CheckError(card.status());
  }
  std::string AskBatch(client::Client& from) {
    v1::BatchGetScorecardsRequest request;
    for (int i = 0; i < 4; ++i) request.add_names(Name());
    ChooseKpis(request);
    const auto batch = from.BatchGetScorecards(request);
    if (!batch.ok()) return CheckError(batch.status());
    // All as of one watermark.
    for (const v1::Scorecard& card : batch->scorecards()) {
      if (card.receipt().fact_watermark() != batch->scorecards(0).receipt().fact_watermark()) {
        return "a batch of several watermarks";
      }
    }
    return Check(batch->scorecards());
  }
  std::string AskList(client::Client& from) {
    v1::ListScorecardsRequest request;
    request.set_parent(
        std::vector<std::string>{"managers/-", "accounts/-", "teams/-"}[random_() % 3]);
    request.set_period(OneOf(Periods()));
    request.set_page_size(4);
    ChooseKpis(request);
    const auto page = from.ListScorecards(request);
    return page.ok() ? Check(page->scorecards()) : CheckError(page.status());
  }
  std::string AskWhy(client::Client& from) {
    v1::ExplainKpiResultRequest request;
    request.set_name(Name());
    request.set_kpi(OneOf(known_.kpis));
    const auto why = from.ExplainKpiResult(request);
    if (!why.ok()) return CheckError(why.status());
    return CheckReceipt(request.ShortDebugString(), why->receipt());
  }

  template <class Cards>
  std::string Check(const Cards& cards) {
    return CheckAll(std::vector<v1::Scorecard>(cards.begin(), cards.end()));
  }
  std::string Check(std::initializer_list<v1::Scorecard> cards) { return CheckAll(cards); }
  std::string CheckAll(const std::vector<v1::Scorecard>& cards) {
    for (const v1::Scorecard& card : cards) {
      if (std::string wrong = CheckReceipt(card.name(), card.receipt()); !wrong.empty()) {
        return wrong;
      }
      for (const v1::KpiResult& result : card.kpis()) {
        if (result.state() == v1::KpiResult::ERROR) {
          return absl::StrCat(card.name(), ": ", result.ShortDebugString());
        }
      }
    }
    return "";
  }
  // What was acknowledged before the question is in the answer.
  std::string CheckReceipt(const std::string& what, const v1::Receipt& receipt) const {
    if (receipt.fact_watermark() >= least_) return "";
    return fmt::format("{} as of batch {}, though {} was acknowledged", what,
                       receipt.fact_watermark(), least_);
  }
  // The only reason to refuse: the KPI is not there just now.
  static std::string CheckError(const absl::Status& status) {
    const bool missing = status.code() == absl::StatusCode::kNotFound ||
                         status.code() == absl::StatusCode::kInvalidArgument;
    const std::string text = client::Readable(status);
    return missing && absl::StrContains(text, "kpis/") ? "" : text;
  }

  const Known& known_;
  const std::atomic<int64_t>& acknowledged_;
  std::mt19937_64 random_;
  int64_t least_ = 0;
};

class StressTest : public WeightingCase {
 protected:
  void SetUp() override {
    TempDir sample;
    ASSERT_THAT(
        WriteSample(sample.path().string(), {"--managers", "5", "--accounts", "12", "--seed", "5"}),
        IsOk());
    ReadSample(sample.path().string(), duck_);
    Serve();
    const auto kpis = client().ListKpis({});
    ASSERT_THAT(kpis, IsOk());
    for (const v1::Kpi& kpi : kpis->kpis()) known_.kpis.push_back(kpi.name());
  }

  void Serve() {
    options_.data = data_.path();
    options_.time_zone = "Europe/Berlin";
    options_.more_config = "metrics:\n  address: 127.0.0.1:0\n";
    StartAgain(options_);
  }

  void Send(const std::vector<v1::AppendFactsRequest>& batches) {
    const auto sent = client().AppendFacts(batches);
    ASSERT_THAT(sent, IsOk());
    ASSERT_EQ(sent->rows_rejected(), 0) << sent->ShortDebugString();
    acknowledged_ = sent->fact_watermark();
  }

  // Other shares of the pillars, for everybody or for a team.
  void ChangeWeights(StressFacts& facts) {
    const double relationships = 0.1 + 0.1 * static_cast<double>(facts.Below(5));
    const double revenue = 0.1 + 0.1 * static_cast<double>(facts.Below(4));
    const std::string team = Team(facts);
    const bool all = facts.Below(2) == 0;
    ASSERT_THAT(PutInForce(FlatProfile(all ? "default" : "of-" + team,
                                       all ? "" : "team: 'teams/" + team + "'", relationships,
                                       revenue, 1 - relationships - revenue)),
                IsOk());
  }
  static std::string Team(StressFacts& facts) {
    std::vector<std::string> teams;
    for (const std::string& subject : facts.subjects()) {
      if (absl::StartsWith(subject, "teams/")) teams.push_back(subject.substr(6));
    }
    return facts.OneOf(teams);
  }

  // A new exception, each for a KPI of its own.
  void ChangeExceptions(StressFacts& facts) {
    const std::string id = absl::StrCat("flood", exceptions_);
    const std::string kpi = known_.kpis[exceptions_ % known_.kpis.size()];
    ++exceptions_;
    CreateException(id, fmt::format("subject: '{}' kpi: '{}' score: {}", facts.subjects()[0], kpi,
                                    facts.Below(101)));
    ApproveException(id);
  }

  // Step by step through a plugin's life: there, another version, back, off, on, gone.
  void ChangePlugin() {
    v1::InstallPluginRequest::Header header;
    header.set_file_name("swapping.so");
    switch (plugin_step_++ % 6) {
      case 0:
        ASSERT_THAT(Install(client(), TestPlugin("swap_v1"), header), IsOk());
        break;
      case 1:
        ASSERT_THAT(Install(client(), TestPlugin("swap_v2"), header), IsOk());
        break;
      case 2:
        ASSERT_THAT(Rollback(client(), kPlugin), IsOk());
        break;
      case 3:
        Disable(kPlugin);
        break;
      case 4:
        Enable(kPlugin);
        break;
      default:
        ASSERT_THAT(Uninstall(client(), kPlugin), IsOk());
    }
  }
  void Disable(const std::string& plugin) {
    v1::DisablePluginRequest request;
    request.set_name("plugins/" + plugin);
    ASSERT_THAT(client().DisablePlugin(request), IsOk());
  }
  void Enable(const std::string& plugin) {
    v1::EnablePluginRequest request;
    request.set_name("plugins/" + plugin);
    ASSERT_THAT(client().EnablePlugin(request), IsOk());
  }

  void Round(StressFacts& facts, int round) {
    std::vector<std::unique_ptr<Question>> questions;
    std::vector<Background::Ask> asks;
    std::atomic<size_t> next = 0;
    for (int i = 0; i < kReaders; ++i) {
      questions.push_back(std::make_unique<Question>(
          known_, acknowledged_, seed_ + static_cast<uint64_t>(round * 10 + i)));
    }
    // Each reader's thread, which lives for this round, has questions of its own.
    asks.emplace_back([&](client::Client& from) {
      thread_local const size_t mine = next++;
      return questions.at(mine)->Ask(from);
    });
    Background readers(server_->address(), kReaders, std::move(asks));
    readers.WaitForMore(1);
    for (int i = 0; i < kChangesARound && !HasFatalFailure(); ++i) {
      Send(facts.Next());
      if (i == 10) ChangeWeights(facts);
      if (i == 15 && round % 2 == 0) ChangeExceptions(facts);
      if (i == 20 || i == 30) ChangePlugin();
      if (i == 25 && round % 3 == 1) Disable("learning");
      if (i == 35 && round % 3 == 2) Enable("learning");
    }
    readers.WaitForMore(1);
    EXPECT_EQ(readers.Stop(), "");
    EXPECT_GT(readers.requests(), 0);
  }

  // Everything that can be asked, of the server and of one that keeps nothing. In the course of it
  // the day must not change, for receipts name it.
  void ExpectTheEnginesAnswers(StressFacts& facts, int round) {
    const auto twin = EngineTwin::Of(options_);
    ASSERT_THAT(twin, IsOk());
    std::string differences;
    absl::CivilDay day;
    do {
      day = Today();
      PathComparison comparison(client(), (*twin)->client());
      const std::vector<std::string>& subjects = facts.subjects();
      const std::string& past = Periods()[static_cast<size_t>(round) % (Periods().size() - 1)];
      for (const std::string& period : {past, Periods().back()}) {
        comparison.CompareCards(subjects, period, /*singly=*/1);
      }
      comparison.CompareLists(round % 2 == 0 ? past : Periods().back(),
                              round % 4 < 2 ? "total desc" : "coverage, subject", /*page_size=*/8);
      const auto kpis = client().ListKpis({});
      ASSERT_THAT(kpis, IsOk());
      for (int i = 0; i < 2; ++i) {
        const auto kpi = static_cast<int>(facts.Below(static_cast<size_t>(kpis->kpis_size())));
        comparison.CompareExplanation(facts.OneOf(subjects) + "/scorecards/" + past,
                                      kpis->kpis(kpi).name());
      }
      differences = comparison.differences();
      EXPECT_GT(comparison.answers(), 4 * static_cast<int>(subjects.size()));
    } while (Today() != day);
    EXPECT_EQ(differences, "");
  }
  static absl::CivilDay Today() {
    absl::TimeZone zone;
    EXPECT_TRUE(absl::LoadTimeZone("Europe/Berlin", &zone));
    return absl::ToCivilDay(absl::Now(), zone);
  }

  int64_t Metric(const std::string& name) const {
    const std::string text = Scrape(server_->Log());
    const size_t at = text.find("\n" + name + " ");
    return at == std::string::npos ? -1 : std::stoll(text.substr(at + name.size() + 2));
  }

  // KEYSCORE_STRESS_SEED in the environment asks for other changes and questions.
  static uint64_t SeedAsked() {
    uint64_t seed = 20'260;
    if (const char* asked = std::getenv("KEYSCORE_STRESS_SEED"); asked != nullptr) {
      EXPECT_TRUE(absl::SimpleAtoi(asked, &seed)) << asked;
    }
    return seed;
  }

  const uint64_t seed_ = SeedAsked();
  TempDir data_;
  ServerOptions options_;
  Duck duck_;
  Known known_;
  std::atomic<int64_t> acknowledged_ = 0;
  size_t exceptions_ = 0;
  int plugin_step_ = 0;
};

TEST_F(StressTest, EveryRoundEndsWithTheAnswersOfAFreshEngine) {
  fmt::print("seed {}\n", seed_);
  SCOPED_TRACE(fmt::format("KEYSCORE_STRESS_SEED={}", seed_));
  StressFacts facts(duck_, seed_);
  known_.subjects = facts.subjects();
  Send(facts.Start());
  for (int round = 0; round < kRounds && !HasFailure(); ++round) {
    SCOPED_TRACE(fmt::format("round {}", round));
    Round(facts, round);
    ExpectTheEnginesAnswers(facts, round);
  }
  // It was about what is in memory.
  EXPECT_GT(Metric("keyscore_measures_total{by=\"memory\"}"), 1'000);
  EXPECT_GT(Metric("keyscore_answer_hits_total"), 100);
  // What is built from all the facts at once is what came about step by step.
  if (HasFailure()) return;
  ASSERT_EQ(server_->Stop(), 0);
  Serve();
  ExpectTheEnginesAnswers(facts, kRounds);
}

}  // namespace
}  // namespace keyscore::testing
