// A store in memory for tests of the rooms to its right: facts are plain structs, measures are
// computed by loops over them.
//
// Expressions are names: `value` names one of a fact's numbers, `filter` one of its tags ("not x" =
// without the tag x). `time_column` and `end_column` name one of its times; occurred_at is there
// always. A fact is its manager's and its account's; teams are sets of managers.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "store/store.h"

namespace keyscore::store {

struct FakeFact {
  std::string dataset;
  std::string manager_id;
  std::string account_id;
  absl::Time occurred_at;
  std::map<std::string, double> numbers = {};
  std::set<std::string> tags = {};
  std::map<std::string, absl::Time> times = {};
  int64_t watermark = 1;  // the batch that wrote it
};

class FakeStore : public Store {
 public:
  // What the tests set up.
  std::vector<FakeFact> facts;
  std::map<std::string, std::set<std::string>> team_managers;
  // Datasets that Stats() reports even without a fact.
  std::set<std::string> known_datasets;
  absl::Status measure_status;
  std::string failing_value;  // a measure of this value fails the whole question
  std::map<std::string, absl::Status> define_status;  // by dataset; others are OK
  std::map<std::string, absl::Status> check_status;   // by value expression; others are OK

  // What the tests look at.
  struct MeasureCall {
    std::vector<ResolvedMeasure> measures;
    Scope scope;
    int64_t watermark = 0;
  };
  std::vector<MeasureCall> measure_calls;
  std::vector<facts::DatasetSchema> defined;
  std::vector<ResolvedMeasure> checked;

  absl::Status CheckDataset(const facts::DatasetSchema& schema) override {
    const auto status = define_status.find(schema.id);
    return status == define_status.end() ? absl::OkStatus() : status->second;
  }

  absl::Status DefineDataset(const facts::DatasetSchema& schema) override {
    if (absl::Status status = CheckDataset(schema); !status.ok()) return status;
    defined.push_back(schema);
    known_datasets.insert(schema.id);
    return absl::OkStatus();
  }

  absl::StatusOr<AppendResult> Append(const facts::ColumnBatch&) override {
    return absl::UnimplementedError("set FakeStore::facts");
  }

  absl::StatusOr<AppendResult> AppendIfUnchanged(const facts::ColumnBatch& batch,
                                                 int64_t) override {
    return Append(batch);
  }

  absl::Status CheckMeasure(const ResolvedMeasure& measure,
                            const std::vector<facts::DatasetSchema>&) override {
    checked.push_back(measure);
    const auto status = check_status.find(measure.value);
    return status == check_status.end() ? absl::OkStatus() : status->second;
  }

  absl::StatusOr<MeasureTable> Measure(const std::vector<ResolvedMeasure>& measures,
                                       const Scope& scope, int64_t watermark,
                                       const StopFn& stop) override;

  absl::Status ScanEvents(const EventScan&, const EventSink&, const StopFn&) override {
    return absl::UnimplementedError("no rows here");
  }

  absl::StatusOr<int64_t> AwaitWatermark(int64_t, absl::Duration) override { return Watermark(); }

  absl::StatusOr<RowPage> ListRows(const RowQuery&, const StopFn&) override {
    return absl::UnimplementedError("FakeStore lists no rows");
  }

  absl::StatusOr<std::vector<DatasetStats>> Stats(const std::string& dataset) override;

  absl::StatusOr<int64_t> Watermark() override {
    int64_t newest = 0;
    for (const FakeFact& fact : facts) newest = std::max(newest, fact.watermark);
    return newest;
  }
  absl::StatusOr<int64_t> WatermarkAt(absl::Time) override { return Watermark(); }

  absl::StatusOr<std::vector<ConfigRevision>> ListConfig(const std::string& kind) override;
  absl::StatusOr<std::vector<ConfigRevision>> ConfigHistory(const std::string& kind,
                                                            const std::string& id) override;
  absl::StatusOr<std::vector<ConfigRevision>> ConfigRevisions(const std::string& kind) override;
  absl::StatusOr<std::vector<ConfigRevision>> PutConfigs(
      const std::vector<ConfigWrite>& writes) override;

  absl::Status Close() override { return absl::OkStatus(); }

