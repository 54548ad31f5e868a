// ScorecardService behind a port of its own, over a store in memory whose sources know whom each
// fact is about: managers anna, boris and cem, KPIs whose value is the sum of their dataset.
#pragma once

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "rpc/directory_rows.h"
#include "rpc/scorecard_service.h"
#include "unit/kpis/fake_store.h"
#include "unit/rpc/fake_plugin_host.h"
#include "unit/weighting/registry_of.h"

namespace keyscore::rpc {

// The sum of the KPI's dataset. More than 1,000 is an error, as of a plugin that had a bad moment.
class SumOfDataset : public kpis::KpiFunction {
 public:
  absl::StatusOr<std::vector<kpis::RowResult>> Evaluate(
      const kpis::EvaluationContext&, const kpis::EvaluationBatch& batch) const override {
    ++calls;
    rows += static_cast<int>(batch.row_count);
    std::vector<kpis::RowResult> results(batch.row_count);
    for (size_t row = 0; row < batch.row_count; ++row) {
      results[row].value = batch.columns[0]->numbers[row];
      results[row].state = results[row].value > 1'000 ? kpis::State::kError : kpis::State::kValue;
    }
    return results;
  }
  absl::StatusOr<std::vector<double>> Fit(const kpis::EvaluationContext&,
                                          const kpis::EvaluationBatch&) const override {
    return std::vector<double>{1};
  }

  mutable std::atomic<int> calls = 0;
  mutable std::atomic<int> rows = 0;
};

// Facts and the directory's rows, each of a batch. May be used from any thread.
class AnswerStore : public store::FakeStore {
 public:
  // Called without a lock before measures are computed.
  std::function<void()> on_measure;

  int64_t Write(const std::string& dataset, const std::string& manager, double value)
      ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    ++newest_;
    facts.push_back({.dataset = dataset,
                     .manager_id = manager,
                     .account_id = "acme",
                     .occurred_at = absl::FromUnixSeconds(1'500'000'000),  // 14 July 2017
                     .numbers = {{"value", value}},
                     .watermark = newest_});
    return newest_;
  }
  int64_t WriteManager(const std::string& id, const std::string& name) ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    ++newest_;
    managers_.push_back({id, name, newest_});
    facts.push_back({.dataset = "manager",
                     .manager_id = id,
                     .occurred_at = absl::UnixEpoch(),
                     .watermark = newest_});
    return newest_;
  }

  // The last batch of the subject's facts, at most `watermark`.
  int64_t ChangedAt(store::SubjectKind kind, const std::string& id, int64_t watermark)
      ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    int64_t last = 0;
    for (const store::FakeFact& fact : facts) {
      const bool own = kind == store::SubjectKind::kOrganization ||
                       (kind == store::SubjectKind::kManager && fact.manager_id == id);
      if (own && fact.watermark <= watermark) last = std::max(last, fact.watermark);
    }
    return last;
  }

  absl::StatusOr<store::MeasureTable> Measure(const std::vector<store::ResolvedMeasure>& measures,
                                              const store::Scope& scope, int64_t watermark,
                                              const store::StopFn& stop) override
      ABSL_LOCKS_EXCLUDED(mutex_) {
    if (on_measure) on_measure();
    absl::MutexLock lock(&mutex_);
    return FakeStore::Measure(measures, scope, watermark, stop);
  }
  absl::StatusOr<std::vector<store::DatasetStats>> Stats(const std::string& dataset) override
      ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    return FakeStore::Stats(dataset);
  }
  absl::StatusOr<int64_t> Watermark() override ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    return newest_;
  }
  absl::StatusOr<int64_t> WatermarkAt(absl::Time) override { return Watermark(); }
  absl::StatusOr<store::RowPage> ListRows(const store::RowQuery& query,
                                          const store::StopFn& /*stop*/) override
      ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    store::RowPage page;
    if (query.dataset != "manager") return page;
    std::map<std::string, std::string> names;  // the last one that was known counts
    for (const ManagerRow& row : managers_) {
      if (row.watermark <= query.watermark) names[row.id] = row.name;
    }
    for (const auto& [id, name] : names) {
      store::Row& row = page.rows.emplace_back();
      row.fact_id = id;
      for (const facts::ColumnSchema& column : DirectorySchema("manager").columns) {
        row.values.emplace_back();
        if (column.name == "manager_id") row.values.back() = id;
        if (column.name == "name") row.values.back() = name;
        if (column.name == "occurred_at") row.values.back() = absl::UnixEpoch();
      }
    }
    return page;
  }

 private:
  struct ManagerRow {
    std::string id;
    std::string name;
    int64_t watermark = 0;
  };
  absl::Mutex mutex_;
  int64_t newest_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<ManagerRow> managers_ ABSL_GUARDED_BY(mutex_);
};

