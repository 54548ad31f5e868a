// Windows over series: ranges by rank and cumulative sum where all events go to one row.
#include "measures/memory/collect.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace keyscore::measures {
namespace {

using store::Aggregate;
using store::WindowKind;

// Sets seen[code] for the leaf's values that its valid events [from, to) by rank have.
void MarkSeen(const Leaf& leaf, const Leaf::Column& column, size_t from, size_t to, uint8_t* seen) {
  std::fill_n(seen, column.count, uint8_t{0});
  for (size_t i = from; i < to; ++i) seen[leaf.CodeAt(column, i)] = 1;
}

int64_t CountIds(const Leaf& leaf, const Leaf::Column& column, size_t from, size_t to) {
  if (to - from == 1) return 1;
  uint8_t seen[Leaf::kMostEvents];
  MarkSeen(leaf, column, from, to, seen);
  return std::accumulate(seen, seen + column.count, int64_t{0});
}

}  // namespace

Collector::Collector(const Layout& layout, absl::Span<const AskedMeasure> asked,
                     const AskedSubject& subject, CellTable& table)
    : layout_(layout), subject_(subject), table_(table), scratch_(table.scratch()) {
  scratch_.window_count = 0;
  for (const AskedMeasure& one : asked) {
    const bool at = one.window == WindowKind::kAt;
    size_t w = 0;
    while (w < scratch_.window_count &&
           (scratch_.windows[w].kind != one.window || scratch_.windows[w].from != one.from ||
            (!at && scratch_.windows[w].to != one.to))) {
      ++w;
    }
    if (w == scratch_.window_count) {
      if (++scratch_.window_count > scratch_.windows.size()) scratch_.windows.emplace_back();
      Window& window = scratch_.windows[w];
      window.kind = one.window;
      window.from = one.from;
      window.to = one.to;
      window.asked.clear();
    }
    Asked planned;
    planned.measure = one.measure;
    planned.of = &layout.measures()[one.measure];
    planned.column = &table.column(one.column);
    if (planned.of->aggregate == Aggregate::kCountDistinct) planned.set = sets_++;
    // Behind the last of its filter.
    std::vector<Asked>& list = scratch_.windows[w].asked;
    auto at_place = list.end();
    while (at_place != list.begin() && (at_place - 1)->of->hit_class != planned.of->hit_class) {
      --at_place;
    }
    list.insert(at_place == list.begin() ? list.end() : at_place, planned);
  }
  if (scratch_.sets.size() < sets_) {
    scratch_.sets.resize(sets_);
    scratch_.pairs.resize(sets_);
  }
}

uint32_t Collector::Row() {
  if (row_ == kNoRow) {
    row_ = static_cast<uint32_t>(
        table_.Row(subject_.subject, subject_.only_account ? subject_.account : 0));
  }
  return row_;
}

void Collector::Add(const Node& series) {
  for (size_t w = 0; w < scratch_.window_count; ++w) {
    const Window& window = scratch_.windows[w];
    const bool whole =
        window.kind == WindowKind::kBetween && !subject_.by_account && !subject_.only_account;
    if (series.is_leaf()) {
      const auto& leaf = static_cast<const Leaf&>(series);
      if (whole) {
        AddWhole(leaf, window);
      } else {
        AddPicked(leaf, window);
      }
      continue;
    }
    const auto& branch = static_cast<const Branch&>(series);
    if (whole) {
      AddWhole(branch, window);
      continue;
    }
    size_t first = 0, last = branch.size() - 1;
    if (window.kind == WindowKind::kBetween) {
      if (window.from != kOpenFrom) {
        first = branch.LowerBound(window.from).leaf;
      }
      if (window.to != kOpenTo) last = branch.LowerBound(window.to).leaf;
    } else if (window.from != kOpenTo) {
      last = branch.LowerBound(window.from + 1).leaf;
    }
    for (size_t i = first; i <= last; ++i) AddPicked(branch.leaf(i), window);
  }
}

void Collector::AddWhole(const Leaf& leaf, const Window& window) {
  const size_t from = window.from == kOpenFrom ? 0 : leaf.LowerBound(window.from);
  const size_t to = window.to == kOpenTo ? leaf.size() : leaf.LowerBound(window.to);
  AddRange(leaf, from, to, window);
}