 private:
  std::map<std::pair<std::string, std::string>, std::vector<ConfigRevision>> config_;
};

namespace fake {

inline absl::Time TimeOf(const FakeFact& fact, const std::string& column, absl::Time otherwise) {
  if (column == "occurred_at") return fact.occurred_at;
  const auto found = fact.times.find(column);
  return found == fact.times.end() ? otherwise : found->second;
}

inline bool Counts(const FakeFact& fact, const ResolvedMeasure& measure) {
  if (fact.dataset != measure.dataset) return false;
  const bool negated = measure.filter.rfind("not ", 0) == 0;
  const std::string tag = negated ? measure.filter.substr(4) : measure.filter;
  if (!tag.empty() && (fact.tags.count(tag) > 0) == negated) return false;
  const absl::Time time = TimeOf(fact, measure.time_column, absl::InfiniteFuture());
  if (time == absl::InfiniteFuture()) return false;  // null
  if (measure.window == WindowKind::kBetween) return measure.from <= time && time < measure.to;
  return time <= measure.from &&
         TimeOf(fact, measure.end_column, absl::InfiniteFuture()) > measure.from;
}

// The facts that count, in time order.
inline void Aggregate(const ResolvedMeasure& measure, std::vector<const FakeFact*> counted,
                      MeasureColumn& column) {
  std::stable_sort(counted.begin(), counted.end(), [&](const FakeFact* a, const FakeFact* b) {
    return TimeOf(*a, measure.time_column, {}) < TimeOf(*b, measure.time_column, {});
  });
  std::vector<double> values;
  absl::Time newest = absl::InfinitePast();
  for (const FakeFact* fact : counted) {
    newest = std::max(newest, TimeOf(*fact, measure.time_column, {}));
    const auto number = fact->numbers.find(measure.value);
    if (number != fact->numbers.end()) values.push_back(number->second);
  }
  column.fact_count.push_back(static_cast<int64_t>(counted.size()));
  column.newest.push_back(newest);
  double result = 0;
  bool valid = !values.empty();
  using enum store::Aggregate;
  switch (measure.aggregate) {
    case kCount:
      result = static_cast<double>(measure.value.empty() ? counted.size() : values.size());
      valid = true;
      break;
    case kSum:
      for (double value : values) result += value;
      valid = true;
      break;
    case kCountDistinct:
      result = static_cast<double>(std::set<double>(values.begin(), values.end()).size());
      valid = true;
      break;
    case kMin:
      if (valid) result = *std::min_element(values.begin(), values.end());
      break;
    case kMax:
      if (valid) result = *std::max_element(values.begin(), values.end());
      break;
    case kFirst:
      if (valid) result = values.front();
      break;
    case kLast:
      if (valid) result = values.back();
      break;
    case kList:
      column.valid.push_back(valid ? 1 : 0);
      column.lists.push_back(std::move(values));
      return;
  }
  column.valid.push_back(valid ? 1 : 0);
  column.numbers.push_back(result);
}

}  // namespace fake

inline absl::StatusOr<MeasureTable> FakeStore::Measure(const std::vector<ResolvedMeasure>& measures,
                                                       const Scope& scope, int64_t watermark,
                                                       const StopFn& stop) {
  measure_calls.push_back({measures, scope, watermark});
  if (!measure_status.ok()) return measure_status;
  for (const ResolvedMeasure& measure : measures) {
    if (!failing_value.empty() && measure.value == failing_value) {
      return absl::InvalidArgumentError("can't cast 'x' to a number");
    }
  }
  if (stop && stop()) return absl::CancelledError("stopped");
  const std::set<std::string> asked(scope.subject_ids.begin(), scope.subject_ids.end());
  const auto subjects_of = [&](const FakeFact& fact) {
    std::set<std::string> subjects;
    if (scope.kind == SubjectKind::kOrganization) subjects.insert("");
    if (scope.kind == SubjectKind::kManager) subjects.insert(fact.manager_id);
    if (scope.kind == SubjectKind::kAccount) subjects.insert(fact.account_id);
    if (scope.kind == SubjectKind::kTeam) {
      for (const auto& [team, managers] : team_managers) {
        if (managers.count(fact.manager_id) > 0) subjects.insert(team);
      }
    }
    if (!asked.empty()) {
      std::erase_if(subjects, [&](const std::string& subject) { return !asked.contains(subject); });
    }
    return subjects;
  };
  // Row -> measure -> facts that count.
  std::map<std::pair<std::string, std::string>, std::vector<std::vector<const FakeFact*>>> rows;
  for (const FakeFact& fact : facts) {
    if (watermark != 0 && fact.watermark > watermark) continue;
    if (scope.by_account && fact.account_id.empty()) continue;
    for (size_t i = 0; i < measures.size(); ++i) {
      if (!fake::Counts(fact, measures[i])) continue;
      for (const std::string& subject : subjects_of(fact)) {
        auto& row = rows[{subject, scope.by_account ? fact.account_id : ""}];
        row.resize(measures.size());
        row[i].push_back(&fact);
      }
    }
  }
  MeasureTable table{.watermark = watermark};
  table.columns.resize(measures.size());
  // Backwards, so that nobody relies on an order which the interface doesn't promise.
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    table.subject_ids.push_back(row->first.first);
    if (scope.by_account) table.account_ids.push_back(row->first.second);
    for (size_t i = 0; i < measures.size(); ++i) {
      fake::Aggregate(measures[i], row->second[i], table.columns[i]);
    }
  }
  return table;
}

