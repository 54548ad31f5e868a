// Sends each measure where it can be answered, and puts the answers together.
#include "measures/memory/memory_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "measures/at_once.h"
#include "measures/memory/table_merge.h"

namespace keyscore::measures {
namespace {

int64_t Micros(absl::Time time) {
  if (time == absl::InfinitePast()) return std::numeric_limits<int64_t>::min();
  if (time == absl::InfiniteFuture()) return std::numeric_limits<int64_t>::max();
  return absl::ToUnixMicros(time);
}

int64_t At(const std::shared_ptr<const std::vector<int64_t>>& changed, NameId id) {
  return changed == nullptr || id >= changed->size() ? 0 : (*changed)[id];
}

// Cells that are worth a further thread, and subjects that one takes at a time.
constexpr size_t kWorthHelp = 50'000;
constexpr size_t kPart = 128;

// A team's own row is its own, not its managers'; who all managers are, is for the engine to say.
bool IsEngines(const store::ResolvedMeasure& measure, const store::Scope& scope) {
  return (scope.kind == store::SubjectKind::kTeam && measure.dataset == "team") ||
         (scope.kind == store::SubjectKind::kManager && scope.subject_ids.empty());
}

}  // namespace

int64_t MemorySource::ChangedAt(store::SubjectKind kind, const std::string& id) const {
  int64_t changed = state_->all_changed;
  switch (kind) {
    case store::SubjectKind::kManager:
      return std::max(changed, At(state_->managers_changed, shared_.names.Find(id)));
    case store::SubjectKind::kAccount:
      return std::max(changed, At(state_->accounts_changed, shared_.names.Find(id)));
    case store::SubjectKind::kTeam: {
      changed = std::max(changed, state_->teams_changed);
      const auto managers = state_->teams->managers_of.find(id);
      if (managers == state_->teams->managers_of.end()) return changed;
      for (const NameId manager : managers->second) {
        changed = std::max(changed, At(state_->managers_changed, manager));
      }
      return changed;
    }
    case store::SubjectKind::kOrganization:
      break;
  }
  return state_->watermark;
}

absl::StatusOr<std::vector<store::DatasetStats>> MemorySource::Stats(const std::string& dataset) {
  if (dataset.empty()) return state_->stats;
  for (const store::DatasetStats& stats : state_->stats) {
    if (stats.dataset == dataset) return std::vector{stats};
  }
  return absl::NotFoundError(fmt::format("there is no dataset '{}'", dataset));
}

absl::StatusOr<store::MeasureTable> MemorySource::Measure(
    const std::vector<store::ResolvedMeasure>& measures, const store::Scope& scope,
    int64_t watermark, const store::StopFn& stop) {
  if (watermark != 0 && watermark != state_->watermark) {
    shared_.from_engine += static_cast<int64_t>(measures.size());
    return shared_.store.Measure(measures, scope, watermark, stop);
  }
  std::vector<store::Aggregate> in_memory;
  std::vector<store::ResolvedMeasure> in_engine;
  PlacedTable of_memory, of_engine;
  std::vector<std::vector<AskedMeasure>> by_group(state_->groups.size());
  for (size_t i = 0; i < measures.size(); ++i) {
    const store::ResolvedMeasure& measure = measures[i];
    std::optional<Routes::Route> route;
    if (!IsEngines(measure, scope)) {
      route = state_->routes->Find(measure, scope.kind == store::SubjectKind::kAccount);
    }
    if (!route || state_->groups[route->group] == nullptr) {
      of_engine.places.push_back(i);
      in_engine.push_back(measure);
      continue;
    }
    by_group[route->group].push_back({.measure = route->measure,
                                      .column = of_memory.places.size(),
                                      .window = measure.window,
                                      .from = Micros(measure.from),
                                      .to = Micros(measure.to)});
    of_memory.places.push_back(i);
    in_memory.push_back(measure.aggregate);
  }
  shared_.from_memory += static_cast<int64_t>(in_memory.size());
  shared_.from_engine += static_cast<int64_t>(in_engine.size());

  std::vector<PlacedTable> tables;
  if (!in_engine.empty()) {
    auto table = shared_.tables.Measure(in_engine, scope, *this, stop);
    if (!table.ok()) return table.status();
    of_engine.table = *std::move(table);
    tables.push_back(std::move(of_engine));
  }
  if (!of_memory.places.empty() || tables.empty()) {
    of_memory.table = Collect(in_memory, by_group, scope);
    tables.push_back(std::move(of_memory));
  }
  return MergeTables(measures, std::move(tables), state_->watermark);
}

MemorySource::Subjects MemorySource::SubjectsOf(const store::Scope& scope) const {
  Subjects subjects;
  if (scope.kind == store::SubjectKind::kOrganization) {
    subjects.ids = {""};
    AskedSubject& all = subjects.asked.emplace_back();
    all.all = true;
    all.by_account = scope.by_account;
    return subjects;
  }
  subjects.ids = scope.subject_ids;
  if (subjects.ids.empty() && scope.kind == store::SubjectKind::kTeam) {
    for (const auto& [team, managers] : state_->teams->managers_of) subjects.ids.push_back(team);
  }
  std::sort(subjects.ids.begin(), subjects.ids.end());
  subjects.ids.erase(std::unique(subjects.ids.begin(), subjects.ids.end()), subjects.ids.end());
  subjects.series.resize(subjects.ids.size());
  for (size_t s = 0; s < subjects.ids.size(); ++s) {
    AskedSubject asked;
    asked.subject = static_cast<uint32_t>(s);
    asked.by_account = scope.by_account;
    std::vector<SeriesKey>& series = subjects.series[s];
    if (scope.kind == store::SubjectKind::kTeam) {
      const auto managers = state_->teams->managers_of.find(subjects.ids[s]);
      if (managers == state_->teams->managers_of.end()) continue;
      for (const NameId manager : managers->second) series.push_back(SeriesKey::OfOwner(manager));
    } else {
      const NameId name = shared_.names.Find(subjects.ids[s]);
      if (name == 0) continue;
      if (scope.kind == store::SubjectKind::kManager) {
        series.push_back(SeriesKey::OfOwner(name));
      } else {  // the series that hold the account's events are each group's own
        asked.only_account = true;
        asked.account = name;
        asked.by_account = false;
      }
    }
    asked.series = series;
    subjects.asked.push_back(asked);
  }
  return subjects;
}

store::MeasureTable MemorySource::Collect(const std::vector<store::Aggregate>& aggregates,
                                          const std::vector<std::vector<AskedMeasure>>& by_group,
                                          const store::Scope& scope) const {
  const Subjects subjects = SubjectsOf(scope);
  const absl::Span<const AskedSubject> asked = subjects.asked;
  const bool large = asked.size() * aggregates.size() >= kWorthHelp;
  const size_t part = large ? kPart : std::max<size_t>(asked.size(), 1);
  std::vector<store::MeasureTable> tables((asked.size() + part - 1) / part);
  if (tables.size() <= 1) return CollectOf(aggregates, by_group, subjects, asked, scope);
  ForEachAtOnce(tables.size(), /*helped=*/true, [&](size_t i) {
    tables[i] = CollectOf(aggregates, by_group, subjects, asked.subspan(i * part, part), scope);
  });
  // Subjects come in order of id, so the parts' rows do.
  store::MeasureTable whole = std::move(tables.front());
  for (size_t i = 1; i < tables.size(); ++i) Append(std::move(tables[i]), whole);
  return whole;
}

store::MeasureTable MemorySource::CollectOf(const std::vector<store::Aggregate>& aggregates,
                                            const std::vector<std::vector<AskedMeasure>>& by_group,
                                            const Subjects& subjects,
                                            absl::Span<const AskedSubject> asked,
                                            const store::Scope& scope) const {
  CellTable cells(aggregates);
  const bool all_accounts = scope.kind == store::SubjectKind::kAccount && scope.subject_ids.empty();
  for (size_t g = 0; g < by_group.size(); ++g) {
    if (by_group[g].empty()) continue;
    const Group& group = *state_->groups[g];
    if (all_accounts) {
      AskedSubject all;
      all.all = true;
      all.by_account = true;
      group.Collect(by_group[g], all, cells);
      continue;
    }
    for (const AskedSubject& subject : asked) {
      if (!subject.only_account) {
        group.Collect(by_group[g], subject, cells);
        continue;
      }
      AskedSubject of_account = subject;
      const std::vector<SeriesKey> series = group.SeriesOf(subject.account);
      of_account.series = series;
      group.Collect(by_group[g], of_account, cells);
    }
  }
  return ToTable(cells, aggregates.size(), subjects, scope);
}

store::MeasureTable MemorySource::ToTable(CellTable& cells, size_t columns,
                                          const Subjects& subjects,
                                          const store::Scope& scope) const {
  const auto& rows = cells.rows();
  const bool accounts = scope.kind == store::SubjectKind::kAccount;
  const bool by_account = scope.by_account || accounts;
  std::vector<std::string_view> names;
  if (by_account) {
    std::vector<NameId> ids;
    ids.reserve(rows.size());
    for (const auto& row : rows) ids.push_back(row.second);
    names = shared_.names.TextsOf(ids);
  }
  std::vector<std::string_view> subject_ids(rows.size());
  if (accounts) {
    subject_ids = names;
  } else {
    for (size_t row = 0; row < rows.size(); ++row) subject_ids[row] = subjects.ids[rows[row].first];
  }

  std::vector<size_t> order(rows.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const auto comes_first = [&](size_t a, size_t b) {
    if (subject_ids[a] != subject_ids[b]) return subject_ids[a] < subject_ids[b];
    return by_account && names[a] < names[b];
  };
  const bool sorted = std::is_sorted(order.begin(), order.end(), comes_first);
  if (!sorted) std::sort(order.begin(), order.end(), comes_first);

  store::MeasureTable table;
  table.watermark = state_->watermark;
  table.subject_ids.reserve(rows.size());
  for (const size_t row : order) {
    table.subject_ids.emplace_back(subject_ids[row]);
    if (by_account) table.account_ids.emplace_back(names[row]);
  }
  for (size_t c = 0; c < columns; ++c) {
    store::MeasureColumn column = cells.Take(c);
    table.columns.push_back(sorted ? std::move(column) : InOrder(std::move(column), order));
  }
  return table;
}

}  // namespace keyscore::measures
