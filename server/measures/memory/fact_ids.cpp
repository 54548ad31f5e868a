// Finds what the fact_ids of a leaf have in common.
#include "measures/memory/fact_ids.h"

#include <algorithm>

namespace keyscore::measures {
namespace {

constexpr size_t kMostDigits = 18;  // that fit an int64 whatever they are

bool IsNumber(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void AppendText(std::string_view text, std::vector<uint8_t>& memory) {
  memory.insert(memory.end(), text.begin(), text.end());
}

}  // namespace

FactIds FactIds::Append(absl::Span<const std::string_view> fact_ids, std::vector<uint8_t>& memory) {
  FactIds packed;
  const std::string_view first = fact_ids.front();
  size_t shared = first.size();
  bool one_length = true;
  for (const std::string_view fact_id : fact_ids) {
    one_length = one_length && fact_id.size() == first.size();
    if (fact_id.substr(0, shared) == first.substr(0, shared)) continue;
    const size_t most = std::min(shared, fact_id.size());
    shared = static_cast<size_t>(std::mismatch(first.begin(),
                                               first.begin() + static_cast<std::ptrdiff_t>(most),
                                               fact_id.begin())
                                     .first -
                                 first.begin());
  }
  packed.prefix_ = static_cast<uint32_t>(memory.size());
  packed.prefix_size_ = static_cast<uint32_t>(shared);
  AppendText(first.substr(0, shared), memory);

  const size_t rest = first.size() - shared;
  const bool numbers = one_length && rest > 0 && rest <= kMostDigits &&
                       std::all_of(fact_ids.begin(), fact_ids.end(), [&](std::string_view fact_id) {
                         return IsNumber(fact_id.substr(shared));
                       });
  std::vector<int64_t> values;
  values.reserve(fact_ids.size());
  if (numbers) {
    packed.digits_ = static_cast<uint32_t>(rest);
    for (const std::string_view fact_id : fact_ids) {
      int64_t value = 0;
      for (const char digit : fact_id.substr(shared)) value = value * 10 + (digit - '0');
      values.push_back(value);
    }
  } else {
    packed.text_ = static_cast<uint32_t>(memory.size());
    int64_t end = 0;
    for (const std::string_view fact_id : fact_ids) {
      AppendText(fact_id.substr(shared), memory);
      values.push_back(end += static_cast<int64_t>(fact_id.size() - shared));
    }
  }
  packed.numbers_ = PackedInts::Append(values, memory);
  return packed;
}

void FactIds::Get(const uint8_t* memory, size_t i, std::string& to) const {
  to.append(reinterpret_cast<const char*>(memory + prefix_), prefix_size_);
  if (digits_ == 0) {
    const int64_t from = i == 0 ? 0 : numbers_.At(memory, i - 1);
    const int64_t end = numbers_.At(memory, i);
    to.append(reinterpret_cast<const char*>(memory + text_ + from),
              static_cast<size_t>(end - from));
    return;
  }
  int64_t value = numbers_.At(memory, i);
  const size_t at = to.size();
  to.resize(at + digits_);
  for (size_t digit = digits_; digit > 0; --digit, value /= 10) {
    to[at + digit - 1] = static_cast<char>('0' + value % 10);
  }
}

}  // namespace keyscore::measures