inline absl::StatusOr<std::vector<DatasetStats>> FakeStore::Stats(const std::string& dataset) {
  std::map<std::string, DatasetStats> stats;
  for (const std::string& known : known_datasets) stats[known].dataset = known;
  for (const FakeFact& fact : facts) {
    DatasetStats& of_dataset = stats[fact.dataset];
    of_dataset.dataset = fact.dataset;
    ++of_dataset.fact_count;
    ++of_dataset.version_count;
    of_dataset.watermark = std::max(of_dataset.watermark, fact.watermark);
  }
  std::vector<DatasetStats> listed;
  for (const auto& [id, of_dataset] : stats) {
    if (dataset.empty() || dataset == id) listed.push_back(of_dataset);
  }
  return listed;
}

inline absl::StatusOr<std::vector<ConfigRevision>> FakeStore::ListConfig(const std::string& kind) {
  std::vector<ConfigRevision> newest;
  for (const auto& [key, revisions] : config_) {
    if (key.first == kind && !revisions.back().deleted) newest.push_back(revisions.back());
  }
  return newest;
}

inline absl::StatusOr<std::vector<ConfigRevision>> FakeStore::ConfigHistory(const std::string& kind,
                                                                            const std::string& id) {
  const auto found = config_.find({kind, id});
  if (found == config_.end()) return absl::NotFoundError("no such document");
  return found->second;
}

inline absl::StatusOr<std::vector<ConfigRevision>> FakeStore::ConfigRevisions(
    const std::string& kind) {
  std::vector<ConfigRevision> all;
  for (const auto& [key, revisions] : config_) {
    if (key.first == kind) all.insert(all.end(), revisions.begin(), revisions.end());
  }
  return all;
}

inline absl::StatusOr<std::vector<ConfigRevision>> FakeStore::PutConfigs(
    const std::vector<ConfigWrite>& writes) {
  std::map<std::pair<std::string, std::string>, size_t> newest;
  for (const ConfigWrite& write : writes) {
    const auto known = config_.find({write.kind, write.id});
    size_t& revision =
        newest
            .try_emplace({write.kind, write.id}, known == config_.end() ? 0 : known->second.size())
            .first->second;
    if (static_cast<int64_t>(revision++) != write.expected_revision) {
      return absl::AbortedError("another revision is the newest");
    }
  }
  std::vector<ConfigRevision> written;
  for (const ConfigWrite& write : writes) {
    std::vector<ConfigRevision>& revisions = config_[{write.kind, write.id}];
    revisions.push_back({.kind = write.kind,
                         .id = write.id,
                         .revision = write.expected_revision + 1,
                         .created_at = absl::FromUnixMicros(absl::ToUnixMicros(absl::Now())),
                         .author = write.author,
                         .payload = write.payload,
                         .deleted = write.deleted});
    written.push_back(revisions.back());
  }
  return written;
}

}  // namespace keyscore::store
