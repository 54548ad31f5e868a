// A series of several leaves: the leaves, and what they add up to at each boundary between them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "measures/memory/layout.h"
#include "measures/memory/leaf.h"
#include "measures/memory/node.h"
#include "store/exact_sum.h"

namespace keyscore::measures {

class Branch final : public Node {
 public:
  // An end of a window: before event `position` of a leaf.
  struct Place {
    size_t leaf = 0;
    size_t position = 0;
  };

  Branch(const Layout& layout, std::vector<LeafPtr> leaves);

  size_t size() const { return leaves_.size(); }
  const Leaf& leaf(size_t i) const { return *leaves_[i]; }
  const std::vector<LeafPtr>& leaves() const { return leaves_; }
  size_t events() const { return events_; }
  int64_t bytes() const;  // with its leaves

  // Before the first event whose time is at least this.
  Place LowerBound(int64_t time) const;
  Place End() const { return {leaves_.size() - 1, leaves_.back()->size()}; }

  // Events of all leaves before this one, or valid ones among them.
  size_t HitsBefore(size_t leaf, size_t measure) const { return Counts(leaf)[2 * measure]; }
  size_t ValidsBefore(size_t leaf, size_t measure) const { return Counts(leaf)[2 * measure + 1]; }

  // Of all leaves before this one. Only where has_sums(): not where the numbers are odd, or so many
  // and so large that a difference of two sums might overflow.
  bool has_sums(size_t sum) const { return has_sums_[sum] != 0; }
  store::Fixed128 SumBefore(size_t leaf, size_t sum) const {
    return sums_[leaf * has_sums_.size() + sum];
  }
  // The least or greatest number of one leaf; NaN where it has none.
  double Extreme(size_t leaf, size_t extreme) const {
    return extremes_[leaf * extremes_per_leaf_ + extreme];
  }

 private:
  const uint32_t* Counts(size_t leaf) const { return counts_.data() + leaf * counts_per_leaf_; }
  void AddSums(const Layout& layout);

  std::vector<LeafPtr> leaves_;
  std::vector<int64_t> starts_;  // time of each leaf's first event
  std::vector<uint32_t> counts_;
  std::vector<store::Fixed128> sums_;
  std::vector<uint8_t> has_sums_;
  std::vector<double> extremes_;
  size_t counts_per_leaf_ = 0;
  size_t extremes_per_leaf_ = 0;
  size_t events_ = 0;
};

// The least or greatest of a leaf's numbers [from, to) by rank; NaN where there is none.
double ExtremeOf(const Leaf& leaf, const Leaf::Column& column, store::Aggregate aggregate,
                 size_t from, size_t to);

}  // namespace keyscore::measures
