// Checks a scan, streams its statement, and says by which measure it failed.
#include "store/event_scan.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "store/bound_measure.h"
#include "store/connection_pool.h"
#include "store/event_chunk.h"
#include "store/event_sql.h"
#include "store/sql_builder.h"

namespace keyscore::store {
namespace {

absl::Status CheckScan(const EventScan& scan, const Catalog& catalog) {
  const DatasetState* state = catalog.Find(scan.dataset);
  if (state == nullptr) {
    return absl::NotFoundError(fmt::format("there is no dataset '{}'", scan.dataset));
  }
  if (scan.watermark <= 0 || scan.watermark > catalog.watermark) {
    return absl::InvalidArgumentError(fmt::format(
        "watermark {} is not there; the newest batch is {}", scan.watermark, catalog.watermark));
  }
  const bool is_change =
      scan.rows == EventScan::Rows::kAdded || scan.rows == EventScan::Rows::kRemoved;
  if (is_change && (scan.after < 0 || scan.after > scan.watermark)) {
    return absl::InvalidArgumentError(
        fmt::format("after {} does not lie before watermark {}", scan.after, scan.watermark));
  }
  if (is_change && state->schema.kind == facts::DatasetKind::kDerived) {
    return absl::InvalidArgumentError(fmt::format(
        "dataset '{}' is computed from others; it has no versions to compare", scan.dataset));
  }
  return absl::OkStatus();
}

absl::StatusOr<BoundMeasure> BindEvent(const EventScan& scan, const EventMeasure& measure,
                                       const Catalog& catalog, ExpressionChecker& checker) {
  const ResolvedMeasure resolved{
      .dataset = scan.dataset,
      .aggregate = measure.aggregate,
      .value = measure.value,
      .filter = measure.filter,
      .time_column = scan.time_column,
      .end_column = scan.end_column,
      .window = scan.end_column.empty() ? WindowKind::kBetween : WindowKind::kAt};
  absl::StatusOr<BoundMeasure> bound = BindMeasure(resolved, catalog, checker);
  if (bound.ok() && bound->uses_period) {
    return absl::InvalidArgumentError(
        fmt::format("{}: an event knows no period; period_from and period_to have no meaning",
                    Describe(resolved)));
  }
  return bound;
}

// Whether no batch in (after, watermark] can have written such rows.
bool IsEmpty(const EventScan& scan, const DatasetState& state) {
  switch (scan.rows) {
    case EventScan::Rows::kAll:
    case EventScan::Rows::kOfAccounts:
      return false;
    case EventScan::Rows::kAdded:
      return state.watermark <= scan.after;
    case EventScan::Rows::kRemoved:
      return state.watermark <= scan.after || state.superseded_count == 0;
  }
  return false;
}

// The runs of versions superseded in (after, watermark]. `many` gets whether they are too many to
// be scanned one by one.
absl::StatusOr<VersionRuns> SupersededRuns(const EventScan& scan, Connection& connection,
                                           bool& many) {
  constexpr size_t kMaxRuns = 16;
  constexpr int64_t kMaxVersions = 4096;
  absl::StatusOr<Result> result = connection.Query(fmt::format(
      "SELECT version FROM {} WHERE by_seq > {} AND by_seq <= {} ORDER BY version LIMIT {}",
      SupersededTable(scan.dataset), scan.after, scan.watermark, kMaxVersions + 1));
  if (!result.ok()) return result.status();
  VersionRuns runs;
  int64_t versions = 0;
  result->ForEachChunk([&](const Chunk& chunk) {
    for (size_t row = 0; row < chunk.size(); ++row) {
      const int64_t version = chunk.Int64(0, row);
      if (runs.empty() || runs.back().second + 1 != version) {
        runs.emplace_back(version, version);
      } else {
        runs.back().second = version;
      }
      ++versions;
    }
  });
  many = runs.size() > kMaxRuns || versions > kMaxVersions;
  return runs;
}

// Read ahead, so that the engine looks these few up instead of joining with the whole dataset that
// is referred to. Empty where they are many.
absl::StatusOr<ReferredKeys> KeysOf(const EventScan& scan, const AsOf& as_of,
                                    const std::vector<BoundMeasure>& bound,
                                    const VersionRuns& removed, Connection& connection,
                                    const StopFn& stop) {
  constexpr int64_t kMaxKeys = 2048;
  absl::StatusOr<ReferredKeysStatement> statement = ReferredKeysSql(scan, as_of, bound, removed);
  if (!statement.ok()) return statement.status();
  if (statement->sql.empty()) return ReferredKeys();
  absl::StatusOr<Result> result =
      connection.Query(fmt::format("{} LIMIT {}", statement->sql, kMaxKeys + 1), {}, stop);
  if (!result.ok()) return result.status();
  int64_t rows = 0;
  std::vector<absl::btree_set<std::string>> keys(statement->aliases.size());
  result->ForEachChunk([&](const Chunk& chunk) {
    rows += static_cast<int64_t>(chunk.size());
    for (size_t i = 0; i < keys.size(); ++i) {
      for (size_t row = 0; row < chunk.size(); ++row) {
        if (!chunk.IsNull(i, row)) keys[i].emplace(chunk.String(i, row));
      }
    }
  });
  ReferredKeys referred;
  if (rows > kMaxKeys) return referred;
  for (size_t i = 0; i < keys.size(); ++i) {
    referred[statement->aliases[i]].assign(keys[i].begin(), keys[i].end());
  }
  return referred;
}

// `failed` gets whether the engine failed, as against the sink.
absl::Status Run(const EventScan& scan, const AsOf& as_of, const std::vector<BoundMeasure>& bound,
                 const VersionRuns& removed, Connection& connection, const EventSink& sink,
                 const StopFn& stop, bool& failed) {
  absl::StatusOr<ReferredKeys> keys = KeysOf(scan, as_of, bound, removed, connection, stop);
  failed = !keys.ok();
  if (!keys.ok()) return keys.status();
  absl::StatusOr<EventStatement> statement = EventSql(scan, as_of, bound, removed, *keys);
  if (!statement.ok()) return statement.status();
  EventReader reader(*statement, !scan.end_column.empty());
  bool refused = false;
  absl::Status status = connection.Stream(
      statement->sql,
      [&](const Chunk& chunk) {
        absl::StatusOr<const EventChunk*> events = reader.Read(chunk);
        if (!events.ok()) return events.status();
        absl::Status taken = sink(**events);
        refused = !taken.ok();
        return taken;
      },
      stop);
  failed = !status.ok() && !refused;
  return status;
}

}  // namespace

absl::Status ScanFactEvents(const EventScan& scan, const AsOf& as_of, ExpressionChecker& checker,
                            Connection& connection, const EventSink& sink, const StopFn& stop) {
  if (absl::Status sound = CheckScan(scan, as_of.catalog); !sound.ok()) return sound;
  // Without a measure the scan's own columns want checking.
  absl::StatusOr<BoundMeasure> columns = BindEvent(scan, {}, as_of.catalog, checker);
  if (!columns.ok()) return columns.status();
  std::vector<BoundMeasure> bound;
  bound.reserve(scan.measures.size());
  for (const EventMeasure& measure : scan.measures) {
    absl::StatusOr<BoundMeasure> one = BindEvent(scan, measure, as_of.catalog, checker);
    if (!one.ok()) return one.status();
    bound.push_back(*std::move(one));
  }
  if (IsEmpty(scan, *as_of.catalog.Find(scan.dataset))) return absl::OkStatus();
  VersionRuns removed;
  if (scan.rows == EventScan::Rows::kRemoved) {
    bool many = false;
    absl::StatusOr<VersionRuns> runs = SupersededRuns(scan, connection, many);
    if (!runs.ok()) return runs.status();
    if (runs->empty()) return absl::OkStatus();
    if (!many) removed = *std::move(runs);
  }
  bool failed = false;
  const absl::Status status = Run(scan, as_of, bound, removed, connection, sink, stop, failed);
  if (!failed || !absl::IsInvalidArgument(status)) return status;
  const EventSink nowhere = [](const EventChunk&) { return absl::OkStatus(); };
  for (const BoundMeasure& one : bound) {
    // The transaction ended with the error that brought us here.
    if (absl::Status begun = BeginReading(connection); !begun.ok()) return begun;
    const absl::Status alone = Run(scan, as_of, {one}, removed, connection, nowhere, stop, failed);
    if (absl::IsInvalidArgument(alone)) {
      return absl::InvalidArgumentError(
          fmt::format("{}: {}", Describe(one.measure), MessageOf(alone)));
    }
  }
  return status;
}

}  // namespace keyscore::store
