// Runs the measures' statements and lays their results side by side.
#include "store/measure_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <numeric>
#include <optional>
#include <thread>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "store/connection_pool.h"
#include "store/measure_sql.h"
#include "store/sql_builder.h"

namespace keyscore::store {
namespace {

struct Placed {
  const BoundMeasure* bound;
  size_t index;  // in the table
};

bool IsCount(Aggregate aggregate) {
  return aggregate == Aggregate::kCount || aggregate == Aggregate::kCountDistinct;
}

class TableBuilder {
 public:
  explicit TableBuilder(const std::vector<ResolvedMeasure>& measures) : measures_(measures) {
    table_.columns.resize(measures.size());
  }

  void AddChunk(const Chunk& chunk, const std::vector<Placed>& placed,
                const std::vector<MeasureStatement::Cells>& cells) {
    for (size_t row = 0; row < chunk.size(); ++row) {
      if (chunk.IsNull(0, row) || !CountsAny(chunk, cells, row)) continue;
      const size_t at = RowOf(chunk.String(0, row), chunk.String(1, row));
      for (size_t i = 0; i < placed.size(); ++i) SetCell(placed[i].index, at, chunk, cells[i], row);
    }
  }

  // Rows by subject, then account, so that the same facts give the same table.
  MeasureTable Finish(int64_t watermark, bool by_account) {
    std::vector<size_t> order(keys_.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::sort(order.begin(), order.end(),
              [this](size_t a, size_t b) { return keys_[a] < keys_[b]; });
    MeasureTable sorted;
    sorted.watermark = watermark;
    sorted.columns.resize(measures_.size());
    for (const size_t row : order) {
      sorted.subject_ids.push_back(std::move(keys_[row].first));
      if (by_account) sorted.account_ids.push_back(std::move(keys_[row].second));
      for (size_t i = 0; i < measures_.size(); ++i) {
        MeasureColumn& from = table_.columns[i];
        MeasureColumn& to = sorted.columns[i];
        if (measures_[i].aggregate == Aggregate::kList) {
          to.lists.push_back(std::move(from.lists[row]));
        } else {
          to.numbers.push_back(from.numbers[row]);
        }
        to.valid.push_back(from.valid[row]);
        to.fact_count.push_back(from.fact_count[row]);
        to.newest.push_back(from.newest[row]);
      }
    }
    return sorted;
  }

 private:
  static bool CountsAny(const Chunk& chunk, const std::vector<MeasureStatement::Cells>& cells,
                        size_t row) {
    return std::any_of(cells.begin(), cells.end(), [&](const MeasureStatement::Cells& cell) {
      return chunk.Int64(cell.fact_count, row) > 0;
    });
  }

  size_t RowOf(std::string_view subject, std::string_view account) {
    const auto [it, is_new] =
        rows_.try_emplace({std::string(subject), std::string(account)}, keys_.size());
    if (is_new) {
      keys_.push_back(it->first);
      for (size_t i = 0; i < measures_.size(); ++i) AddEmptyCell(i);
    }
    return it->second;
  }

  // Over no facts a count and a sum are 0, a list is empty, anything else is null.
  void AddEmptyCell(size_t i) {
    const Aggregate aggregate = measures_[i].aggregate;
    MeasureColumn& column = table_.columns[i];
    if (aggregate == Aggregate::kList) {
      column.lists.emplace_back();
    } else {
      column.numbers.push_back(0);
    }
    column.valid.push_back(IsCount(aggregate) || aggregate == Aggregate::kSum ||
                           aggregate == Aggregate::kList);
    column.fact_count.push_back(0);
    column.newest.push_back(absl::InfinitePast());
  }

  void SetCell(size_t i, size_t at, const Chunk& chunk, const MeasureStatement::Cells& cells,
               size_t row) {
    MeasureColumn& column = table_.columns[i];
    column.fact_count[at] = chunk.Int64(cells.fact_count, row);
    if (column.fact_count[at] == 0) return;
    column.newest[at] = FromMicros(chunk.Int64(cells.newest, row));
    const size_t cell = cells.aggregate;
    if (chunk.IsNull(cell, row)) return;
    const Aggregate aggregate = measures_[i].aggregate;
    if (aggregate == Aggregate::kList) {
      column.lists[at] = chunk.DoubleList(cell, row);
    } else if (IsCount(aggregate)) {
      column.numbers[at] = static_cast<double>(chunk.Int64(cell, row));
    } else {
      // -0.0 + 0.0 is 0.0: which of the two zeros is the smaller one is chance.
      column.numbers[at] = chunk.Double(cell, row) + 0.0;
      column.valid[at] = 1;
    }
  }

  const std::vector<ResolvedMeasure>& measures_;
  MeasureTable table_;
  std::vector<std::pair<std::string, std::string>> keys_;
  absl::flat_hash_map<std::pair<std::string, std::string>, size_t> rows_;
};

absl::Status RunAlone(const BoundMeasure& bound, const Scope& scope, const AsOf& as_of,
                      Connection& connection, const StopFn& stop) {
  absl::StatusOr<MeasureStatement> statement = MeasureSql(as_of, {&bound}, scope);
  if (!statement.ok()) return statement.status();
  // The transaction ended with the error that brought us here.
  if (absl::Status begun = BeginReading(connection); !begun.ok()) return begun;
  return connection.Query(statement->sql, {}, stop).status();
}

// A statement over several measures failed: says by which of them.
absl::Status Blame(const std::vector<const BoundMeasure*>& measures, const Scope& scope,
                   const AsOf& as_of, Connection& connection, const StopFn& stop,
                   const absl::Status& status) {
  if (!absl::IsInvalidArgument(status)) return status;
  for (const BoundMeasure* bound : measures) {
    absl::Status alone = RunAlone(*bound, scope, as_of, connection, stop);
    if (absl::IsInvalidArgument(alone)) {
      return absl::InvalidArgumentError(
          fmt::format("{}: {}", Describe(bound->measure), MessageOf(alone)));
    }
  }
  return status;
}

// The measures of one dataset.
struct DatasetQuery {
  std::vector<Placed> placed;
  int64_t versions = 0;  // of the dataset's log
  MeasureStatement statement;
  std::optional<absl::StatusOr<Result>> result;  // absent until it ran

