// Finds, asks for what is missing, keeps.
#include "measures/memory/engine_tables.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "measures/memory/table_merge.h"

namespace keyscore::measures {
namespace {

// Subjects' rows that are kept in all, of some 200 bytes each and more by account.
constexpr size_t kMaxRows = 1'000'000;
// How often a waiting caller looks whether it is still wanted.
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(10);

bool IsSingle(const store::Scope& scope) { return scope.kind == store::SubjectKind::kOrganization; }

}  // namespace

EngineTables::Entry& EngineTables::EntryOf(const Key& key) {
  const auto found = index_.find(key);
  if (found != index_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->second;
  }
  entries_.emplace_front(key, Entry());
  index_[key] = entries_.begin();
  return entries_.front().second;
}

std::optional<std::vector<std::shared_ptr<const EngineTables::Rows>>> EngineTables::Find(
    const Key& key, const std::vector<std::string>& subject_ids, const Source& source,
    Missing& missing) {
  const auto stands = [&source](const std::string& subject, store::SubjectKind kind,
                                int64_t as_of) {
    return as_of <= source.watermark() && source.ChangedAt(kind, subject) <= as_of;
  };
  std::vector<std::shared_ptr<const Rows>> rows;
  bool whole = true;
  absl::MutexLock lock(&mutex_);
  const Entry& entry = EntryOf(key);
  if (entry.complete_as_of == 0) {
    missing.all = true;
    return std::nullopt;
  }
  for (const std::string& subject : subject_ids) {
    const auto found = entry.rows.find(subject);
    const int64_t as_of = found == entry.rows.end() ? entry.complete_as_of : found->second->as_of;
    if (!stands(subject, key.kind, as_of)) {
      whole = false;
      missing.subject_ids.push_back(subject);
    } else if (whole) {
      rows.push_back(found == entry.rows.end() ? nullptr : found->second);
    }
  }
  if (!whole) return std::nullopt;
  return rows;
}

void EngineTables::Keep(const std::vector<Key>& keys, const Missing& asked, int64_t as_of,
                        const store::MeasureTable& table) {
  // Each subject's rows stand together, as the table is sorted.
  std::vector<Table> tables(keys.size());
  for (size_t first = 0; first < table.subject_ids.size();) {
    size_t last = first + 1;
    while (last < table.subject_ids.size() && table.subject_ids[last] == table.subject_ids[first]) {
      ++last;
    }
    for (size_t k = 0; k < keys.size(); ++k) {
      auto rows = std::make_shared<Rows>();
      rows->as_of = as_of;
      for (size_t row = first; row < last; ++row) {
        AppendCell(table.columns[k], row, keys[k].measure.aggregate, rows->column);
        if (keys[k].by_account && !table.account_ids.empty()) {
          rows->account_ids.push_back(table.account_ids[row]);
        }
      }
      tables[k].emplace(table.subject_ids[first], std::move(rows));
    }
    first = last;
  }
  for (size_t k = 0; k < keys.size(); ++k) {
    for (const std::string& subject : asked.subject_ids) {
      const auto [entry, is_new] = tables[k].try_emplace(subject);
      if (!is_new) continue;
      auto none = std::make_shared<Rows>();
      none->as_of = as_of;
      entry->second = std::move(none);
    }
  }
  absl::MutexLock lock(&mutex_);
  for (size_t k = 0; k < keys.size(); ++k) {
    Entry& entry = EntryOf(keys[k]);
    if (asked.all) {
      if (entry.complete_as_of > as_of) continue;
      entry.complete_as_of = as_of;
      entry.rows = std::move(tables[k]);
      continue;
    }
    for (auto& [subject, rows] : tables[k]) {
      std::shared_ptr<const Rows>& kept = entry.rows[subject];
      if (kept == nullptr || kept->as_of < as_of) kept = std::move(rows);
    }
  }
  size_t rows = 0;
  for (const auto& [key, entry] : entries_) rows += entry.rows.size() + 1;
  while (rows > kMaxRows && entries_.size() > 1) {
    rows -= entries_.back().second.rows.size() + 1;
    index_.erase(entries_.back().first);
    entries_.pop_back();
  }
}

EngineTables::Found EngineTables::FindAll(const std::vector<Key>& keys,
                                          const std::vector<std::string>& subject_ids,
                                          const Source& source) {
  Found found;
  for (const Key& key : keys) {
    auto rows = Find(key, subject_ids, source, found.missing);
    if (!rows) found.missing_keys.push_back(key);
    found.rows.push_back(rows ? *std::move(rows) : std::vector<std::shared_ptr<const Rows>>());
  }
  std::vector<std::string>& ids = found.missing.subject_ids;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return found;
}

absl::Status EngineTables::TakeTurn(const store::StopFn& stop) {
  const auto idle = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return !asking_; };
  for (;;) {
    {
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&idle), kBetweenLooks)) {
        asking_ = true;
        return absl::OkStatus();
      }
    }
    if (stop && stop()) return absl::CancelledError("stopped while waiting for the store");
  }
}