class AnswerSource : public measures::Source {
 public:
  AnswerSource(AnswerStore& store, int64_t watermark) : store_(store), watermark_(watermark) {}
  absl::StatusOr<store::MeasureTable> Measure(const std::vector<store::ResolvedMeasure>& measures,
                                              const store::Scope& scope, int64_t watermark,
                                              const store::StopFn& stop) override {
    return store_.Measure(measures, scope, watermark == 0 ? watermark_ : watermark, stop);
  }
  absl::StatusOr<std::vector<store::DatasetStats>> Stats(const std::string& dataset) override {
    return store_.Stats(dataset);
  }
  absl::StatusOr<int64_t> Watermark() override { return watermark_; }
  int64_t watermark() const override { return watermark_; }
  int64_t ChangedAt(store::SubjectKind kind, const std::string& id) const override {
    return store_.ChangedAt(kind, id, watermark_);
  }

 private:
  AnswerStore& store_;
  const int64_t watermark_;
};

class AnswerSources : public measures::Sources {
 public:
  explicit AnswerSources(AnswerStore& store) : store_(store) {}
  std::atomic<bool> busy = false;  // TryNow() has none to give

  absl::StatusOr<std::shared_ptr<measures::Source>> Now(const store::StopFn&) override {
    return At(*store_.Watermark());
  }
  std::shared_ptr<measures::Source> TryNow() override {
    return busy ? nullptr : *At(*store_.Watermark());
  }
  void Acknowledge(int64_t, bool) override {}
  absl::StatusOr<std::shared_ptr<measures::Source>> At(int64_t watermark) override {
    return std::make_shared<AnswerSource>(store_, watermark);
  }

 private:
  AnswerStore& store_;
};

inline constexpr char kAnna[] = "managers/anna/scorecards/2017-Q3";
inline constexpr char kBoris[] = "managers/boris/scorecards/2017-Q3";

class AnswerWorld : public testing::Test {
 protected:
  struct Limits {
    size_t threads = 4;
    size_t queue = 64;
    int64_t cache_bytes = 1 << 20;
    absl::Duration deadline = absl::Seconds(30);
  };

  AnswerWorld() : AnswerWorld(Limits()) {}
  explicit AnswerWorld(const Limits& limits)
      : pool_(limits.threads, limits.queue),
        calls_(pool_, limits.deadline),
        answers_(limits.cache_bytes) {
    for (const char* id : {"anna", "boris", "cem"})
      store_.WriteManager(id, std::string("Ms ") + id);
    for (const char* id : {"anna", "boris", "cem"}) {
      store_.Write("sales", id, 10);
      store_.Write("trust", id, 50);
    }
    PublishKpis();
    ledger_ = *weighting::Ledger::Open(store_, {});
    backend_ = MakeBackend(answers_);
    uncached_backend_ = MakeBackend(no_answers_);
    service_ = std::make_unique<ScorecardService>(*backend_, [this] { return now(); });
    uncached_ = std::make_unique<ScorecardService>(*uncached_backend_, [this] { return now(); });
    server_ = Serve(*service_, stub_, channel_);
    uncached_server_ = Serve(*uncached_, uncached_stub_, uncached_channel_);
  }
  ~AnswerWorld() override { Stop(); }

  void Stop() {
    for (auto* server : {&server_, &uncached_server_}) {
      if (*server == nullptr) continue;
      (*server)->Shutdown(std::chrono::system_clock::now());
      (*server)->Wait();
      server->reset();
    }
    pool_.Shutdown();
  }

  kpis::LoadedKpi Kpi(const std::string& id, kpis::Pillar pillar, double weight = 1) {
    kpis::LoadedKpi kpi = kpis::MakeKpi(id, pillar, weight, function_);
    kpi.definition.inputs = {
        {.name = "value", .dataset = id, .aggregate = store::Aggregate::kSum, .value = "value"}};
    kpi.definition.deterministic = true;
    kpi.definition.row_independent = true;
    return kpi;
  }
  void Publish(std::vector<kpis::LoadedKpi> kpis,
               std::shared_ptr<const kpis::EvaluationObserver> observer = nullptr) {
    auto library = std::make_shared<kpis::LoadedLibrary>();
    library->id = "test";
    library->kpis = std::move(kpis);
    host_.published.Publish({std::move(library)}, {}, std::move(observer));
  }
  void PublishKpis() {
    Publish({Kpi("sales", kpis::Pillar::kRevenue), Kpi("trust", kpis::Pillar::kRelationships)});
  }

  absl::Time now() {
    absl::MutexLock lock(&clock_mutex_);
    return now_;
  }
  void SetNow(absl::Time time) {
    absl::MutexLock lock(&clock_mutex_);
    now_ = time;
  }

