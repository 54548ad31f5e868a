// The Store interface on DuckDB: hands writes to the writer and reads to pooled connections.
#include "store/duckdb_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <thread>
#include <utility>

#include "absl/container/btree_set.h"
#include "store/append.h"
#include "store/config_tables.h"
#include "store/connection_pool.h"
#include "store/define_dataset.h"
#include "store/event_scan.h"
#include "store/expression/expression_checker.h"
#include "store/format.h"
#include "store/measure_query.h"
#include "store/open_database.h"
#include "store/owner_books.h"
#include "store/row_query.h"
#include "store/sql_builder.h"
#include "store/writer.h"

namespace keyscore::store {
namespace {

class DuckDbStore final : public Store {
 public:
  DuckDbStore(std::shared_ptr<Database> database, std::unique_ptr<Connection> writing,
              Catalog catalog, std::unique_ptr<ExpressionChecker> checker,
              std::shared_ptr<OwnerBooks> owners, const DuckDbOptions& options)
      : checker_(std::move(checker)),
        owners_(std::move(owners)),
        threads_(options.threads > 0 ? static_cast<size_t>(options.threads)
                                     : std::thread::hardware_concurrency()),
        readers_(std::move(database), options.max_readers),
        writer_(std::move(writing), std::move(catalog), options.max_queued_appends,
                options.max_indexed_facts) {}

  ~DuckDbStore() override { Close().IgnoreError(); }

  absl::Status DefineDataset(const facts::DatasetSchema& schema) override {
    return writer_.Run(/*is_append=*/false, [&schema](WriteSession& session) {
      return store::DefineDataset(schema, session);
    });
  }

  absl::Status CheckDataset(const facts::DatasetSchema& schema) override {
    if (writer_.closed()) return absl::UnavailableError("the store is closed");
    return store::CheckDataset(schema, *writer_.catalog());
  }

  absl::StatusOr<AppendResult> Append(const facts::ColumnBatch& batch) override {
    return AppendIfUnchanged(batch, std::numeric_limits<int64_t>::max());
  }

  absl::StatusOr<AppendResult> AppendIfUnchanged(const facts::ColumnBatch& batch,
                                                 int64_t watermark) override {
    absl::StatusOr<AppendResult> appended;
    absl::Status status = writer_.Run(/*is_append=*/true, [&](WriteSession& session) {
      const DatasetState* state = session.catalog().Find(batch.dataset);
      if (state != nullptr && state->watermark > watermark) {
        appended = absl::AbortedError(fmt::format("dataset '{}' was written to by batch {}",
                                                  batch.dataset, state->watermark));
        return absl::OkStatus();  // writes nothing, so the neighbours' transaction may go on
      }
      appended = AppendBatch(batch, session);
      return appended.status();
    });
    if (!status.ok()) return status;
    return appended;
  }

  absl::Status CheckMeasure(const ResolvedMeasure& measure,
                            const std::vector<facts::DatasetSchema>& declared) override {
    absl::StatusOr<Reading> reading = StartReading({});
    if (!reading.ok()) return reading.status();
    Catalog catalog = *reading->catalog;
    for (const facts::DatasetSchema& schema : declared) {
      catalog.datasets[schema.id] =
          std::make_shared<const DatasetState>(DatasetState{.schema = schema});
    }
    return CheckMeasureTypes(measure, catalog, *checker_, *reading->connection);
  }

  absl::StatusOr<MeasureTable> Measure(const std::vector<ResolvedMeasure>& measures,
                                       const Scope& scope, int64_t watermark,
                                       const StopFn& stop) override {
    absl::StatusOr<Reading> reading = StartReading(stop);
    if (!reading.ok()) return reading.status();
    absl::StatusOr<AsOf> as_of = Resolve(*reading, watermark);
    if (!as_of.ok()) return as_of.status();
    std::vector<ConnectionPool::Loan> helpers = Helpers(measures);
    std::vector<Connection*> connections = {reading->connection.get()};
    for (const ConnectionPool::Loan& helper : helpers) connections.push_back(helper.get());
    return ComputeMeasures(measures, scope, *as_of, *checker_, connections, stop);
  }

  absl::Status ScanEvents(const EventScan& scan, const EventSink& sink,
                          const StopFn& stop) override {
    absl::StatusOr<Reading> reading = StartReading(stop);
    if (!reading.ok()) return reading.status();
    absl::StatusOr<AsOf> newest = Resolve(*reading, 0);
    if (!newest.ok()) return newest.status();
    return ScanFactEvents(scan, *newest, *checker_, *reading->connection, sink, stop);
  }

  absl::StatusOr<RowPage> ListRows(const RowQuery& query, const StopFn& stop) override {
    absl::StatusOr<Reading> reading = StartReading(stop);
    if (!reading.ok()) return reading.status();
    absl::StatusOr<AsOf> as_of = Resolve(*reading, query.watermark);
    if (!as_of.ok()) return as_of.status();
    return ListFactRows(query, *as_of, *checker_, *reading->connection, stop);
  }

  absl::StatusOr<std::vector<DatasetStats>> Stats(const std::string& dataset) override {
    if (writer_.closed()) return absl::UnavailableError("the store is closed");
    const std::shared_ptr<const Catalog> catalog = writer_.catalog();
    std::vector<DatasetStats> stats;
    for (const auto& [id, state] : catalog->datasets) {
      if (!dataset.empty() && id != dataset) continue;
      stats.push_back({id, state->fact_count, state->version_count, state->watermark});
    }
    if (stats.empty() && !dataset.empty()) {
      return absl::NotFoundError(fmt::format("there is no dataset '{}'", dataset));
    }
    return stats;
  }

  absl::StatusOr<int64_t> Watermark() override {
    if (writer_.closed()) return absl::UnavailableError("the store is closed");
    return writer_.catalog()->watermark;
  }