  std::vector<const BoundMeasure*> Together() const {
    std::vector<const BoundMeasure*> together;
    together.reserve(placed.size());
    for (const Placed& one : placed) together.push_back(one.bound);
    return together;
  }
};

// A thread per connection, this one included; the largest datasets first. Leaves out what is left
// when a statement fails.
void RunAll(std::vector<DatasetQuery*> queries, const std::vector<Connection*>& connections,
            const StopFn& stop) {
  std::sort(queries.begin(), queries.end(),
            [](const auto* a, const auto* b) { return a->versions > b->versions; });
  std::atomic<size_t> next = 0;
  std::atomic<bool> failed = false;
  absl::Mutex asking;  // `stop` need not be made for several threads
  StopFn stop_all;
  if (stop) {
    stop_all = [&] {
      absl::MutexLock lock(&asking);
      return failed || stop();
    };
  }
  const auto run = [&](Connection& connection) {
    for (size_t i = next++; i < queries.size() && !failed; i = next++) {
      queries[i]->result.emplace(connection.Query(queries[i]->statement.sql, {}, stop_all));
      if (!queries[i]->result->ok()) failed = true;
    }
  };
  std::vector<std::thread> helpers;
  for (size_t i = 1; i < connections.size() && i < queries.size(); ++i) {
    helpers.emplace_back(run, std::ref(*connections[i]));
  }
  run(*connections[0]);
  for (std::thread& helper : helpers) helper.join();
}

bool IsNumber(duckdb_type type) {
  switch (type) {
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_DECIMAL:
      return true;
    default:
      return false;
  }
}

std::string NullColumns(const facts::DatasetSchema& schema,
                        const absl::btree_set<std::string>& names, std::string_view form) {
  return absl::StrJoin(names, ", ", [&](std::string* out, const std::string& name) {
    out->append(fmt::format(fmt::runtime(form), fmt::arg("name", QuoteName(name)),
                            fmt::arg("type", EngineType(schema.FindColumn(name)->type))));
  });
}

// SELECT of one row of what SourceSql selects, by name and type; every column is null.
std::string NullRowSql(const NeededColumns& needs, const facts::DatasetSchema& schema,
                       const Catalog& catalog) {
  std::string sql = "SELECT " + NullColumns(schema, needs.own, "CAST(NULL AS {type}) AS {name}");
  for (const auto& [alias, names] : needs.referred) {
    const DatasetState* referred = catalog.Find(FindReference(schema, alias)->references);
    sql += fmt::format(", {{{}}} AS {}",
                       NullColumns(referred->schema, names, "{name}: CAST(NULL AS {type})"),
                       QuoteName(alias));
  }
  return sql;
}

}  // namespace

absl::Status CheckMeasureTypes(const ResolvedMeasure& measure, const Catalog& catalog,
                               ExpressionChecker& checker, Connection& connection) {
  ResolvedMeasure timeless = measure;  // the instants are not looked at
  timeless.from = timeless.to = timeless.period_from = timeless.period_to = absl::UnixEpoch();
  absl::StatusOr<BoundMeasure> bound = BindMeasure(timeless, catalog, checker);
  if (!bound.ok()) return bound.status();
  const std::string source =
      NullRowSql(bound->needs, catalog.Find(measure.dataset)->schema, catalog);
  absl::StatusOr<std::vector<duckdb_type>> types = connection.DescribeTypes(fmt::format(
      "SELECT {}, {} FROM (SELECT *, make_timestamp(0) AS period_from, make_timestamp(0) AS "
      "period_to FROM ({}))",
      bound->value == nullptr ? "1" : bound->value->sql,
      bound->filter == nullptr ? "TRUE" : bound->filter->sql, source));
  if (!types.ok()) {
    return absl::Status(types.status().code(),
                        fmt::format("{}: {}", Describe(measure), MessageOf(types.status())));
  }
  if ((*types)[1] != DUCKDB_TYPE_BOOLEAN) {
    return absl::InvalidArgumentError(fmt::format(
        "{}: the filter must be true or false; compare it with something", Describe(measure)));
  }
  if (!IsCount(measure.aggregate) && !IsNumber((*types)[0])) {
    return absl::InvalidArgumentError(
        fmt::format("{}: the value must be a number; use cast(… as double)", Describe(measure)));
  }
  return absl::OkStatus();
}

absl::StatusOr<MeasureTable> ComputeMeasures(const std::vector<ResolvedMeasure>& measures,
                                             const Scope& scope, const AsOf& as_of,
                                             ExpressionChecker& checker,
                                             const std::vector<Connection*>& connections,
                                             const StopFn& stop) {
  std::vector<BoundMeasure> bound;
  bound.reserve(measures.size());
  absl::btree_map<std::string, DatasetQuery> by_dataset;
  for (size_t i = 0; i < measures.size(); ++i) {
    absl::StatusOr<BoundMeasure> one = BindMeasure(measures[i], as_of.catalog, checker);
    if (!one.ok()) return one.status();
    bound.push_back(*std::move(one));
    by_dataset[measures[i].dataset].placed.push_back({&bound.back(), i});
  }
  std::vector<DatasetQuery*> queries;
  for (auto& [dataset, query] : by_dataset) {
    query.versions = as_of.catalog.Find(dataset)->version_count;
    absl::StatusOr<MeasureStatement> statement = MeasureSql(as_of, query.Together(), scope);
    if (!statement.ok()) return statement.status();
    query.statement = *std::move(statement);
    queries.push_back(&query);
  }
  RunAll(queries, connections, stop);
  // Of several failures one may be the cause of others' being stopped.
  const DatasetQuery* failed = nullptr;
  for (const DatasetQuery* query : queries) {
    if (!query->result.has_value() || query->result->ok()) continue;
    if (failed == nullptr || absl::IsCancelled(failed->result->status())) failed = query;
  }
  if (failed != nullptr) {
    return Blame(failed->Together(), scope, as_of, *connections[0], stop, failed->result->status());
  }
  TableBuilder builder(measures);
  for (DatasetQuery* query : queries) {
    (*query->result)->ForEachChunk([&](const Chunk& chunk) {
      builder.AddChunk(chunk, query->placed, query->statement.cells);
    });
  }
  return builder.Finish(as_of.watermark, scope.by_account || scope.kind == SubjectKind::kAccount);
}

}  // namespace keyscore::store