void Collector::AddWhole(const Branch& branch, const Window& window) {
  const Place from = window.from == kOpenFrom ? Place{0, 0} : branch.LowerBound(window.from);
  const Place to = window.to == kOpenTo ? branch.End() : branch.LowerBound(window.to);
  if (from.leaf == to.leaf) {
    AddRange(branch.leaf(from.leaf), from.position, to.position, window);
  } else if (from.leaf < to.leaf) {
    AddRange(branch, from, to, window);
  }
}

void Collector::AddRange(const Leaf& leaf, size_t from, size_t to, const Window& window) {
  if (from >= to) return;
  const bool alone = !subject_.all && subject_.series.size() == 1;  // nothing joins the leaf
  size_t known = ~size_t{0};  // the bitmap of which the following is known
  size_t hits_from = 0, hits_to = 0;
  int64_t newest = 0;
  for (const Asked& asked : window.asked) {
    const Leaf::Column& column = leaf.column(asked.measure);
    if (column.hits != known) {
      known = column.hits;
      hits_from = leaf.Rank(column.hits, from);
      hits_to = leaf.Rank(column.hits, to);
      if (hits_from < hits_to) newest = leaf.Time(leaf.LastBefore(column.hits, to));
    }
    if (hits_from == hits_to) continue;
    const auto count = static_cast<int64_t>(hits_to - hits_from);
    asked.column->AddFacts(Row(), count, newest);
    if (asked.of->by_hits) {
      asked.column->AddCount(row_, count);
      continue;
    }
    const bool all_valid = column.valids == column.hits;
    const size_t first = all_valid ? hits_from : leaf.Rank(column.valids, from);
    const size_t last = all_valid ? hits_to : leaf.Rank(column.valids, to);
    if (first == last) continue;
    switch (asked.of->aggregate) {
      case Aggregate::kCount:
        asked.column->AddCount(row_, static_cast<int64_t>(last - first));
        break;
      case Aggregate::kSum:
        if (column.encoding != Encoding::kOddDouble) {
          asked.column->AddSum(row_, leaf.SumBetween(column, first, last));
          break;
        }
        AddValues(leaf, from, to, asked);
        break;
      case Aggregate::kCountDistinct:
        if (alone) {
          asked.column->AddCount(row_, CountIds(leaf, column, first, last));
        } else {
          AddIds(leaf, first, last, asked);
        }
        break;
      default:
        AddValues(leaf, from, to, asked);
    }
  }
}

// The valid events of a leaf's range.
void Collector::AddValues(const Leaf& leaf, size_t from, size_t to, const Asked& asked) {
  const Leaf::Column& column = leaf.column(asked.measure);
  const size_t first = leaf.Rank(column.valids, from);
  const size_t last = leaf.Rank(column.valids, to);
  if (first == last) return;
  switch (asked.of->aggregate) {
    case Aggregate::kSum:
      if (column.encoding != Encoding::kOddDouble) {
        asked.column->AddSum(row_, leaf.SumBetween(column, first, last));
        break;
      }
      for (size_t i = first; i < last; ++i) asked.column->AddOdd(row_, leaf.NumberAt(column, i));
      break;
    case Aggregate::kMin:
    case Aggregate::kMax:
      asked.column->AddExtreme(row_, ExtremeOf(leaf, column, asked.of->aggregate, first, last));
      break;
    case Aggregate::kFirst:
    case Aggregate::kLast: {
      const bool is_first = asked.of->aggregate == Aggregate::kFirst;
      const size_t at =
          is_first ? leaf.FirstFrom(column.valids, from) : leaf.LastBefore(column.valids, to);
      asked.column->AddPlace(row_, {leaf.Time(at), &leaf, static_cast<uint32_t>(at),
                                    leaf.NumberAt(column, is_first ? first : last - 1)});
      break;
    }
    case Aggregate::kList: {
      size_t rank = first;
      for (size_t block = from / 64; rank < last; ++block) {
        uint64_t word = leaf.Word(column.valids, block);
        if (block == from / 64) word &= ~LowBits(from % 64);
        if (block == to / 64) word &= LowBits(to % 64);
        ForEachBit(word, block * 64, [&](size_t i) {
          asked.column->AddListed(
              row_, {leaf.Time(i), &leaf, static_cast<uint32_t>(i), leaf.NumberAt(column, rank++)});
        });
      }
      break;
    }
    case Aggregate::kCountDistinct:
      AddIds(leaf, first, last, asked);
      break;
    case Aggregate::kCount:
      break;  // by rank
  }
}