  static v1::GetScorecardRequest Request(const std::string& name) {
    v1::GetScorecardRequest request;
    request.set_name(name);
    return request;
  }

  // The response as it stands on the wire.
  struct Raw {
    grpc::Status status;
    std::string bytes;
  };
  Raw CallRaw(const std::string& method, const std::string& request, bool cached = true,
              grpc::ClientContext* context = nullptr) {
    grpc::ClientContext own;
    const grpc::Slice slice(request);
    const grpc::ByteBuffer message(&slice, 1);
    grpc::ByteBuffer response;
    const std::string path = "/keyscore.v1.ScorecardService/" + method;
    auto& channel = cached ? channel_ : uncached_channel_;
    Raw raw;
    raw.status = grpc::internal::BlockingUnaryCall(
        channel.get(),
        grpc::internal::RpcMethod(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC, channel),
        context != nullptr ? context : &own, message, &response);
    grpc::Slice whole;
    if (raw.status.ok() && response.Valid() && response.DumpToSingleSlice(&whole).ok()) {
      raw.bytes.assign(whole.begin(), whole.end());
    }
    return raw;
  }
  std::string Bytes(const v1::GetScorecardRequest& request, bool cached = true) {
    const Raw raw = CallRaw("GetScorecard", request.SerializeAsString(), cached);
    EXPECT_TRUE(raw.status.ok()) << raw.status.error_message();
    return raw.bytes;
  }
  v1::Scorecard Card(const v1::GetScorecardRequest& request) {
    v1::Scorecard card;
    EXPECT_TRUE(card.ParseFromString(Bytes(request)));
    return card;
  }
  v1::Scorecard Card(const std::string& name) { return Card(Request(name)); }

  // Answers the question again and holds it against a server that keeps nothing.
  v1::Scorecard RightCard(const v1::GetScorecardRequest& request) {
    const std::string bytes = Bytes(request);
    EXPECT_EQ(bytes, Bytes(request, /*cached=*/false));
    v1::Scorecard card;
    EXPECT_TRUE(card.ParseFromString(bytes));
    return card;
  }
  v1::Scorecard RightCard(const std::string& name) { return RightCard(Request(name)); }
  static double ValueOf(const v1::Scorecard& card, const std::string& kpi) {
    for (const v1::KpiResult& result : card.kpis()) {
      if (result.kpi() == "kpis/" + kpi) return result.value();
    }
    return -1;
  }
  AnswerStats stats() const { return answers_.Stats(); }

  AnswerStore store_;
  AnswerSources sources_{store_};
  std::shared_ptr<SumOfDataset> function_ = std::make_shared<SumOfDataset>();
  measures::Calendar calendar_;
  config::Config config_;
  kpis::FakePluginHost host_;
  std::unique_ptr<weighting::Ledger> ledger_;
  DatasetCatalog datasets_{store_};
  DirectoryCache directory_{store_};
  WorkPool pool_;
  CallRunner calls_;
  Operations operations_;
  AnswerCache answers_;
  AnswerCache no_answers_{0};
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<Backend> uncached_backend_;
  std::unique_ptr<ScorecardService> service_;
  std::unique_ptr<ScorecardService> uncached_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<grpc::Server> uncached_server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::shared_ptr<grpc::Channel> uncached_channel_;
  std::unique_ptr<v1::ScorecardService::Stub> stub_;
  std::unique_ptr<v1::ScorecardService::Stub> uncached_stub_;

 private:
  std::unique_ptr<Backend> MakeBackend(AnswerCache& answers) {
    return std::make_unique<Backend>(Backend{.config = config_,
                                             .calendar = calendar_,
                                             .store = store_,
                                             .sources = sources_,
                                             .plugins = host_,
                                             .weights = *ledger_,
                                             .datasets = datasets_,
                                             .directory = directory_,
                                             .calls = calls_,
                                             .operations = operations_,
                                             .answers = answers});
  }
  static std::unique_ptr<grpc::Server> Serve(ScorecardService& service,
                                             std::unique_ptr<v1::ScorecardService::Stub>& stub,
                                             std::shared_ptr<grpc::Channel>& channel) {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service);
    auto server = builder.BuildAndStart();
    channel = grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                                  grpc::InsecureChannelCredentials());
    stub = v1::ScorecardService::NewStub(channel);
    return server;
  }

  absl::Mutex clock_mutex_;
  // Noon of tomorrow: after whatever the test does to the weightings.
  absl::Time now_ ABSL_GUARDED_BY(clock_mutex_) =
      calendar_.StartOf(calendar_.DayOf(absl::Now()) + 1) + absl::Hours(12);
};

}  // namespace keyscore::rpc
