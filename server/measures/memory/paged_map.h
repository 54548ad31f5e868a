// A sorted map in shared pages: a changed copy shares the pages that did not change.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "measures/memory/node.h"

namespace keyscore::measures {

// Immutable, cheap to copy but for a pointer a page.
template <typename Key, typename Value>
class PagedMap {
 public:
  static constexpr size_t kMostEntries = 256;  // of a page
  using Entry = std::pair<Key, Value>;
  using Edit = std::pair<Key, std::optional<Value>>;  // the new value; none = removed

  PagedMap() = default;
  // Ascending by key, each once.
  explicit PagedMap(std::vector<Entry> entries) {
    Page page;
    for (Entry& entry : entries) page.Add(entry.first, std::move(entry.second));
    AddPages(std::move(page));
  }

  const Value* Find(const Key& key) const {
    if (pages_.empty()) return nullptr;
    const Page& page = *pages_[PageOf(key)];
    const auto at = std::lower_bound(page.keys.begin(), page.keys.end(), key);
    if (at == page.keys.end() || *at != key) return nullptr;
    return &page.values[static_cast<size_t>(at - page.keys.begin())];
  }

  // Calls visit(key, value), ascending, from the first key that is at least `from`, until it
  // returns false.
  template <typename Visit>
  void VisitFrom(const Key& from, Visit visit) const {
    if (pages_.empty()) return;
    for (size_t p = PageOf(from); p < pages_.size(); ++p) {
      const Page& page = *pages_[p];
      auto at = static_cast<size_t>(std::lower_bound(page.keys.begin(), page.keys.end(), from) -
                                    page.keys.begin());
      for (; at < page.keys.size(); ++at) {
        if (!visit(page.keys[at], page.values[at])) return;
      }
    }
  }
  // Calls visit(values of a page) for all of them, ascending.
  template <typename Visit>
  void VisitPages(Visit visit) const {
    for (const auto& page : pages_) visit(page->keys, page->values);
  }

  // Edits ascending by key, each key once.
  PagedMap With(std::vector<Edit> edits) const {
    PagedMap result;
    auto edit = edits.begin();
    const size_t count = std::max(pages_.size(), size_t{1});
    for (size_t p = 0; p < count; ++p) {
      auto end = edits.end();
      if (p + 1 < pages_.size()) {
        end = std::lower_bound(edit, edits.end(), first_keys_[p + 1],
                               [](const Edit& one, const Key& key) { return one.first < key; });
      }
      if (edit == end && p < pages_.size()) {
        result.first_keys_.push_back(first_keys_[p]);
        result.pages_.push_back(pages_[p]);
        continue;
      }
      Page merged;
      if (p < pages_.size()) {
        const Page& page = *pages_[p];
        for (size_t i = 0; i < page.keys.size(); ++i) {
          for (; edit != end && edit->first < page.keys[i]; ++edit) merged.Add(*edit);
          if (edit != end && edit->first == page.keys[i]) {
            merged.Add(*edit++);
          } else {
            merged.Add(page.keys[i], page.values[i]);
          }
        }
      }
      for (; edit != end; ++edit) merged.Add(*edit);
      result.AddPages(std::move(merged));
    }
    return result;
  }

  int64_t bytes() const {
    int64_t bytes = Allocated(first_keys_.capacity() * sizeof(Key)) +
                    Allocated(pages_.capacity() * sizeof(pages_.front()));
    for (const auto& page : pages_) {
      bytes += Allocated(sizeof(Page) + 2 * sizeof(void*)) +
               Allocated(page->keys.capacity() * sizeof(Key)) +
               Allocated(page->values.capacity() * sizeof(Value));
    }
    return bytes;
  }

 private:
  struct Page {
    std::vector<Key> keys;
    std::vector<Value> values;

    void Add(const Key& key, Value value) {
      keys.push_back(key);
      values.push_back(std::move(value));
    }
    void Add(Edit& edit) {
      if (edit.second) Add(edit.first, *std::move(edit.second));
    }
  };

  // The page that holds the key if there is one that does.
  size_t PageOf(const Key& key) const {
    const auto after = std::upper_bound(first_keys_.begin(), first_keys_.end(), key);
    return after == first_keys_.begin() ? 0 : static_cast<size_t>(after - first_keys_.begin()) - 1;
  }

  // The entries in pages of equal size.
  void AddPages(Page entries) {
    const size_t size = entries.keys.size();
    const size_t count = (size + kMostEntries - 1) / kMostEntries;
    for (size_t p = 0; p < count; ++p) {
      const size_t from = size * p / count, to = size * (p + 1) / count;
      auto page = std::make_shared<Page>();
      page->keys.assign(entries.keys.begin() + static_cast<std::ptrdiff_t>(from),
                        entries.keys.begin() + static_cast<std::ptrdiff_t>(to));
      page->values.assign(entries.values.begin() + static_cast<std::ptrdiff_t>(from),
                          entries.values.begin() + static_cast<std::ptrdiff_t>(to));
      first_keys_.push_back(page->keys.front());
      pages_.push_back(std::move(page));
    }
  }

  std::vector<Key> first_keys_;  // of each page
  std::vector<std::shared_ptr<const Page>> pages_;
};

}  // namespace keyscore::measures
