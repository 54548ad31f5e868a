// From chunks of texts to columns of numbers.
#include "measures/memory/loader.h"

#include <limits>
#include <utility>

namespace keyscore::measures {
namespace {

// Events of one part: large enough to be worth it, small enough that parts which are taken up free
// memory on the way.
constexpr size_t kPartEvents = 1 << 18;

template <typename T>
void AppendPicked(const std::vector<T>& from, const std::vector<uint8_t>& picked, bool all,
                  std::vector<T>& to) {
  if (all) {
    to.insert(to.end(), from.begin(), from.end());
    return;
  }
  for (size_t i = 0; i < from.size(); ++i) {
    if (picked[i] != 0) to.push_back(from[i]);
  }
}

}  // namespace

Loader::Loader(store::Store& store, Names& names, GroupPlan plan)
    : store_(store), names_(names), plan_(std::move(plan)), ordered_(plan_.shape.ordered()) {
  for (const store::EventMeasure& measure : plan_.shape.measures) {
    Names* numbers = nullptr;
    if (measure.aggregate == store::Aggregate::kCountDistinct) {
      std::unique_ptr<Names>& of_value = values_[measure.value];
      if (of_value == nullptr) of_value = std::make_unique<Names>(Names::Keep::kNumbersOnly);
      numbers = of_value.get();
    }
    values_of_.push_back(numbers);
  }
  ids_.resize(values_of_.size());
}

const std::vector<uint32_t>& Loader::Number(const store::EventChunk& chunk, size_t m) {
  const std::vector<std::string_view>& texts = chunk.measures[m].texts;
  std::vector<uint32_t>& ids = ids_[m];
  // Measures of the same values, each with a filter of its own: what one has numbered, the others
  // need not look up.
  for (size_t before = 0; before < m; ++before) {
    if (values_of_[before] != values_of_[m]) continue;
    const std::vector<std::string_view>& known = chunk.measures[before].texts;
    bool covered = true;
    for (size_t i = 0; i < texts.size() && covered; ++i) {
      covered = texts[i].empty() || texts[i].data() == known[i].data();
    }
    if (!covered) continue;
    ids = ids_[before];
    for (size_t i = 0; i < texts.size(); ++i) {
      if (texts[i].empty()) ids[i] = 0;
    }
    return ids;
  }
  values_of_[m]->Intern(texts, ids);
  return ids;
}

void Loader::Append(const store::EventChunk& chunk, const absl::flat_hash_set<NameId>* without,
                    EventBatch& batch) {
  names_.Intern(chunk.owner_ids, owners_);
  names_.Intern(chunk.account_ids, accounts_);
  std::vector<uint8_t> picked(chunk.size, 1);
  bool all = true;
  if (without != nullptr && !without->empty()) {
    for (size_t i = 0; i < chunk.size; ++i) {
      if (without->contains(accounts_[i])) picked[i] = all = false;
    }
  }
  for (size_t i = 0; i < chunk.size; ++i) {
    if (picked[i] == 0) continue;
    batch.series.push_back(SeriesKey::Of(owners_[i], accounts_[i]));
    batch.accounts.push_back(accounts_[i]);
    batch.versions.push_back(chunk.versions[i] != 0 ? chunk.versions[i] : ++last_version_);
    if (ordered_) batch.fact_ids.push_back(chunk.fact_ids[i]);
  }
  AppendPicked(chunk.times, picked, all, batch.times);
  if (plan_.shape.spans) AppendPicked(chunk.ends, picked, all, batch.ends);
  batch.measures.resize(plan_.shape.measures.size());
  for (size_t m = 0; m < chunk.measures.size(); ++m) {
    const store::EventChunk::Values& from = chunk.measures[m];
    EventBatch::Values& to = batch.measures[m];
    AppendPicked(from.hit, picked, all, to.hit);
    AppendPicked(from.valid, picked, all, to.valid);
    if (values_of_[m] != nullptr) {
      AppendPicked(Number(chunk, m), picked, all, to.ids);
    } else if (plan_.shape.measures[m].aggregate != store::Aggregate::kCount) {
      AppendPicked(from.numbers, picked, all, to.numbers);
    }
  }
}

absl::Status Loader::Scan(store::EventScan::Rows rows, int64_t after, int64_t watermark,
                          std::vector<std::string> accounts,
                          const absl::flat_hash_set<NameId>* without, size_t part_events,
                          const store::StopFn& stop, std::vector<EventBatch>& parts) {
  store::EventScan scan;
  scan.dataset = plan_.dataset;
  scan.time_column = plan_.time_column;
  scan.end_column = plan_.end_column;
  scan.measures = plan_.shape.measures;
  scan.of_accounts = plan_.of_accounts;
  scan.rows = rows;
  scan.watermark = watermark;
  scan.after = after;
  scan.account_ids = std::move(accounts);
  return store_.ScanEvents(
      scan,
      [&](const store::EventChunk& chunk) {
        if (parts.empty() || parts.back().size() + chunk.size > part_events) parts.emplace_back();
        Append(chunk, without, parts.back());
        return absl::OkStatus();
      },
      stop);
}

absl::StatusOr<std::shared_ptr<const Group>> Loader::LoadAll(int64_t watermark,
                                                             const store::StopFn& stop) {
  std::vector<EventBatch> parts;
  if (watermark > 0) {
    const absl::Status scanned =
        Scan(store::EventScan::Rows::kAll, 0, watermark, {}, nullptr, kPartEvents, stop, parts);
    if (!scanned.ok()) return scanned;
  }
  return Group::Build(plan_.shape, std::move(parts));
}

absl::StatusOr<Loader::Delta> Loader::LoadDelta(const Group& group, bool changed,
                                                const absl::flat_hash_set<NameId>& anew,
                                                int64_t after, int64_t watermark,
                                                const store::StopFn& stop) {
  using Rows = store::EventScan::Rows;
  Delta delta;
  std::vector<EventBatch> parts(1);
  // One part, however large: a delta is far smaller than a group.
  const auto scan = [&](Rows rows, std::vector<std::string> accounts,
                        const absl::flat_hash_set<NameId>* without) {
    return Scan(rows, after, watermark, std::move(accounts), without,
                std::numeric_limits<size_t>::max(), stop, parts);
  };
  if (changed && after > 0) {
    absl::Status status = scan(Rows::kRemoved, {}, &anew);
    if (!status.ok()) return status;
    const EventBatch& gone = parts.front();
    for (size_t i = 0; i < gone.size(); ++i) {
      delta.removed.push_back({gone.series[i], gone.times[i], gone.versions[i]});
    }
    delta.accounts = gone.accounts;
    parts.assign(1, {});
  }
  if (changed) {
    absl::Status status = scan(Rows::kAdded, {}, &anew);
    if (!status.ok()) return status;
  }
  if (!anew.empty()) {
    const std::vector<NameId> ids(anew.begin(), anew.end());
    for (const NameId id : ids) {
      const std::vector<EventKey> events = group.EventsOf(id);
      delta.removed.insert(delta.removed.end(), events.begin(), events.end());
    }
    delta.accounts.insert(delta.accounts.end(), ids.begin(), ids.end());
    std::vector<std::string> accounts;
    for (const std::string_view text : names_.TextsOf(ids)) accounts.emplace_back(text);
    absl::Status status = scan(Rows::kOfAccounts, std::move(accounts), nullptr);
    if (!status.ok()) return status;
  }
  delta.added = std::move(parts.front());
  delta.accounts.insert(delta.accounts.end(), delta.added.accounts.begin(),
                        delta.added.accounts.end());
  return delta;
}

int64_t Loader::bytes() const {
  int64_t bytes = 0;
  for (const auto& [value, numbers] : values_) bytes += numbers->bytes();
  return bytes;
}

}  // namespace keyscore::measures
