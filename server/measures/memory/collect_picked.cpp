// Windows over series: events one by one, where they go to rows of their accounts, or where it
// takes more than a range of time to tell which count.
#include <algorithm>
#include <optional>

#include "measures/memory/collect.h"

namespace keyscore::measures {

using store::Aggregate;
using store::WindowKind;

void Collector::AddPicked(const Leaf& leaf, const Window& window) {
  size_t from = 0, to = leaf.size();
  if (window.kind == WindowKind::kBetween) {
    from = leaf.LowerBound(window.from);
    if (window.to != kOpenTo) to = leaf.LowerBound(window.to);
  } else {
    if (window.from != kOpenTo) to = leaf.LowerBound(window.from + 1);
    if (layout_.spans() && leaf.latest_end() <= window.from) return;
  }
  if (from >= to || !Pick(leaf, from, to, window)) return;
  for (const Asked& asked : window.asked) AddPicked(leaf, asked);
}

// Marks the events of the range that count for any of the measures; writes down their rows and
// times.
bool Collector::Pick(const Leaf& leaf, size_t from, size_t to, const Window& window) {
  std::optional<size_t> code_of_account;
  if (subject_.only_account) {
    code_of_account = leaf.FindAccount(subject_.account);
    if (!code_of_account) return false;
  }
  const bool by_account = subject_.by_account && !subject_.only_account;
  if (by_account) {
    std::fill_n(scratch_.row_of_code.begin(), leaf.accounts(), kNoRow);
  }
  const bool without_account = by_account && leaf.Account(0) == 0;  // some event is
  const bool ends = window.kind == WindowKind::kAt && layout_.spans();
  bool any = false;
  for (size_t block = 0; block < leaf.blocks(); ++block) {
    uint64_t hits = 0;
    for (const Asked& asked : window.asked) {
      hits |= leaf.Word(leaf.column(asked.measure).hits, block);
    }
    const size_t base = block * 64;
    if (from > base) hits &= ~LowBits(from - base);
    hits &= to > base ? LowBits(to - base) : 0;
    uint64_t picked = 0;
    ForEachBit(hits, base, [&](size_t i) {
      if (ends && leaf.End(i) <= window.from) return;
      if (code_of_account && leaf.AccountCode(i) != *code_of_account) return;
      if (by_account) {
        const size_t code = leaf.AccountCode(i);
        if (without_account && code == 0) return;
        uint32_t& row = scratch_.row_of_code[code];
        if (row == kNoRow) {
          row = static_cast<uint32_t>(table_.Row(subject_.subject, leaf.Account(code)));
        }
        scratch_.rows[i] = row;
      } else {
        scratch_.rows[i] = Row();
      }
      scratch_.times[i] = leaf.Time(i);
      picked |= uint64_t{1} << (i - base);
    });
    scratch_.mask[block] = picked;
    any = any || picked != 0;
  }
  return any;
}

void Collector::AddPicked(const Leaf& leaf, const Asked& asked) {
  const Leaf::Column& column = leaf.column(asked.measure);
  CellTable::Column& cells = *asked.column;
  const auto& rows = scratch_.rows;
  const auto& times = scratch_.times;
  const bool one_row = !subject_.by_account || subject_.only_account;
  for (size_t block = 0; block < leaf.blocks(); ++block) {
    if (scratch_.mask[block] == 0) continue;
    const uint64_t hits = leaf.Word(column.hits, block) & scratch_.mask[block];
    const size_t base = block * 64;
    ForEachBit(hits, base, [&](size_t i) { cells.AddFacts(rows[i], 1, times[i]); });
    const uint64_t word = leaf.Word(column.valids, block);
    const uint64_t valids = word & scratch_.mask[block];
    if (valids == 0) continue;
    const size_t rank_of_block = leaf.RankOfBlock(column.valids, block);
    const auto rank = [&](size_t i) { return rank_of_block + CountBits(word & LowBits(i - base)); };
    switch (asked.of->aggregate) {
      case Aggregate::kCount:
        ForEachBit(valids, base, [&](size_t i) { cells.AddCount(rows[i], 1); });
        break;
      case Aggregate::kSum:
        if (column.encoding == Encoding::kOddDouble) {
          ForEachBit(valids, base,
                     [&](size_t i) { cells.AddOdd(rows[i], leaf.NumberAt(column, rank(i))); });
        } else {
          ForEachBit(valids, base,
                     [&](size_t i) { cells.AddSum(rows[i], leaf.FixedAt(column, rank(i))); });
        }
        break;
      case Aggregate::kMin:
      case Aggregate::kMax:
        ForEachBit(valids, base,
                   [&](size_t i) { cells.AddExtreme(rows[i], leaf.NumberAt(column, rank(i))); });
        break;
      case Aggregate::kFirst:
      case Aggregate::kLast:
        ForEachBit(valids, base, [&](size_t i) {
          cells.AddPlace(
              rows[i], {times[i], &leaf, static_cast<uint32_t>(i), leaf.NumberAt(column, rank(i))});
        });
        break;
      case Aggregate::kList:
        ForEachBit(valids, base, [&](size_t i) {
          cells.AddListed(
              rows[i], {times[i], &leaf, static_cast<uint32_t>(i), leaf.NumberAt(column, rank(i))});
        });
        break;
      case Aggregate::kCountDistinct:
        ForEachBit(valids, base, [&](size_t i) {
          const uint32_t id = leaf.Id(column, leaf.CodeAt(column, rank(i)));
          if (one_row) {
            scratch_.sets[asked.set].Add(id);
          } else {
            scratch_.pairs[asked.set].push_back(uint64_t{rows[i]} << 32 | id);
          }
        });
        break;
    }
  }
}

}  // namespace keyscore::measures
