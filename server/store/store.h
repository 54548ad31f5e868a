// The store: batches in, measures and rows out, configuration revisions with compare-and-set.
//
// The interface behind which an engine keeps the facts. Nothing of the engine shows here but the
// expressions of measures, which are scalar SQL in the subset that engines share and are checked
// before they reach a store. All functions may be called from any thread; calls block, so callers
// on an event loop go through a pool.
//
// The log of facts is append-only. Every durable batch gets the next sequence number (`watermark`);
// a fact's versions carry the number of their batch, so a read at watermark W sees the log as it
// was known right after batch W.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "facts/column_batch.h"
#include "facts/schema.h"

namespace keyscore::store {

// ---- Facts in ----------------------------------------------------------------------------------

struct AppendResult {
  int64_t watermark = 0;   // after this batch (unchanged when nothing changed)
  absl::Time recorded_at;  // of the batch
  size_t inserted = 0;     // facts not known before
  size_t updated = 0;      // new versions of known facts
  size_t replayed = 0;     // rows equal to what is known: nothing written
  size_t deleted = 0;
  size_t unknown_deletes = 0;  // deletions of facts that are not there: nothing written
};

// ---- Measures out ------------------------------------------------------------------------------

enum class Aggregate { kCount, kSum, kMin, kMax, kFirst, kLast, kCountDistinct, kList };

enum class WindowKind {
  kBetween,  // from <= time < to
  kAt,       // the span [time, end) contains `from`: time <= from and (end is null or end > from)
};

// A measure with its window resolved to instants.
struct ResolvedMeasure {
  std::string dataset;
  Aggregate aggregate = Aggregate::kCount;
  std::string value;        // checked scalar SQL; empty only for kCount
  std::string filter;       // checked boolean SQL; empty = every row
  std::string time_column;  // a timestamp column of the dataset
  std::string end_column;   // kAt only
  WindowKind window = WindowKind::kBetween;
  absl::Time from;  // InfinitePast() = open
  absl::Time to;    // kBetween only; InfiniteFuture() = open
  // What `period_from` and `period_to` mean in expressions.
  absl::Time period_from;
  absl::Time period_to;

  bool operator==(const ResolvedMeasure&) const = default;
};

enum class SubjectKind { kManager, kAccount, kTeam, kOrganization };

// Whose facts. Attribution: a fact with a manager_id is that manager's; one without is of whoever
// owned its account at occurred_at. A team's facts are those of the managers that belong to it; the
// organisation's are all facts. An account's are those with its account_id, whoever the manager.
struct Scope {
  SubjectKind kind = SubjectKind::kOrganization;
  // Which subjects of the kind; empty = all that have a row. Not used for the organisation.
  std::vector<std::string> subject_ids;
  // One row per subject and account instead of one per subject (facts without account left out).
  bool by_account = false;
};

struct MeasureColumn {
  // kCount and kCountDistinct: int64. kList: vector per row. Others: double.
  std::vector<double> numbers;             // not for kList
  std::vector<uint8_t> valid;              // 0 = null (min, max, first, last over no rows)
  std::vector<std::vector<double>> lists;  // kList only
  std::vector<int64_t> fact_count;         // rows that passed window and filter
  std::vector<absl::Time> newest;          // latest time_column among them; InfinitePast() = none
};

// One row per (subject, account) that has a fact in any of the measures; where a subject has none
// of a measure, that cell is count 0, sum 0, others null.
struct MeasureTable {
  int64_t watermark = 0;                 // the log as of which it was computed
  std::vector<std::string> subject_ids;  // "" for the organisation
  std::vector<std::string> account_ids;  // empty unless by_account
  std::vector<MeasureColumn> columns;    // in the order of the measures asked for
};

// Called from time to time by a running query; true = stop, the call returns CANCELLED or
// DEADLINE_EXCEEDED as the caller sees fit. May be empty.
using StopFn = std::function<bool()>;

// ---- Events out --------------------------------------------------------------------------------

// What of a fact enters a measure, whatever the window.
struct EventMeasure {
  Aggregate aggregate = Aggregate::kCount;
  std::string value;   // as in ResolvedMeasure; names neither period_from nor period_to
  std::string filter;  // likewise

