// A sweep over each account's rows.
#include "store/owners.h"

#include <algorithm>
#include <queue>
#include <tuple>
#include <utility>

#include "absl/strings/string_view.h"

namespace keyscore::store {

Owners::Owners(std::vector<OwnershipRow> rows) {
  std::erase_if(rows, [](const OwnershipRow& row) { return row.until <= row.from; });
  std::sort(rows.begin(), rows.end(), [](const OwnershipRow& a, const OwnershipRow& b) {
    return std::tie(a.account_id, a.from, a.fact_id) < std::tie(b.account_id, b.from, b.fact_id);
  });
  spans_.reserve(rows.size());
  for (size_t begin = 0; begin < rows.size();) {
    size_t end = begin + 1;
    while (end < rows.size() && rows[end].account_id == rows[begin].account_id) ++end;
    const auto first = static_cast<uint32_t>(spans_.size());
    AddAccount(&rows[begin], end - begin);
    accounts_[rows[begin].account_id] = {first, static_cast<uint32_t>(spans_.size()) - first};
    begin = end;
  }
  numbers_ = {};
}

uint32_t Owners::NumberOf(const std::string& manager_id) {
  const auto [it, is_new] =
      numbers_.try_emplace(manager_id, static_cast<uint32_t>(managers_.size()));
  if (is_new) managers_.push_back(manager_id);
  return it->second;
}

void Owners::AddAccount(const OwnershipRow* rows, size_t count) {
  // The starts and ends cut time into pieces. Within a piece the same rows cover all of it, and the
  // last of them in order wins.
  std::vector<int64_t> cuts;
  for (size_t i = 0; i < count; ++i) {
    cuts.push_back(rows[i].from);
    cuts.push_back(rows[i].until);
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  std::priority_queue<size_t> begun;  // rows that may cover the piece, the winner on top
  size_t next = 0;
  for (size_t i = 0; i + 1 < cuts.size(); ++i) {
    while (next < count && rows[next].from <= cuts[i]) begun.push(next++);
    while (!begun.empty() && rows[begun.top()].until <= cuts[i]) begun.pop();
    if (begun.empty()) continue;
    spans_.push_back({cuts[i], cuts[i + 1], NumberOf(rows[begun.top()].manager_id)});
  }
}

std::optional<std::string_view> Owners::At(std::string_view account_id, int64_t instant) const {
  const auto account = accounts_.find(absl::string_view(account_id.data(), account_id.size()));
  if (account == accounts_.end()) return std::nullopt;
  const Span* const first = spans_.data() + account->second.first;
  const Span* const last = first + account->second.count;
  const Span* const after = std::upper_bound(
      first, last, instant, [](int64_t at, const Span& span) { return at < span.from; });
  if (after == first || instant >= after[-1].until) return std::nullopt;
  return managers_[after[-1].manager];
}

}  // namespace keyscore::store
