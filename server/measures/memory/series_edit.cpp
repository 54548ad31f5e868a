// Finds the leaves into which a change falls, and cuts what becomes of them into leaves again.
#include "measures/memory/series_edit.h"

#include <fmt/format.h>

#include <algorithm>
#include <list>
#include <memory>
#include <string>
#include <utility>

#include "measures/memory/branch.h"

namespace keyscore::measures {
namespace {

using Rows = absl::Span<const uint64_t* const>;

// A leaf with fewer events looks for a neighbour to join …
constexpr size_t kSmall = Leaf::kMostEvents / 4;
// … that leaves room for more.
constexpr size_t kRoomy = Leaf::kMostEvents - kSmall;

NodePtr Join(const Layout& layout, std::vector<LeafPtr> leaves) {
  if (leaves.empty()) return nullptr;
  if (leaves.size() == 1) return leaves.front();
  return NodePtr(new Branch(layout, std::move(leaves)));
}

void CutEvenly(LeafBuilder& builder, Rows rows, std::vector<LeafPtr>& leaves) {
  const size_t count = (rows.size() + Leaf::kMostEvents - 1) / Leaf::kMostEvents;
  for (size_t i = 0; i < count; ++i) {
    const size_t from = rows.size() * i / count, to = rows.size() * (i + 1) / count;
    leaves.push_back(builder.Build(rows.subspan(from, to - from)));
  }
}

class SeriesEditor {
 public:
  SeriesEditor(const Layout& layout, LeafBuilder& builder, const Node* series)
      : layout_(layout), builder_(builder) {
    if (series == nullptr) return;
    for (LeafPtr& leaf : LeavesOf(*series)) parts_.push_back({.leaf = std::move(leaf)});
  }

  absl::Status Remove(const EventKey& key) {
    for (size_t p = PartOf(key.time); p < parts_.size(); ++p) {
      Part& part = parts_[p];
      const Leaf& leaf = *part.leaf;
      for (size_t i = leaf.LowerBound(key.time); i < leaf.size(); ++i) {
        if (leaf.Time(i) != key.time) return NotFound(key);
        if (leaf.Version(i) != key.version || part.IsRemoved(i)) continue;
        part.removed.resize(leaf.size());
        part.removed[i] = true;
        return absl::OkStatus();
      }
    }
    return NotFound(key);
  }

  void Add(Rows rows) {
    if (parts_.empty() && !rows.empty()) {
      parts_.emplace_back().added.assign(rows.begin(), rows.end());
      return;
    }
    for (const uint64_t* row : rows) {
      // The last part that does not start after the row.
      size_t p = PartOf(Layout::Time(row));
      while (p + 1 < parts_.size() && !StartsAfter(*parts_[p + 1].leaf, row)) ++p;
      parts_[p].added.push_back(row);
    }
  }

  NodePtr Finish() {
    const bool at_the_end = !parts_.empty() && AppendsOnly(parts_.back());
    for (Part& part : parts_) {
      if (part.IsChanged()) Merge(part);
    }
    JoinSmall();
    std::vector<LeafPtr> leaves;
    for (size_t p = 0; p < parts_.size(); ++p) {
      const Part& part = parts_[p];
      if (part.leaf != nullptr) {
        leaves.push_back(part.leaf);
        continue;
      }
      // Time goes on: what follows the last leaf fills it before there is another.
      Rows rows = part.rows;
      for (; p + 1 == parts_.size() && at_the_end && rows.size() > Leaf::kMostEvents;
           rows.remove_prefix(Leaf::kMostEvents)) {
        leaves.push_back(builder_.Build(rows.first(Leaf::kMostEvents)));
      }
      CutEvenly(builder_, rows, leaves);
    }
    return Join(layout_, std::move(leaves));
  }

 private:
  // A leaf, until a change makes it rows.
  struct Part {
    LeafPtr leaf;
    std::vector<bool> removed;  // empty = none
    std::vector<const uint64_t*> added;
    std::vector<const uint64_t*> rows;  // where there is no leaf

    bool IsChanged() const { return leaf == nullptr || !removed.empty() || !added.empty(); }
    bool IsRemoved(size_t i) const { return !removed.empty() && removed[i]; }
    size_t size() const { return leaf != nullptr ? leaf->size() : rows.size(); }
  };

  static absl::Status NotFound(const EventKey& key) {
    return absl::NotFoundError(
        fmt::format("there is no event of version {} at {} in the series", key.version, key.time));
  }

  // The last part that starts before this time, or the first.
  size_t PartOf(int64_t time) const {
    const auto after = std::partition_point(parts_.begin(), parts_.end(), [time](const Part& part) {
      return part.leaf->Time(0) < time;
    });
    return after == parts_.begin() ? 0 : static_cast<size_t>(after - parts_.begin()) - 1;
  }

