// Applies changes to groups, finds events, and sends questions to the series they concern.
#include "measures/memory/group.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "measures/memory/branch.h"
#include "measures/memory/collect.h"
#include "measures/memory/layout.h"
#include "measures/memory/series_edit.h"

namespace keyscore::measures {
namespace {

constexpr int64_t kMicrosPerDay = 86'400'000'000;

int64_t DayOf(int64_t time) { return time / kMicrosPerDay - (time % kMicrosPerDay < 0 ? 1 : 0); }

template <typename Visit>
void VisitLeaves(const Node& series, Visit visit) {
  if (series.is_leaf()) {
    visit(static_cast<const Leaf&>(series));
    return;
  }
  for (const LeafPtr& leaf : static_cast<const Branch&>(series).leaves()) visit(*leaf);
}

// Asks for the lines that are read first.
void Prefetch(const Node& series) {
  const char* memory = reinterpret_cast<const char*>(&series);
  for (size_t at = 0; at < 512; at += 64) __builtin_prefetch(memory + at);
}

// What changes in one series.
struct Change {
  std::vector<EventKey> removed;
  std::vector<const uint64_t*> added;
};

absl::btree_set<NameId> AccountsOf(const Node* series) {
  absl::btree_set<NameId> accounts;
  if (series == nullptr) return accounts;
  VisitLeaves(*series, [&](const Leaf& leaf) {
    for (size_t code = 0; code < leaf.accounts(); ++code) accounts.insert(leaf.Account(code));
  });
  accounts.erase(0);
  return accounts;
}

}  // namespace

Group::Group(std::shared_ptr<const Layout> layout, Series series, Accounts accounts,
             int64_t event_count, int64_t series_bytes)
    : layout_(std::move(layout)),
      series_(std::move(series)),
      accounts_(std::move(accounts)),
      event_count_(event_count),
      series_bytes_(series_bytes),
      bytes_(Allocated(sizeof(Group)) + series_bytes_ + series_.bytes() + accounts_.bytes()) {}

absl::StatusOr<std::shared_ptr<const Group>> Group::Apply(
    const EventBatch& added, const std::vector<EventKey>& removed) const {
  const Layout& layout = *layout_;
  absl::btree_map<SeriesKey, Change> changes;
  for (const EventKey& key : removed) changes[key.series].removed.push_back(key);
  std::vector<uint64_t> rows(added.size() * layout.stride());
  if (added.size() > 0) layout.WriteRows(added, 0, added.size(), rows.data());
  for (size_t i = 0; i < added.size(); ++i) {
    changes[added.series[i]].added.push_back(rows.data() + i * layout.stride());
  }

  LeafBuilder builder(layout);
  std::vector<Series::Edit> series_edits;
  absl::btree_map<std::pair<NameId, SeriesKey>, bool> account_edits;  // whether it is there
  int64_t event_count = event_count_, series_bytes = series_bytes_;
  for (auto& [key, change] : changes) {
    std::sort(change.added.begin(), change.added.end(),
              [&](const uint64_t* a, const uint64_t* b) { return layout.Before(a, b); });
    const NodePtr* found = series_.Find(key);
    const Node* before = found == nullptr ? nullptr : found->get();
    absl::StatusOr<NodePtr> after =
        EditSeries(layout, builder, before, change.removed, change.added);
    if (!after.ok()) return after.status();
    event_count += static_cast<int64_t>(change.added.size());
    event_count -= static_cast<int64_t>(change.removed.size());
    if (before != nullptr) series_bytes -= BytesOf(*before);
    if (*after != nullptr) series_bytes += BytesOf(**after);

    if (!change.removed.empty()) {
      const absl::btree_set<NameId> accounts = AccountsOf(after->get());
      for (const NameId account : AccountsOf(before)) {
        if (!accounts.contains(account)) account_edits[{account, key}] = false;
      }
    }
    for (const uint64_t* row : change.added) {
      const NameId account = Layout::Account(row);
      if (account != 0) account_edits[{account, key}] = true;
    }
    if (before == nullptr && *after == nullptr) continue;
    series_edits.emplace_back(
        key, *after == nullptr ? std::nullopt : std::optional<NodePtr>(*std::move(after)));
  }
  std::vector<Accounts::Edit> edits;
  for (const auto& [key, there] : account_edits) {
    if (there == (accounts_.Find(key) != nullptr)) continue;
    edits.emplace_back(key, there ? std::optional<Nothing>(Nothing()) : std::nullopt);
  }
  return std::shared_ptr<const Group>(new Group(layout_, series_.With(std::move(series_edits)),
                                                accounts_.With(std::move(edits)), event_count,
                                                series_bytes));
}

std::vector<SeriesKey> Group::SeriesOf(NameId account) const {
  std::vector<SeriesKey> series;
  if (account == 0) return series;
  accounts_.VisitFrom({account, SeriesKey::OfOwner(0)}, [&](const auto& key, const Nothing&) {
    if (key.first != account) return false;
    series.push_back(key.second);
    return true;
  });
  return series;
}

std::vector<EventKey> Group::EventsOf(NameId account) const {
  std::vector<EventKey> events;
  for (const SeriesKey key : SeriesOf(account)) {
    VisitLeaves(**series_.Find(key), [&](const Leaf& leaf) {
      const std::optional<size_t> code = leaf.FindAccount(account);
      if (!code) return;
      for (size_t i = 0; i < leaf.size(); ++i) {
        if (leaf.AccountCode(i) == *code) events.push_back({key, leaf.Time(i), leaf.Version(i)});
      }
    });
  }
  return events;
}

void Group::Collect(absl::Span<const AskedMeasure> asked, const AskedSubject& subject,
                    CellTable& table) const {
  Collector collector(*layout_, asked, subject, table);
  if (subject.all) {
    series_.VisitPages([&](const auto&, const std::vector<NodePtr>& series) {
      for (size_t i = 0; i < series.size(); ++i) {
        if (i + 4 < series.size()) Prefetch(*series[i + 4]);
        collector.Add(*series[i]);
      }
    });
  } else {
    for (const SeriesKey key : subject.series) {
      if (const NodePtr* series = series_.Find(key); series != nullptr) collector.Add(**series);
    }
  }
  collector.Finish();
}

const GroupShape& Group::shape() const { return layout_->shape(); }

int64_t Group::CountSeriesDays() const {
  int64_t days = 0;
  std::vector<std::optional<int64_t>> last(layout_->measures().size());
  std::vector<int64_t> day_of;
  series_.VisitPages([&](const auto&, const std::vector<NodePtr>& series) {
    for (const NodePtr& one : series) {
      std::fill(last.begin(), last.end(), std::nullopt);
      VisitLeaves(*one, [&](const Leaf& leaf) {
        day_of.clear();
        for (size_t i = 0; i < leaf.size(); ++i) day_of.push_back(DayOf(leaf.Time(i)));
        for (size_t m = 0; m < last.size(); ++m) {
          for (size_t block = 0; block < leaf.blocks(); ++block) {
            ForEachBit(leaf.Word(leaf.column(m).hits, block), block * 64, [&](size_t i) {
              if (last[m] == day_of[i]) return;
              last[m] = day_of[i];
              ++days;
            });
          }
        }
      });
    }
  });
  return days;
}

}  // namespace keyscore::measures
