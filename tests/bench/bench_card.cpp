// What a scorecard costs between the measures and the bytes, stage by stage: the built-in KPIs over
// measures that are there at once. For one manager, and for 2,000 at a time.
//
//   bench_card [--benchmark_filter=…]
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <google/protobuf/arena.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "bench/support/child.h"
#include "kpis/library.h"
#include "kpis/registry.h"
#include "rpc/convert.h"
#include "scoring/preview.h"
#include "scoring/scorecard.h"
#include "weighting/day_resolver.h"

namespace keyscore::bench {
namespace {

constexpr size_t kManagers = 2'000;
constexpr size_t kAccountsPerManager = 15;
constexpr int64_t kWatermark = 1'000;

// Answers from tables that it made when it was first asked.
class Prepared final : public store::MeasureReader {
 public:
  absl::StatusOr<store::MeasureTable> Measure(const std::vector<store::ResolvedMeasure>& measures,
                                              const store::Scope& scope, int64_t,
                                              const store::StopFn&) override {
    const std::string first = scope.subject_ids.empty() ? "" : scope.subject_ids.front();
    const auto [table, fresh] =
        tables_.try_emplace({first, scope.subject_ids.size(), measures.size(), scope.by_account,
                             measures.empty() ? absl::Time() : measures.front().period_from});
    if (fresh) table->second = Make(measures, scope);
    return table->second;
  }

  absl::StatusOr<std::vector<store::DatasetStats>> Stats(const std::string& dataset) override {
    std::vector<store::DatasetStats> stats;
    for (const char* id : {"account",         "manager",
                           "contact",         "ownership",
                           "interaction",     "survey_response",
                           "employee_survey", "invoice_line",
                           "service_cost",    "wallet",
                           "opportunity",     "contract",
                           "ticket",          "goal",
                           "plan_review",     "plan_action",
                           "business_review", "assessment",
                           "proposal",        "referral",
                           "implementation",  "competitor_event",
                           "supplier_status", "learning",
                           "feedback",        "team"}) {
      if (dataset.empty() || dataset == id) {
        stats.push_back(
            {.dataset = id, .fact_count = 1'000, .version_count = 1'000, .watermark = 999});
      }
    }
    return stats;
  }

  absl::StatusOr<int64_t> Watermark() override { return kWatermark; }

 private:
  static store::MeasureTable Make(const std::vector<store::ResolvedMeasure>& measures,
                                  const store::Scope& scope) {
    std::mt19937 random(20170701);
    store::MeasureTable table{.watermark = kWatermark};
    const std::vector<std::string> everyone = {""};
    for (const std::string& subject : scope.subject_ids.empty() ? everyone : scope.subject_ids) {
      for (size_t i = 0; i < (scope.by_account ? kAccountsPerManager : 1); ++i) {
        table.subject_ids.push_back(subject);
        if (scope.by_account) table.account_ids.push_back(fmt::format("{}-{:02}", subject, i));
      }
    }
    const size_t rows = table.subject_ids.size();
    for (const store::ResolvedMeasure& measure : measures) {
      store::MeasureColumn& column = table.columns.emplace_back();
      for (size_t row = 0; row < rows; ++row) {
        const double value = random() % 100;
        const bool list = measure.aggregate == store::Aggregate::kList;
        if (list) {
          column.lists.push_back({value, value + 1, value + 2});
        } else {
          column.numbers.push_back(value);
        }
        column.valid.push_back(1);
        column.fact_count.push_back(static_cast<int64_t>(value) + 1);
        column.newest.push_back(measure.period_to - absl::Hours(value));
      }
    }
    return table;
  }

  std::map<std::tuple<std::string, size_t, size_t, bool, absl::Time>, store::MeasureTable> tables_;
};

// The catalogue, the built-in weights, and managers in role for one to eighty months.
class World {
 public:
  World() {
    std::vector<std::shared_ptr<const kpis::LoadedLibrary>> libraries;
    for (const char* pillar : {"learning", "relationships", "retention", "revenue"}) {
      kpis::LibraryOptions options;
      options.staging_dir = Sibling("bench_card.staging");
      options.builtin = true;
      auto library = kpis::LoadLibrary(Sibling(fmt::format("../plugins/{}.so", pillar)), options);
      if (!library.ok()) Die(std::string(library.status().message()));
      libraries.push_back(std::make_shared<const kpis::LoadedLibrary>(*std::move(library)));
    }
    pinned_.registry = std::make_shared<const kpis::RegistrySnapshot>(
        1, std::move(libraries), std::vector<kpis::RefusedLibrary>());
    pinned_.rules = weighting::BuiltInRules();
    pinned_.now = pinned_.calendar.StartOf(absl::CivilDay(2018, 1, 1));
    for (size_t i = 0; i < kManagers; ++i) {
      scoring::SubjectInfo& info = managers_.emplace_back();
      info.facts.kind = store::SubjectKind::kManager;
      info.facts.id = fmt::format("manager-{:04}", i);
      info.facts.team_id = fmt::format("team-{:02}", i % 40);
      info.facts.role_started = absl::CivilDay(2011, 1, 1) + static_cast<int>(i);
      info.display_name = fmt::format("Manager {:04}", i);
    }
  }

