// What a series is made of, shared between the groups that hold it: a leaf, or a branch over
// leaves.
#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace keyscore::measures {

// Immutable once it is published. Counts its owners.
class Node {
 public:
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  bool is_leaf() const { return is_leaf_; }

 protected:
  explicit Node(bool is_leaf) : is_leaf_(is_leaf) {}
  ~Node() = default;

 private:
  friend void intrusive_ptr_add_ref(const Node* node) {
    node->owners_.fetch_add(1, std::memory_order_relaxed);
  }
  friend void intrusive_ptr_release(const Node* node) {
    if (node->owners_.fetch_sub(1, std::memory_order_acq_rel) == 1) Delete(node);
  }
  static void Delete(const Node* node);

  mutable std::atomic<uint32_t> owners_ = 0;
  const bool is_leaf_;
};

using NodePtr = boost::intrusive_ptr<const Node>;

// What an allocation of that many bytes takes, with the allocator's own word.
inline constexpr int64_t Allocated(size_t bytes) {
  return bytes == 0 ? 0 : static_cast<int64_t>((bytes + 8 + 15) / 16 * 16);
}

}  // namespace keyscore::measures
