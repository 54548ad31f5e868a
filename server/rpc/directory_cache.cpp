// Reads the directory datasets, and knows how long what was read stays true.
#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "rpc/directory.h"
#include "rpc/directory_rows.h"
#include "rpc/row_reader.h"

namespace keyscore::rpc {
namespace {

constexpr const char* kDatasets[] = {"manager", "account", "team", "ownership"};
// The newest state, and some that were asked for by known_time.
constexpr size_t kMaxEntries = 4;

absl::StatusOr<Directory::Spans> ReadSpans(store::Store& store, const std::string& dataset,
                                           const char* key_column, const char* end_column,
                                           const char* group_column, int64_t watermark,
                                           const store::StopFn& stop) {
  const facts::DatasetSchema& schema = DirectorySchema(dataset);
  Directory::Spans spans;
  const absl::Status status = ForEachRow(
      store, {.dataset = dataset, .watermark = watermark}, stop, [&](const store::Row& row) {
        const RowReader reader(schema, row);
        spans[reader.Text(key_column)].push_back(
            {.from = reader.Time("occurred_at").value_or(absl::InfinitePast()),
             .until = reader.Time(end_column).value_or(absl::InfiniteFuture()),
             .name = reader.Text("name"),
             .group = reader.Text(group_column)});
      });
  if (!status.ok()) return status;
  return spans;
}

absl::StatusOr<std::shared_ptr<const Directory>> ReadDirectory(store::Store& store,
                                                               int64_t watermark,
                                                               const store::StopFn& stop) {
  auto managers = ReadSpans(store, "manager", "manager_id", "left_at", "team_id", watermark, stop);
  if (!managers.ok()) return managers.status();
  auto accounts =
      ReadSpans(store, "account", "account_id", "churned_at", "segment", watermark, stop);
  if (!accounts.ok()) return accounts.status();
  auto owners = ReadSpans(store, "ownership", "account_id", "until", "manager_id", watermark, stop);
  if (!owners.ok()) return owners.status();
  const facts::DatasetSchema& team = DirectorySchema("team");
  std::map<std::string, std::string> teams;
  const absl::Status status = ForEachRow(store, {.dataset = "team", .watermark = watermark}, stop,
                                         [&](const store::Row& row) {
                                           const RowReader reader(team, row);
                                           teams[reader.Text("team_id")] = reader.Text("name");
                                         });
  if (!status.ok()) return status;
  return std::make_shared<const Directory>(*std::move(managers), *std::move(accounts),
                                           std::move(teams), *std::move(owners));
}

// The last batch that wrote to the directory.
absl::StatusOr<int64_t> LastChange(store::Store& store) {
  int64_t last = 0;
  for (const char* dataset : kDatasets) {
    const auto stats = store.Stats(dataset);
    if (!stats.ok()) return stats.status();
    for (const store::DatasetStats& of : *stats) last = std::max(last, of.watermark);
  }
  return last;
}

}  // namespace

std::shared_ptr<const Directory> DirectoryCache::Cached(int64_t watermark) {
  for (const Entry& entry : entries_) {
    if (entry.first <= watermark && watermark <= entry.last) return entry.directory;
  }
  return nullptr;
}

absl::StatusOr<std::shared_ptr<const Directory>> DirectoryCache::At(int64_t watermark,
                                                                    const store::StopFn& stop) {
  const auto idle = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return !refreshing_; };
  {
    absl::MutexLock lock(&mutex_);
    if (auto directory = Cached(watermark)) return directory;
    mutex_.Await(absl::Condition(&idle));
    if (auto directory = Cached(watermark)) return directory;
    refreshing_ = true;
  }
  const auto done = absl::MakeCleanup([this] {
    absl::MutexLock lock(&mutex_);
    refreshing_ = false;
  });
  return Refresh(watermark, stop);
}

absl::StatusOr<std::shared_ptr<const Directory>> DirectoryCache::Refresh(
    int64_t watermark, const store::StopFn& stop) {
  const absl::StatusOr<int64_t> changed = LastChange(store_);
  if (!changed.ok()) return changed.status();
  {
    absl::MutexLock lock(&mutex_);
    for (Entry& entry : entries_) {
      // Nothing was written to the directory after what the entry is known to be true of.
      if (*changed <= entry.last && watermark > entry.last) {
        entry.last = watermark;
        return entry.directory;
      }
    }
  }
  auto directory = ReadDirectory(store_, watermark, stop);
  if (!directory.ok()) return directory.status();
  absl::MutexLock lock(&mutex_);
  if (entries_.size() == kMaxEntries) {
    const auto oldest =
        std::min_element(entries_.begin(), entries_.end(),
                         [](const Entry& a, const Entry& b) { return a.last < b.last; });
    entries_.erase(oldest);
  }
  entries_.push_back({std::min(*changed, watermark), watermark, *directory});
  return *directory;
}

}  // namespace keyscore::rpc