  const scoring::Pinned& pinned() const { return pinned_; }
  Prepared& reader() { return reader_; }

  scoring::CardRequest Request(size_t first, size_t count) const {
    scoring::CardRequest request;
    const auto begin = managers_.begin() + static_cast<ptrdiff_t>(first);
    request.subjects.assign(begin, begin + static_cast<ptrdiff_t>(count));
    request.period = Quarter(3);
    request.watermark = kWatermark;
    return request;
  }

  // The n-th quarter since the beginning of 2017, backwards for less than 1.
  measures::Period Quarter(int n) const {
    const absl::CivilMonth month = absl::CivilMonth(2017, 1) + 3 * (n - 1);
    return *measures::ParsePeriod(fmt::format("{}-Q{}", month.year(), (month.month() - 1) / 3 + 1),
                                  pinned_.calendar, pinned_.now);
  }

  std::vector<scoring::Scorecard> Make(const scoring::CardRequest& request) {
    auto cards = scoring::MakeScorecards(request, pinned_, reader_);
    if (!cards.ok()) Die(std::string(cards.status().message()));
    return *std::move(cards);
  }

 private:
  scoring::Pinned pinned_;
  std::vector<scoring::SubjectInfo> managers_;
  Prepared reader_;
};

World& TheWorld() {
  static World& world = *new World();
  return world;
}

bool ListAll(const scoring::KpiLine&) { return true; }

kpis::EvaluationRequest Evaluation(const World& world, const scoring::CardRequest& request,
                                   bool all) {
  kpis::EvaluationRequest evaluation;
  for (const kpis::LoadedKpi* kpi : world.pinned().registry->kpis()) {
    if (all || kpi->definition.default_weight > 0) evaluation.kpis.push_back(kpi);
  }
  for (const auto& subject : request.subjects) evaluation.subject_ids.push_back(subject.facts.id);
  evaluation.registry = world.pinned().registry.get();
  evaluation.period = request.period;
  evaluation.watermark = request.watermark;
  return evaluation;
}

// ---- One manager, the ten KPIs with weight ------------------------------------------------------

void CardMeasures(benchmark::State& state) {
  World& world = TheWorld();
  const auto request = world.Request(7, 1);
  world.Make(request);
  const store::Scope scope{.kind = request.kind, .subject_ids = {request.subjects[0].facts.id}};
  const std::vector<store::ResolvedMeasure> measures(
      24, {.period_from = request.period.from, .period_to = request.period.to});
  for (auto _ : state) benchmark::DoNotOptimize(world.reader().Measure(measures, scope, 0, {}));
}
BENCHMARK(CardMeasures)->Unit(benchmark::kMicrosecond);

void CardWeights(benchmark::State& state) {
  World& world = TheWorld();
  const auto request = world.Request(7, 1);
  const kpis::RegistrySnapshot& registry = *world.pinned().registry;
  const weighting::Days days{.rules_of = request.period.to_day - 1,
                             .from = request.period.from_day,
                             .to = request.period.to_day};
  for (auto _ : state) {
    const auto resolver =
        registry.derived().Get<weighting::DayResolvers>().Get(world.pinned().rules, registry, days);
    benchmark::DoNotOptimize(resolver->Resolve(request.subjects[0].facts, /*with_reasons=*/false));
  }
}
BENCHMARK(CardWeights)->Unit(benchmark::kMicrosecond);

void CardEvaluate(benchmark::State& state) {
  World& world = TheWorld();
  const auto request = world.Request(7, 1);
  const auto evaluation = Evaluation(world, request, /*all=*/false);
  for (auto _ : state) {
    benchmark::DoNotOptimize(kpis::EvaluateColumns(evaluation, world.reader(),
                                                   world.pinned().calendar, world.pinned().now));
  }
}
BENCHMARK(CardEvaluate)->Unit(benchmark::kMicrosecond);

// Weights, evaluation, scores and total.
void CardMake(benchmark::State& state) {
  World& world = TheWorld();
  const auto request = world.Request(7, 1);
  for (auto _ : state) benchmark::DoNotOptimize(world.Make(request));
}
BENCHMARK(CardMake)->Unit(benchmark::kMicrosecond);

void CardConvert(benchmark::State& state) {
  World& world = TheWorld();
  const auto cards = world.Make(world.Request(7, 1));
  for (auto _ : state) {
    benchmark::DoNotOptimize(rpc::ToProto(cards.front(), world.pinned().calendar, ListAll));
  }
}
BENCHMARK(CardConvert)->Unit(benchmark::kMicrosecond);

void CardConvertInArena(benchmark::State& state) {
  World& world = TheWorld();
  const auto cards = world.Make(world.Request(7, 1));
  for (auto _ : state) {
    google::protobuf::Arena arena;
    auto* const message = google::protobuf::Arena::CreateMessage<v1::Scorecard>(&arena);
    rpc::Fill(cards.front(), world.pinned().calendar, ListAll, *message);
    benchmark::DoNotOptimize(message);
  }
}
BENCHMARK(CardConvertInArena)->Unit(benchmark::kMicrosecond);

void CardSerialize(benchmark::State& state) {
  World& world = TheWorld();
  const auto cards = world.Make(world.Request(7, 1));
  const v1::Scorecard message = rpc::ToProto(cards.front(), world.pinned().calendar, ListAll);
  for (auto _ : state) benchmark::DoNotOptimize(message.SerializeAsString());
  state.counters["bytes"] = static_cast<double>(message.ByteSizeLong());
}
BENCHMARK(CardSerialize)->Unit(benchmark::kMicrosecond);

// All of it.
void Card(benchmark::State& state) {
  World& world = TheWorld();
  const auto request = world.Request(7, 1);
  for (auto _ : state) {
    const auto cards = world.Make(request);
    benchmark::DoNotOptimize(
        rpc::ToProto(cards.front(), world.pinned().calendar, ListAll).SerializeAsString());
  }
}
BENCHMARK(Card)->Unit(benchmark::kMicrosecond);

// ---- All managers, all KPIs ---------------------------------------------------------------------

void RankEvaluate(benchmark::State& state) {
  World& world = TheWorld();
  const auto evaluation = Evaluation(world, world.Request(0, kManagers), /*all=*/true);
  for (auto _ : state) {
    benchmark::DoNotOptimize(kpis::EvaluateColumns(evaluation, world.reader(),
                                                   world.pinned().calendar, world.pinned().now));
  }
}
BENCHMARK(RankEvaluate)->Unit(benchmark::kMillisecond)->UseRealTime();

void RankMake(benchmark::State& state) {
  World& world = TheWorld();
  auto request = world.Request(0, kManagers);
  request.selection.all = true;
  for (auto _ : state) benchmark::DoNotOptimize(world.Make(request));
}
BENCHMARK(RankMake)->Unit(benchmark::kMillisecond)->UseRealTime();

// The hundred cards of a page.
void RankPage(benchmark::State& state) {
  World& world = TheWorld();
  auto request = world.Request(0, 100);
  request.selection.all = true;
  const auto cards = world.Make(request);
  for (auto _ : state) {
    for (const scoring::Scorecard& card : cards) {
      benchmark::DoNotOptimize(
          rpc::ToProto(card, world.pinned().calendar, ListAll).SerializeAsString());
    }
  }
}
BENCHMARK(RankPage)->Unit(benchmark::kMillisecond);

// ---- A preview of 1,000 managers over eight quarters --------------------------------------------

constexpr size_t kPreviewed = 1'000;
constexpr int kQuarters = 8;

void Preview(benchmark::State& state) {
  World& world = TheWorld();
  weighting::WeightProfile draft = weighting::DefaultProfile();
  draft.content.bands.clear();
  scoring::PreviewRequest request;
  request.watermark = kWatermark;
  request.drafted = scoring::WithDrafts(*world.pinned().rules, {draft});
  for (int quarter = 1; quarter <= kQuarters; ++quarter) {
    request.periods.push_back(
        {.period = world.Quarter(4 - quarter), .subjects = world.Request(0, kPreviewed).subjects});
  }
  for (auto _ : state) {
    const auto previews = scoring::Preview(request, world.pinned(), world.reader());
    if (!previews.ok()) Die(std::string(previews.status().message()));
  }
}
BENCHMARK(Preview)->Unit(benchmark::kMillisecond)->UseRealTime();

// The same cards one by one, as a client that had no preview would ask for them: once as published.
void PreviewOneByOne(benchmark::State& state) {
  World& world = TheWorld();
  for (auto _ : state) {
    for (int quarter = 1; quarter <= kQuarters; ++quarter) {
      for (size_t manager = 0; manager < kPreviewed; ++manager) {
        auto request = world.Request(manager, 1);
        request.period = world.Quarter(4 - quarter);
        const auto cards = world.Make(request);
        benchmark::DoNotOptimize(
            rpc::ToProto(cards.front(), world.pinned().calendar, ListAll).SerializeAsString());
      }
    }
  }
}
BENCHMARK(PreviewOneByOne)->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace
}  // namespace keyscore::bench

BENCHMARK_MAIN();
