// Adds leaves up, and finds places among them.
#include "measures/memory/branch.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace keyscore::measures {

using store::Fixed128;

double ExtremeOf(const Leaf& leaf, const Leaf::Column& column, store::Aggregate aggregate,
                 size_t from, size_t to) {
  if (from == to) return std::numeric_limits<double>::quiet_NaN();
  double extreme = leaf.NumberAt(column, from);
  for (size_t i = from + 1; i < to; ++i) {
    const double number = leaf.NumberAt(column, i);
    extreme =
        aggregate == store::Aggregate::kMin ? std::min(extreme, number) : std::max(extreme, number);
  }
  return extreme;
}

Branch::Branch(const Layout& layout, std::vector<LeafPtr> leaves)
    : Node(false),
      leaves_(std::move(leaves)),
      has_sums_(layout.sums(), 1),
      counts_per_leaf_(2 * layout.measures().size()),
      extremes_per_leaf_(layout.extremes()) {
  counts_.resize((leaves_.size() + 1) * counts_per_leaf_);
  extremes_.resize(leaves_.size() * extremes_per_leaf_);
  starts_.reserve(leaves_.size());
  for (size_t i = 0; i < leaves_.size(); ++i) {
    const Leaf& leaf = *leaves_[i];
    starts_.push_back(leaf.Time(0));
    events_ += leaf.size();
    for (size_t m = 0; m < layout.measures().size(); ++m) {
      const Leaf::Column& column = leaf.column(m);
      const uint32_t* before = Counts(i) + 2 * m;
      uint32_t* after = counts_.data() + (i + 1) * counts_per_leaf_ + 2 * m;
      const auto valids = static_cast<uint32_t>(leaf.Rank(column.valids, leaf.size()));
      after[0] = before[0] + static_cast<uint32_t>(leaf.Rank(column.hits, leaf.size()));
      after[1] = before[1] + valids;
      const Layout::Measure& measure = layout.measures()[m];
      if (measure.extreme != Layout::kNone) {
        extremes_[i * extremes_per_leaf_ + measure.extreme] =
            ExtremeOf(leaf, column, measure.aggregate, 0, valids);
      }
    }
  }
  AddSums(layout);
}

void Branch::AddSums(const Layout& layout) {
  // A leaf's own sums are below 2^124 units; with these the difference of two stays below 2^127.
  constexpr Fixed128 kMost = static_cast<Fixed128>(1) << 125;
  sums_.resize((leaves_.size() + 1) * has_sums_.size());
  for (size_t m = 0; m < layout.measures().size(); ++m) {
    const size_t sum = layout.measures()[m].sum;
    if (sum == Layout::kNone) continue;
    Fixed128 total = 0;
    for (size_t i = 0; i < leaves_.size(); ++i) {
      const Leaf::Column& column = leaves_[i]->column(m);
      if (column.encoding == Encoding::kOddDouble) {
        has_sums_[sum] = 0;
        break;
      }
      total += leaves_[i]->SumOf(column, column.count);
      if (total > kMost || total < -kMost) {
        has_sums_[sum] = 0;
        break;
      }
      sums_[(i + 1) * has_sums_.size() + sum] = total;
    }
  }
}

int64_t Branch::bytes() const {
  int64_t bytes = Allocated(sizeof(Branch)) + Allocated(leaves_.capacity() * sizeof(LeafPtr)) +
                  Allocated(starts_.capacity() * sizeof(int64_t)) +
                  Allocated(counts_.capacity() * sizeof(uint32_t)) +
                  Allocated(sums_.capacity() * sizeof(Fixed128)) + Allocated(has_sums_.capacity()) +
                  Allocated(extremes_.capacity() * sizeof(double));
  for (const LeafPtr& leaf : leaves_) bytes += leaf->bytes();
  return bytes;
}

Branch::Place Branch::LowerBound(int64_t time) const {
  // The last leaf that starts before it; the next one's start is at least this time.
  const auto after = std::lower_bound(starts_.begin(), starts_.end(), time);
  if (after == starts_.begin()) return {0, 0};
  const auto leaf = static_cast<size_t>(after - starts_.begin()) - 1;
  return {leaf, leaves_[leaf]->LowerBound(time)};
}

void Node::Delete(const Node* node) {
  if (node->is_leaf()) {
    Leaf::Free(static_cast<const Leaf*>(node));
  } else {
    delete static_cast<const Branch*>(node);
  }
}

}  // namespace keyscore::measures