  bool operator==(const EventMeasure&) const = default;
};

// Facts of one dataset as measures see them: expressions computed by the engine, attributed.
struct EventScan {
  enum class Rows {
    kAll,         // every fact that is current at `watermark`
    kAdded,       // … and was not at `after`: new facts, and new versions of known ones
    kRemoved,     // versions current at `after` that are not at `watermark`, as seen at `after`
    kOfAccounts,  // kAll of these accounts
  };
  std::string dataset;
  std::string time_column;  // facts without it are left out
  std::string end_column;   // "" = none is wanted
  std::vector<EventMeasure> measures;
  // The dataset "book" only: accounts' lives without their ownership, as an account's own card sees
  // them.
  bool of_accounts = false;
  Rows rows = Rows::kAll;
  int64_t watermark = 0;                 // > 0
  int64_t after = 0;                     // kAdded and kRemoved
  std::vector<std::string> account_ids;  // kOfAccounts
};

// Up to some thousands of events, column by column; views live until the sink returns.
struct EventChunk {
  // What one measure makes of the events, one element each.
  struct Values {
    std::vector<uint8_t> hit;  // the filter lets the event through; all 1 without a filter
    std::vector<uint8_t>
        valid;  // hit, and the value is not null (and finite, where it is a number)
    // kSum, kMin, kMax, kFirst, kLast, kList. 0 where not valid.
    std::vector<double> numbers;
    // kCountDistinct: the value as text, equal texts = equal values. "" where not valid.
    std::vector<std::string_view> texts;
  };
  size_t size = 0;
  std::vector<std::string_view> owner_ids;    // attributed manager; "" = nobody
  std::vector<std::string_view> account_ids;  // "" = none
  std::vector<std::string_view> fact_ids;
  // A number that no other event of the dataset's facts has, at any watermark: of the version. Not
  // for the book (0).
  std::vector<int64_t> versions;
  std::vector<int64_t> times;  // microseconds since the epoch
  std::vector<int64_t> ends;   // likewise; the greatest int64 where null; empty without end_column
  std::vector<Values> measures;  // in the order of the scan's
};
using EventSink = std::function<absl::Status(const EventChunk&)>;

// ---- Rows out ----------------------------------------------------------------------------------

using Value = std::variant<std::monostate, bool, int64_t, double, std::string, absl::Time>;

// Compares one column with a constant, ANDed with the others of the query.
struct Condition {
  enum class Op { kEq, kNe, kLt, kLe, kGt, kGe, kIsNull, kIsNotNull, kIn };
  std::string column;
  Op op = Op::kEq;
  std::vector<Value> operands;  // one; any number for kIn; none for the null tests
};

struct RowQuery {
  std::string dataset;
  // Facts of one subject (attribution as for measures); absent = all.
  std::optional<Scope> scope;
  // Only rows that this measure counts (its window and filter); absent = all.
  std::optional<ResolvedMeasure> measure;
  std::vector<Condition> conditions;
  int64_t watermark = 0;  // 0 = newest
  size_t limit = 100;     // at most 10,000
  // Rows stand by (time column, fact_id); pass the last row's to get what follows.
  std::optional<std::pair<absl::Time, std::string>> after;
};

struct Row {
  std::string fact_id;
  absl::Time time;  // of the time column that orders the page (occurred_at without a measure)
  absl::Time recorded_at;             // of this version
  int64_t watermark = 0;              // batch that wrote this version
  std::string attributed_manager_id;  // "" = nobody
  std::vector<Value> values;          // in the order of the schema's columns
  std::optional<double> measured;     // the measure's value expression on this row, when numeric
};

struct RowPage {
  int64_t watermark = 0;
  std::vector<Row> rows;
  bool more = false;
};

// ---- Configuration -----------------------------------------------------------------------------

// One stored revision of a configuration document. Kinds in use: "dataset", "weight_profile",
// "target_series", "score_override", "plugin", "audit".
struct ConfigRevision {
  std::string kind;
  std::string id;
  int64_t revision = 0;  // 1, 2, … within (kind, id)
  absl::Time created_at;
  std::string author;
  std::string payload;  // opaque bytes
  bool deleted = false;
};

// One revision to be written.
struct ConfigWrite {
  std::string kind;
  std::string id;
  int64_t expected_revision = 0;  // of the newest; 0 = there must be none
  std::string author;
  std::string payload;
  bool deleted = false;
};

// ---- The interface -----------------------------------------------------------------------------

struct DatasetStats {
  std::string dataset;
  int64_t fact_count = 0;     // current facts
  int64_t version_count = 0;  // rows of the log
  int64_t watermark = 0;      // last batch that wrote to it; 0 = never held a fact
};

// Where measures come from: the engine, or what stands in for it.
class MeasureReader {
 public:
  virtual ~MeasureReader() = default;

  // Computes all measures for all subjects of the scope as of one watermark (0 = newest), in one
  // pass per dataset.
  virtual absl::StatusOr<MeasureTable> Measure(const std::vector<ResolvedMeasure>& measures,
                                               const Scope& scope, int64_t watermark,
                                               const StopFn& stop) = 0;

