// Look-ups within a leaf, and the way back from a leaf to rows.
#include "measures/memory/leaf.h"

#include <algorithm>
#include <new>

namespace keyscore::measures {

void Leaf::Free(const Leaf* leaf) {
  leaf->~Leaf();
  ::operator delete(const_cast<Leaf*>(leaf));
}

size_t Leaf::LowerBound(int64_t time) const {
  size_t from = 0, to = size_;
  if (size_ > 64) {
    // The first block that starts at this time or later ends the search.
    const uint8_t* starts = memory() + block_times_;
    size_t block = 1;
    const size_t count = blocks();
    while (block < count && LoadUnaligned<int64_t>(starts + block * sizeof(int64_t)) < time) {
      ++block;
    }
    from = (block - 1) * 64;
    to = std::min(block * 64, size_t{size_});
  }
  return times_.LowerBound(memory(), from, to, time);
}

std::optional<size_t> Leaf::FindAccount(NameId account) const {
  size_t from = 0, to = account_count_;
  while (from < to) {
    const size_t middle = (from + to) / 2;
    if (Account(middle) < account) {
      from = middle + 1;
    } else {
      to = middle;
    }
  }
  if (from == account_count_ || Account(from) != account) return std::nullopt;
  return from;
}

size_t Leaf::LastBefore(uint16_t bitmap, size_t position) const {
  if (bitmap == kAllBits) return position - 1;
  size_t block = (position - 1) / 64;
  uint64_t word = Word(bitmap, block) & LowBits(position - block * 64);
  while (word == 0) word = Word(bitmap, --block);
  return block * 64 + 63 - static_cast<size_t>(std::countl_zero(word));
}

size_t Leaf::FirstFrom(uint16_t bitmap, size_t position) const {
  if (bitmap == kAllBits) return position;
  size_t block = position / 64;
  uint64_t word = Word(bitmap, block) & ~LowBits(position - block * 64);
  while (word == 0) word = Word(bitmap, ++block);
  return block * 64 + static_cast<size_t>(std::countr_zero(word));
}

store::Fixed128 Leaf::SumOf(const Column& column, size_t rank) const {
  const uint8_t* numbers = Numbers(column);
  if (IsPrefix(column.encoding)) {
    return PrefixAt(column.encoding, column.shift, numbers, rank);
  }
  // From the nearest checkpoint, forth or back.
  const uint8_t* sums = numbers + column.count * NumberWidth(column.encoding);
  const size_t last = column.count / kCheckpointEvery;
  const size_t near = std::min((rank + kCheckpointEvery / 2) / kCheckpointEvery, last);
  auto sum = LoadUnaligned<store::Fixed128>(sums + near * sizeof(store::Fixed128));
  for (size_t i = near * kCheckpointEvery; i < rank; ++i) {
    sum += FixedOf(measures::NumberAt(column.encoding, numbers, i));
  }
  for (size_t i = rank; i < near * kCheckpointEvery; ++i) {
    sum -= FixedOf(measures::NumberAt(column.encoding, numbers, i));
  }
  return sum;
}

store::Fixed128 Leaf::SumBetween(const Column& column, size_t from, size_t to) const {
  if (!IsPrefix(column.encoding) && to - from <= kCheckpointEvery / 2) {
    store::Fixed128 sum = 0;
    for (size_t i = from; i < to; ++i) sum += FixedAt(column, i);
    return sum;
  }
  return SumOf(column, to) - SumOf(column, from);
}

void Leaf::WriteRows(const Layout& layout, uint64_t* rows, std::string& texts) const {
  const size_t stride = layout.stride();
  uint64_t* row = rows;
  for (size_t i = 0; i < size_; ++i, row += stride) {
    layout.SetHead(row, Time(i), Version(i), Account(AccountCode(i)));
    if (layout.ordered()) {
      const size_t at = texts.size();
      GetFactId(i, texts);
      layout.SetFactId(row, std::string_view(texts).substr(at));
    }
    if (layout.spans()) layout.SetEnd(row, End(i));
    std::fill(row + layout.head_words(), row + stride, uint64_t{0});
  }
  for (size_t m = 0; m < layout.measures().size(); ++m) {
    const Layout::Measure& measure = layout.measures()[m];
    const Column& column = this->column(m);
    const uint64_t flag = uint64_t{1} << (m % 64);
    size_t rank = 0;
    for (size_t block = 0; block < blocks(); ++block) {
      ForEachBit(Word(column.hits, block), block * 64,
                 [&](size_t i) { layout.Hits(rows + i * stride)[m / 64] |= flag; });
      ForEachBit(Word(column.valids, block), block * 64, [&](size_t i) {
        uint64_t* to = rows + i * stride;
        layout.Valids(to)[m / 64] |= flag;
        if (measure.value != Layout::kNone) to[measure.value] = RowWord(column, rank++);
      });
    }
  }
}

// What a row holds for a valid event's value.
uint64_t Leaf::RowWord(const Column& column, size_t rank) const {
  if (column.encoding == Encoding::kCodes8 || column.encoding == Encoding::kCodes16) {
    return Id(column, CodeAt(column, rank));
  }
  const double number =
      IsPrefix(column.encoding) ? store::RoundFixed(FixedAt(column, rank)) : NumberAt(column, rank);
  return std::bit_cast<uint64_t>(number);
}

}  // namespace keyscore::measures