// The values of a leaf's valid events [from, to) by rank, each once.
void Collector::AddIds(const Leaf& leaf, size_t from, size_t to, const Asked& asked) {
  const Leaf::Column& column = leaf.column(asked.measure);
  IdSet& set = scratch_.sets[asked.set];
  if (from == 0 && to == leaf.Rank(column.valids, leaf.size())) {
    for (size_t code = 0; code < column.count; ++code) set.Add(leaf.Id(column, code));
    return;
  }
  uint8_t seen[Leaf::kMostEvents];
  MarkSeen(leaf, column, from, to, seen);
  for (size_t code = 0; code < column.count; ++code) {
    if (seen[code] != 0) set.Add(leaf.Id(column, code));
  }
}

void Collector::AddRange(const Branch& branch, Place from, Place to, const Window& window) {
  const Leaf& first = branch.leaf(from.leaf);
  const Leaf& last = branch.leaf(to.leaf);
  const Layout::Measure* same = nullptr;
  size_t hits = 0;
  int64_t newest = 0;
  for (const Asked& asked : window.asked) {
    const size_t m = asked.measure;
    if (same == nullptr || same->hit_class != asked.of->hit_class) {
      same = asked.of;
      const size_t hits_in_last = last.Rank(last.column(m).hits, to.position);
      const size_t end = branch.HitsBefore(to.leaf, m) + hits_in_last;
      hits =
          end - branch.HitsBefore(from.leaf, m) - first.Rank(first.column(m).hits, from.position);
      if (hits > 0 && hits_in_last > 0) {
        newest = last.Time(last.LastBefore(last.column(m).hits, to.position));
      } else if (hits > 0) {
        size_t i = to.leaf - 1;
        while (branch.HitsBefore(i, m) == end) --i;
        const Leaf& leaf = branch.leaf(i);
        newest = leaf.Time(leaf.LastBefore(leaf.column(m).hits, leaf.size()));
      }
    }
    if (hits == 0) continue;
    asked.column->AddFacts(Row(), static_cast<int64_t>(hits), newest);
    if (asked.of->by_hits) {
      asked.column->AddCount(row_, static_cast<int64_t>(hits));
    } else if (asked.of->aggregate == Aggregate::kCount) {
      const size_t end =
          branch.ValidsBefore(to.leaf, m) + last.Rank(last.column(m).valids, to.position);
      const size_t begin =
          branch.ValidsBefore(from.leaf, m) + first.Rank(first.column(m).valids, from.position);
      asked.column->AddCount(row_, static_cast<int64_t>(end - begin));
    } else if (asked.of->aggregate == Aggregate::kSum && branch.has_sums(asked.of->sum)) {
      AddSums(branch, from, to, asked);
    } else {
      AddValues(first, from.position, first.size(), asked);
      for (size_t i = from.leaf + 1; i < to.leaf; ++i) {
        if (asked.of->extreme == Layout::kNone) {
          AddValues(branch.leaf(i), 0, branch.leaf(i).size(), asked);
        } else if (const double extreme = branch.Extreme(i, asked.of->extreme);
                   !std::isnan(extreme)) {
          asked.column->AddExtreme(row_, extreme);
        }
      }
      AddValues(last, 0, to.position, asked);
    }
  }
}

void Collector::AddSums(const Branch& branch, Place from, Place to, const Asked& asked) {
  const auto sum_of = [&](Place place) {
    const Leaf& leaf = branch.leaf(place.leaf);
    const Leaf::Column& column = leaf.column(asked.measure);
    return branch.SumBefore(place.leaf, asked.of->sum) +
           leaf.SumOf(column, leaf.Rank(column.valids, place.position));
  };
  asked.column->AddSum(row_, sum_of(to) - sum_of(from));
}

void Collector::Finish() {
  for (size_t w = 0; w < scratch_.window_count; ++w) {
    for (const Asked& asked : scratch_.windows[w].asked) {
      if (asked.of->aggregate != Aggregate::kCountDistinct) continue;
      IdSet& set = scratch_.sets[asked.set];
      if (const size_t count = set.count(); count > 0) {
        asked.column->AddCount(row_, static_cast<int64_t>(count));
        set.Clear();
      }
      std::vector<uint64_t>& pairs = scratch_.pairs[asked.set];
      std::sort(pairs.begin(), pairs.end());
      const auto end = std::unique(pairs.begin(), pairs.end());
      for (auto pair = pairs.begin(); pair != end; ++pair) asked.column->AddCount(*pair >> 32, 1);
      pairs.clear();
    }
  }
}

}  // namespace keyscore::measures