absl::Status EngineTables::Ask(const std::vector<Key>& keys, const store::Scope& scope,
                               const std::vector<std::string>& subject_ids, const Source& source,
                               const store::StopFn& stop) {
  if (absl::Status turn = TakeTurn(stop); !turn.ok()) return turn;
  const absl::Cleanup done = [this] {
    absl::MutexLock lock(&mutex_);
    asking_ = false;
  };
  // Somebody else may have asked for the same while this call waited.
  const Found found = FindAll(keys, subject_ids, source);
  if (found.missing_keys.empty()) return absl::OkStatus();
  std::vector<store::ResolvedMeasure> measures;
  for (const Key& key : found.missing_keys) measures.push_back(key.measure);
  store::Scope question = scope;
  question.subject_ids.clear();
  if (!found.missing.all && !IsSingle(scope)) question.subject_ids = found.missing.subject_ids;
  const auto table = store_.Measure(measures, question, source.watermark(), stop);
  if (!table.ok()) return table.status();
  Keep(found.missing_keys, found.missing, source.watermark(), *table);
  return absl::OkStatus();
}

absl::StatusOr<store::MeasureTable> EngineTables::Measure(
    const std::vector<store::ResolvedMeasure>& measures, const store::Scope& scope,
    const Source& source, const store::StopFn& stop) {
  // Of all that there are it is not known who they are.
  if (scope.subject_ids.empty() && !IsSingle(scope)) {
    return store_.Measure(measures, scope, source.watermark(), stop);
  }
  const std::vector<std::string> subject_ids =
      IsSingle(scope) ? std::vector<std::string>{""} : scope.subject_ids;
  const bool by_account = scope.by_account || scope.kind == store::SubjectKind::kAccount;
  std::vector<Key> keys;
  for (const store::ResolvedMeasure& measure : measures) {
    keys.push_back({measure, scope.kind, by_account});
  }
  Found found = FindAll(keys, subject_ids, source);
  if (!found.missing_keys.empty()) {
    if (absl::Status asked = Ask(keys, scope, subject_ids, source, stop); !asked.ok()) return asked;
    found = FindAll(keys, subject_ids, source);
  }
  // Others have asked as of another state meanwhile.
  if (!found.missing_keys.empty()) {
    return store_.Measure(measures, scope, source.watermark(), stop);
  }

  std::map<std::string, size_t> order;  // subjects by id, as tables have them
  for (size_t s = 0; s < subject_ids.size(); ++s) order.emplace(subject_ids[s], s);
  std::vector<PlacedTable> tables(keys.size());
  for (size_t k = 0; k < keys.size(); ++k) {
    PlacedTable& placed = tables[k];
    placed.places = {k};
    placed.table.columns.resize(1);
    for (const auto& [subject, s] : order) {
      const Rows* of = found.rows[k][s].get();
      if (of == nullptr) continue;
      for (size_t row = 0; row < of->column.fact_count.size(); ++row) {
        // A row may stand for the sake of another measure.
        if (of->column.fact_count[row] == 0) continue;
        placed.table.subject_ids.push_back(subject);
        if (by_account) placed.table.account_ids.push_back(of->account_ids[row]);
        AppendCell(of->column, row, measures[k].aggregate, placed.table.columns[0]);
      }
    }
  }
  return MergeTables(measures, std::move(tables), source.watermark());
}

}  // namespace keyscore::measures