  absl::StatusOr<int64_t> AwaitWatermark(int64_t after, absl::Duration timeout) override {
    return writer_.AwaitWatermark(after, timeout);
  }

  absl::StatusOr<int64_t> WatermarkAt(absl::Time recorded_by) override {
    absl::StatusOr<Reading> reading = StartReading({});
    if (!reading.ok()) return reading.status();
    absl::StatusOr<Result> result = reading->connection->Query(
        "SELECT max(seq) FROM batch WHERE seq <= ? AND recorded_at <= make_timestamp(?::BIGINT)",
        {reading->catalog->watermark, ToMicros(recorded_by)});
    if (!result.ok()) return result.status();
    return result->FirstInt64();
  }

  absl::StatusOr<std::vector<ConfigRevision>> ListConfig(const std::string& kind) override {
    absl::StatusOr<Reading> reading = StartReading({});
    if (!reading.ok()) return reading.status();
    return ListNewestConfig(*reading->connection, kind);
  }

  absl::StatusOr<std::vector<ConfigRevision>> ConfigHistory(const std::string& kind,
                                                            const std::string& id) override {
    absl::StatusOr<Reading> reading = StartReading({});
    if (!reading.ok()) return reading.status();
    return ListConfigHistory(*reading->connection, kind, id);
  }

  absl::StatusOr<std::vector<ConfigRevision>> ConfigRevisions(const std::string& kind) override {
    absl::StatusOr<Reading> reading = StartReading({});
    if (!reading.ok()) return reading.status();
    return ListAllConfig(*reading->connection, kind);
  }

  absl::StatusOr<std::vector<ConfigRevision>> PutConfigs(
      const std::vector<ConfigWrite>& writes) override {
    std::vector<ConfigRevision> written;
    absl::Status status = writer_.Run(/*is_append=*/false, [&](WriteSession& session) {
      written.clear();
      for (const ConfigWrite& write : writes) {
        absl::StatusOr<ConfigRevision> result =
            WriteConfig(session.connection(), {.kind = write.kind,
                                               .id = write.id,
                                               .revision = write.expected_revision,
                                               .author = write.author,
                                               .payload = write.payload,
                                               .deleted = write.deleted});
        if (!result.ok()) return result.status();
        written.push_back(*std::move(result));
      }
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return written;
  }

  absl::Status Close() override {
    writer_.Close();
    readers_.Close();
    return absl::OkStatus();
  }

 private:
  // A connection in a transaction that sees at least what the catalog says.
  struct Reading {
    ConnectionPool::Loan connection;
    std::shared_ptr<const Catalog> catalog;
    std::unique_ptr<OwnerReader> owners;
  };

  absl::StatusOr<Reading> StartReading(const StopFn& stop) {
    absl::StatusOr<ConnectionPool::Loan> connection = readers_.Borrow(stop);
    if (!connection.ok()) return connection.status();
    Reading reading{*std::move(connection), writer_.catalog(), nullptr};
    reading.owners = std::make_unique<OwnerReader>(*owners_, *reading.connection);
    if (absl::Status begun = BeginReading(*reading.connection); !begun.ok()) return begun;
    return reading;
  }

  // Further connections to measure several datasets on, as far as they are free.
  std::vector<ConnectionPool::Loan> Helpers(const std::vector<ResolvedMeasure>& measures) {
    absl::btree_set<std::string> datasets;
    for (const ResolvedMeasure& measure : measures) datasets.insert(measure.dataset);
    std::vector<ConnectionPool::Loan> helpers;
    while (helpers.size() + 1 < std::min(datasets.size(), threads_)) {
      ConnectionPool::Loan helper = readers_.TryBorrow();
      if (helper == nullptr || !BeginReading(*helper).ok()) break;
      helpers.push_back(std::move(helper));
    }
    return helpers;
  }

  static absl::StatusOr<AsOf> Resolve(const Reading& reading, int64_t watermark) {
    const Catalog& catalog = *reading.catalog;
    if (watermark < 0 || watermark > catalog.watermark) {
      return absl::InvalidArgumentError(fmt::format(
          "watermark {} is not there; the newest batch is {}", watermark, catalog.watermark));
    }
    return AsOf{catalog, watermark == 0 ? catalog.watermark : watermark, reading.owners.get()};
  }

  const std::unique_ptr<ExpressionChecker> checker_;
  const std::shared_ptr<OwnerBooks> owners_;
  const size_t threads_;  // a query may use
  ConnectionPool readers_;
  Writer writer_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenDuckDbStore(const DuckDbOptions& options) {
  absl::StatusOr<std::shared_ptr<Database>> database = OpenDatabase(options);
  if (!database.ok()) return database.status();
  absl::StatusOr<std::unique_ptr<Connection>> connection = Connection::Open(*database);
  if (!connection.ok()) return connection.status();
  if (absl::Status format = PrepareFormat(**connection); !format.ok()) {
    return absl::Status(format.code(), fmt::format("{}: {}", options.path, MessageOf(format)));
  }
  absl::StatusOr<Catalog> catalog = LoadCatalog(**connection);
  if (!catalog.ok()) return catalog.status();
  absl::StatusOr<std::unique_ptr<ExpressionChecker>> checker =
      ExpressionChecker::Create(MeasureAllowList());
  if (!checker.ok()) return checker.status();
  auto owners = std::make_shared<OwnerBooks>();
  if (absl::Status owner_at = RegisterOwnerAt(**connection, owners); !owner_at.ok()) {
    return owner_at;
  }
  return std::make_unique<DuckDbStore>(*std::move(database), *std::move(connection),
                                       *std::move(catalog), *std::move(checker), std::move(owners),
                                       options);
}

}  // namespace keyscore::store
