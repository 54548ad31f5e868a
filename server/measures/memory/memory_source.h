// A pinned state of the measures in memory, with the engine for what is not in them.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "measures/memory/engine_tables.h"
#include "measures/memory/names.h"
#include "measures/memory/state.h"
#include "measures/source.h"

namespace keyscore::measures {

// What all states share; outlives them.
struct MemoryShared {
  explicit MemoryShared(store::Store& of) : store(of), tables(of) {}

  store::Store& store;
  Names names;
  EngineTables tables;
  std::atomic<int64_t> from_memory = 0;
  std::atomic<int64_t> from_engine = 0;
};

class MemorySource final : public Source {
 public:
  MemorySource(MemoryShared& shared, std::shared_ptr<const MemoryState> state)
      : shared_(shared), state_(std::move(state)) {}

  absl::StatusOr<store::MeasureTable> Measure(const std::vector<store::ResolvedMeasure>& measures,
                                              const store::Scope& scope, int64_t watermark,
                                              const store::StopFn& stop) override;
  absl::StatusOr<std::vector<store::DatasetStats>> Stats(const std::string& dataset) override;
  absl::StatusOr<int64_t> Watermark() override { return state_->watermark; }
  int64_t watermark() const override { return state_->watermark; }
  int64_t ChangedAt(store::SubjectKind kind, const std::string& id) const override;

 private:
  // Subjects and where their events stand.
  struct Subjects {
    std::vector<std::string> ids;
    std::vector<AskedSubject> asked;
    std::vector<std::vector<SeriesKey>> series;  // what `asked` points into
  };

  Subjects SubjectsOf(const store::Scope& scope) const;
  // Of the measures in memory, by group.
  store::MeasureTable Collect(const std::vector<store::Aggregate>& aggregates,
                              const std::vector<std::vector<AskedMeasure>>& by_group,
                              const store::Scope& scope) const;
  // The same for some of the subjects.
  store::MeasureTable CollectOf(const std::vector<store::Aggregate>& aggregates,
                                const std::vector<std::vector<AskedMeasure>>& by_group,
                                const Subjects& subjects, absl::Span<const AskedSubject> asked,
                                const store::Scope& scope) const;
  store::MeasureTable ToTable(CellTable& cells, size_t columns, const Subjects& subjects,
                              const store::Scope& scope) const;

  MemoryShared& shared_;
  const std::shared_ptr<const MemoryState> state_;
};

}  // namespace keyscore::measures