  // Counts of one dataset ("" = every one).
  virtual absl::StatusOr<std::vector<DatasetStats>> Stats(const std::string& dataset) = 0;

  // The newest durable batch's number.
  virtual absl::StatusOr<int64_t> Watermark() = 0;
};

class Store : public MeasureReader {
 public:
  // Makes the dataset known and its log present. The same schema again is OK; nullable columns
  // added at the end are taken up; anything else that differs is FAILED_PRECONDITION.
  virtual absl::Status DefineDataset(const facts::DatasetSchema& schema) = 0;

  // What DefineDataset would say; defines nothing.
  virtual absl::Status CheckDataset(const facts::DatasetSchema& schema) = 0;

  // Appends a validated batch (every column of the schema, in its order). Atomic; returns when it
  // is durable. RESOURCE_EXHAUSTED when too many appends wait.
  virtual absl::StatusOr<AppendResult> Append(const facts::ColumnBatch& batch) = 0;

  // The same, but ABORTED, and nothing written, where a batch after number `watermark` has written
  // to the dataset. So what was read as of that watermark is still so when the batch is written.
  virtual absl::StatusOr<AppendResult> AppendIfUnchanged(const facts::ColumnBatch& batch,
                                                         int64_t watermark) = 0;

  // Checks the expressions of a measure against the dataset's columns: parsed, allow-listed, bound,
  // typed (filter boolean, value numeric unless kCount or kCountDistinct, time and end columns
  // timestamps). INVALID_ARGUMENT names the offending part. `measure`'s instants are not looked at.
  // `declared` are datasets that may be about to be defined: they count as known, and as they stand
  // here where the store knows others of their ids.
  virtual absl::Status CheckMeasure(const ResolvedMeasure& measure,
                                    const std::vector<facts::DatasetSchema>& declared) = 0;
  absl::Status CheckMeasure(const ResolvedMeasure& measure) { return CheckMeasure(measure, {}); }

  // Hands the events of a dataset to the sink, chunk by chunk, in no order; each once. Memory is
  // bounded whatever the dataset's size. A sink's error ends the scan and is returned.
  virtual absl::Status ScanEvents(const EventScan& scan, const EventSink& sink,
                                  const StopFn& stop) = 0;

  // Waits until the newest durable batch is after batch `after` or the time is over; the newest
  // batch's number in both cases. UNAVAILABLE when the store is, or gets, closed.
  virtual absl::StatusOr<int64_t> AwaitWatermark(int64_t after, absl::Duration timeout) = 0;

  virtual absl::StatusOr<RowPage> ListRows(const RowQuery& query, const StopFn& stop) = 0;

  // The newest durable batch at or before an instant ("as known on").
  virtual absl::StatusOr<int64_t> WatermarkAt(absl::Time recorded_by) = 0;

  // Newest revisions of a kind (deleted ones left out), by id.
  virtual absl::StatusOr<std::vector<ConfigRevision>> ListConfig(const std::string& kind) = 0;
  // Every revision of one document, oldest first; NOT_FOUND if there is none.
  virtual absl::StatusOr<std::vector<ConfigRevision>> ConfigHistory(const std::string& kind,
                                                                    const std::string& id) = 0;
  // Every revision of every document of a kind, deleted ones too, by id and revision.
  virtual absl::StatusOr<std::vector<ConfigRevision>> ConfigRevisions(const std::string& kind) = 0;
  // Writes revision expected_revision + 1 of each document, all in one transaction or none; ABORTED
  // if the newest of one is not what its write expects. Several writes of one document follow each
  // other.
  virtual absl::StatusOr<std::vector<ConfigRevision>> PutConfigs(
      const std::vector<ConfigWrite>& writes) = 0;
  // The same for one document.
  absl::StatusOr<ConfigRevision> PutConfig(const std::string& kind, const std::string& id,
                                           int64_t expected_revision, const std::string& author,
                                           const std::string& payload, bool deleted);

  // Finishes what is queued and closes; later calls are UNAVAILABLE.
  virtual absl::Status Close() = 0;
};

inline absl::StatusOr<ConfigRevision> Store::PutConfig(const std::string& kind,
                                                       const std::string& id,
                                                       int64_t expected_revision,
                                                       const std::string& author,
                                                       const std::string& payload, bool deleted) {
  auto written = PutConfigs({{kind, id, expected_revision, author, payload, deleted}});
  if (!written.ok()) return written.status();
  return written->front();
}

}  // namespace keyscore::store
