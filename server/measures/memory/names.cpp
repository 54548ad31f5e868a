// Looks up under a shared lock, many at a time: most texts are known, and what takes time is the
// way to the memory.
#include "measures/memory/names.h"

#include <algorithm>

#include "absl/hash/hash.h"

namespace keyscore::measures {
namespace {

// Look-ups under way at the same time.
constexpr size_t kAhead = 16;
constexpr uint64_t kSalt = 0x9E3779B97F4A7C15;

}  // namespace

Names::Print Names::PrintOf(std::string_view text) {
  return {absl::HashOf(text), absl::HashOf(kSalt, text)};
}

std::vector<size_t> Names::LookUp(absl::Span<const std::string_view> texts,
                                  absl::Span<const Print> prints,
                                  std::vector<uint32_t>& numbers) const {
  std::vector<size_t> unknown;
  for (size_t i = 0; i < std::min(kAhead, texts.size()); ++i) numbers_.prefetch(prints[i]);
  for (size_t i = 0; i < texts.size(); ++i) {
    if (i + kAhead < texts.size()) numbers_.prefetch(prints[i + kAhead]);
    if (texts[i].empty()) {
      numbers[i] = 0;
    } else if (i > 0 && prints[i] == prints[i - 1] && numbers[i - 1] != 0) {
      numbers[i] = numbers[i - 1];
    } else if (const auto known = numbers_.find(prints[i]); known != numbers_.end()) {
      numbers[i] = known->second;
    } else {
      numbers[i] = 0;
      unknown.push_back(i);
    }
  }
  return unknown;
}

void Names::Intern(absl::Span<const std::string_view> texts, std::vector<uint32_t>& numbers) {
  numbers.resize(texts.size());
  std::vector<Print> prints(texts.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    prints[i] = i > 0 && texts[i] == texts[i - 1] ? prints[i - 1] : PrintOf(texts[i]);
  }
  std::vector<size_t> unknown;
  {
    absl::ReaderMutexLock lock(&mutex_);
    unknown = LookUp(texts, prints, numbers);
  }
  if (unknown.empty()) return;
  absl::MutexLock lock(&mutex_);
  for (const size_t i : unknown) {
    const auto [entry, is_new] = numbers_.try_emplace(prints[i], last_ + 1);
    numbers[i] = entry->second;
    if (!is_new) continue;
    ++last_;
    if (!keeps_texts_) continue;
    const std::string& kept = texts_.emplace_back(texts[i]);
    if (kept.capacity() > sizeof(std::string) / 2) {
      heap_bytes_ += static_cast<int64_t>(kept.capacity()) + 1;
    }
  }
}

uint32_t Names::Find(std::string_view text) const {
  if (text.empty()) return 0;
  const Print print = PrintOf(text);
  absl::ReaderMutexLock lock(&mutex_);
  const auto known = numbers_.find(print);
  return known == numbers_.end() ? 0 : known->second;
}

std::vector<std::string_view> Names::TextsOf(absl::Span<const uint32_t> numbers) const {
  std::vector<std::string_view> texts(numbers.size());
  absl::ReaderMutexLock lock(&mutex_);
  for (size_t i = 0; i < numbers.size(); ++i) texts[i] = texts_[numbers[i]];
  return texts;
}

int64_t Names::bytes() const {
  absl::ReaderMutexLock lock(&mutex_);
  constexpr size_t kSlot = sizeof(std::pair<Print, uint32_t>) + 1;
  return heap_bytes_ +
         static_cast<int64_t>(texts_.size() * sizeof(std::string) + numbers_.capacity() * kSlot);
}

}  // namespace keyscore::measures