  // Whether the row comes before the leaf's first event.
  bool StartsAfter(const Leaf& leaf, const uint64_t* row) const {
    if (leaf.Time(0) != Layout::Time(row)) return leaf.Time(0) > Layout::Time(row);
    if (layout_.ordered()) {
      std::string fact_id;
      leaf.GetFactId(0, fact_id);
      if (const int order = layout_.FactId(row).compare(fact_id); order != 0) return order < 0;
    }
    return Layout::Version(row) < leaf.Version(0);
  }

  static bool AppendsOnly(const Part& part) {
    return part.leaf == nullptr || part.added.empty() ||
           Layout::Time(part.added.front()) >= part.leaf->Time(part.leaf->size() - 1);
  }

  std::vector<const uint64_t*> RowsOf(const Leaf& leaf) {
    const size_t stride = layout_.stride();
    std::vector<uint64_t>& words = words_.emplace_back(leaf.size() * stride);
    std::string& texts = texts_.emplace_back();
    if (layout_.ordered()) texts.reserve(leaf.fact_id_bytes());
    leaf.WriteRows(layout_, words.data(), texts);
    std::vector<const uint64_t*> rows;
    rows.reserve(leaf.size());
    for (size_t i = 0; i < leaf.size(); ++i) rows.push_back(words.data() + i * stride);
    return rows;
  }

  void Merge(Part& part) {
    std::vector<const uint64_t*> kept;
    if (part.leaf != nullptr) {
      const std::vector<const uint64_t*> rows = RowsOf(*part.leaf);
      for (size_t i = 0; i < rows.size(); ++i) {
        if (!part.IsRemoved(i)) kept.push_back(rows[i]);
      }
    }
    part.leaf = nullptr;
    part.rows.resize(kept.size() + part.added.size());
    std::merge(kept.begin(), kept.end(), part.added.begin(), part.added.end(), part.rows.begin(),
               [this](const uint64_t* a, const uint64_t* b) { return layout_.Before(a, b); });
  }

  // Drops parts that became empty; those that became small join the one before or after.
  void JoinSmall() {
    parts_.erase(std::remove_if(parts_.begin(), parts_.end(),
                                [](const Part& part) { return part.size() == 0; }),
                 parts_.end());
    for (size_t p = 0; p < parts_.size();) {
      if (parts_[p].leaf != nullptr || parts_[p].size() >= kSmall) {
        ++p;
      } else if (p > 0 && parts_[p - 1].size() + parts_[p].size() <= kRoomy) {
        JoinNext(--p);
      } else if (p + 1 < parts_.size() && parts_[p].size() + parts_[p + 1].size() <= kRoomy) {
        JoinNext(p);
      } else {
        ++p;
      }
    }
  }

  void JoinNext(size_t p) {
    for (Part* part : {&parts_[p], &parts_[p + 1]}) {
      if (part->leaf != nullptr) part->rows = RowsOf(*std::exchange(part->leaf, nullptr));
    }
    parts_[p].rows.insert(parts_[p].rows.end(), parts_[p + 1].rows.begin(),
                          parts_[p + 1].rows.end());
    parts_.erase(parts_.begin() + static_cast<std::ptrdiff_t>(p) + 1);
  }

  const Layout& layout_;
  LeafBuilder& builder_;
  std::vector<Part> parts_;
  std::list<std::vector<uint64_t>> words_;  // of rows that were leaves
  std::list<std::string> texts_;
};

}  // namespace

NodePtr MakeSeries(const Layout& layout, LeafBuilder& builder, Rows rows) {
  std::vector<LeafPtr> leaves;
  leaves.reserve((rows.size() + Leaf::kMostEvents - 1) / Leaf::kMostEvents);
  CutEvenly(builder, rows, leaves);
  return Join(layout, std::move(leaves));
}

absl::StatusOr<NodePtr> EditSeries(const Layout& layout, LeafBuilder& builder, const Node* series,
                                   absl::Span<const EventKey> removed, Rows added) {
  SeriesEditor editor(layout, builder, series);
  for (const EventKey& key : removed) {
    if (absl::Status status = editor.Remove(key); !status.ok()) return status;
  }
  editor.Add(added);
  return editor.Finish();
}

std::vector<LeafPtr> LeavesOf(const Node& series) {
  if (series.is_leaf()) return {LeafPtr(static_cast<const Leaf*>(&series))};
  return static_cast<const Branch&>(series).leaves();
}

size_t EventsOf(const Node& series) {
  return series.is_leaf() ? static_cast<const Leaf&>(series).size()
                          : static_cast<const Branch&>(series).events();
}

int64_t BytesOf(const Node& series) {
  return series.is_leaf() ? static_cast<const Leaf&>(series).bytes()
                          : static_cast<const Branch&>(series).bytes();
}

}  // namespace keyscore::measures
