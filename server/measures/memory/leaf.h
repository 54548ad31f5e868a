// Up to kMostEvents events of a series in order, packed into one allocation, and the look-ups that
// windows are made of.
//
// Which events a measure hits, and for which it has a value, are bitmaps; equal ones stand once. A
// bitmap's rank at a position is what a count needs and where a sum finds its number. The words of
// all bitmaps for the same 64 events stand side by side, with their ranks, so that all measures'
// look-ups at one end of a window fall into few cache lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/types/span.h"
#include "measures/memory/bits.h"
#include "measures/memory/fact_ids.h"
#include "measures/memory/layout.h"
#include "measures/memory/node.h"
#include "measures/memory/numbers.h"
#include "measures/memory/packed_ints.h"

namespace keyscore::measures {

class Leaf;
using LeafPtr = boost::intrusive_ptr<const Leaf>;

struct LeafFields {
  uint16_t size_ = 0;
  uint16_t bitmaps_ = 0;
  uint16_t account_count_ = 0;
  uint32_t memory_size_ = 0;
  // Where in memory things stand; the columns stand at 0.
  uint32_t block_times_ = 0;  // of the first event of each block
  uint32_t bits_ = 0;
  uint32_t accounts_ = 0;
  uint32_t account_codes_ = 0;
  int64_t latest_end_ = kOpenEnd;
  PackedInts times_;
  PackedInts versions_;
  PackedInts ends_;
  FactIds fact_ids_;
};

class Leaf final : public Node, private LeafFields {
 public:
  static constexpr size_t kMostEvents = 512;

  // Bitmaps that need no words; others are numbered from kWords.
  static constexpr uint16_t kNoBits = 0, kAllBits = 1, kWords = 2;

  struct Column {
    uint16_t hits = kNoBits;
    uint16_t valids = kNoBits;
    uint32_t numbers = 0;  // where they stand in memory
    Encoding encoding = Encoding::kNone;
    uint8_t shift = 0;
    uint16_t count = 0;  // of valid events; kCountDistinct: of distinct values
  };

  size_t size() const { return size_; }
  size_t blocks() const { return (size_ + 63) / 64; }
  int64_t bytes() const { return Allocated(sizeof(Leaf) + memory_size_); }
  const Column& column(size_t measure) const {
    return reinterpret_cast<const Column*>(memory())[measure];
  }
  const uint8_t* Numbers(const Column& column) const { return memory() + column.numbers; }

  int64_t Time(size_t i) const { return times_.At(memory(), i); }
  int64_t Version(size_t i) const { return versions_.At(memory(), i); }
  int64_t End(size_t i) const { return ends_.At(memory(), i); }
  // Of all events; the greatest int64 = open.
  int64_t latest_end() const { return latest_end_; }
  void GetFactId(size_t i, std::string& to) const { fact_ids_.Get(memory(), i, to); }
  // The first position whose time is at least this.
  size_t LowerBound(int64_t time) const;

  // The accounts that occur, ascending, and which of them event i has.
  size_t accounts() const { return account_count_; }
  NameId Account(size_t code) const {
    return LoadUnaligned<uint32_t>(memory() + accounts_ + code * sizeof(uint32_t));
  }
  size_t AccountCode(size_t i) const {
    if (account_count_ == 1) return 0;
    const uint8_t* codes = memory() + account_codes_;
    return account_count_ <= 256 ? codes[i] : LoadUnaligned<uint16_t>(codes + i * 2);
  }
  std::optional<size_t> FindAccount(NameId account) const;

  uint64_t Word(uint16_t bitmap, size_t block) const {
    if (bitmap == kNoBits) return 0;
    if (bitmap == kAllBits) return LowBits(size_ - block * 64);
    return LoadUnaligned<uint64_t>(Block(block) + (bitmap - kWords) * sizeof(uint64_t));
  }
  // How many bits are set before the block; before the position.
  size_t RankOfBlock(uint16_t bitmap, size_t block) const {
    if (bitmap == kNoBits || block == 0) return 0;
    if (bitmap == kAllBits) return block * 64;
    return LoadUnaligned<uint16_t>(Block(block) + bitmaps_ * sizeof(uint64_t) +
                                   (bitmap - kWords) * sizeof(uint16_t));
  }
  size_t Rank(uint16_t bitmap, size_t position) const {
    if (bitmap == kNoBits || position == 0) return 0;
    if (bitmap == kAllBits) return position;
    const size_t block = (position - 1) / 64;
    return RankOfBlock(bitmap, block) +
           CountBits(Word(bitmap, block) & LowBits(position - block * 64));
  }
  // The last position before, the first position from `position` whose bit is set; there is one.
  size_t LastBefore(uint16_t bitmap, size_t position) const;
  size_t FirstFrom(uint16_t bitmap, size_t position) const;

  // A sum's first `rank` numbers; not for kOddDouble.
  store::Fixed128 SumOf(const Column& column, size_t rank) const;
  // A sum's numbers [from, to) by rank; not for kOddDouble.
  store::Fixed128 SumBetween(const Column& column, size_t from, size_t to) const;
  // One of a sum's numbers; not for kOddDouble.
  store::Fixed128 FixedAt(const Column& column, size_t rank) const {
    if (IsPrefix(column.encoding)) {
      const uint8_t* sums = Numbers(column);
      return PrefixAt(column.encoding, column.shift, sums, rank + 1) -
             PrefixAt(column.encoding, column.shift, sums, rank);
    }
    return FixedOf(NumberAt(column, rank));
  }
  // Not for prefixes and codes.
  double NumberAt(const Column& column, size_t rank) const {
    return measures::NumberAt(column.encoding, Numbers(column), rank);
  }

  // kCountDistinct: the values that occur, and which of them a valid event has.
  uint32_t Id(const Column& column, size_t code) const {
    return LoadUnaligned<uint32_t>(Numbers(column) + code * sizeof(uint32_t));
  }
  size_t CodeAt(const Column& column, size_t rank) const {
    const uint8_t* codes = Numbers(column) + column.count * sizeof(uint32_t);
    return column.encoding == Encoding::kCodes8 ? codes[rank]
                                                : LoadUnaligned<uint16_t>(codes + rank * 2);
  }

  // Writes all events as rows, one after the other; their fact_ids go to `texts`, which must have
  // room for fact_id_bytes() more.
  void WriteRows(const Layout& layout, uint64_t* rows, std::string& texts) const;
  size_t fact_id_bytes() const { return fact_ids_.size(memory(), size_); }

 private:
  friend class Node;
  friend class LeafBuilder;

  explicit Leaf(const LeafFields& fields) : Node(true), LeafFields(fields) {}
  static void Free(const Leaf* leaf);
  uint64_t RowWord(const Column& column, size_t rank) const;

  const uint8_t* memory() const { return reinterpret_cast<const uint8_t*>(this + 1); }
  uint8_t* memory() { return reinterpret_cast<uint8_t*>(this + 1); }
  const uint8_t* Block(size_t block) const { return memory() + bits_ + block * BlockBytes(); }
  size_t BlockBytes() const { return bitmaps_ * (sizeof(uint64_t) + sizeof(uint16_t)); }
};

static_assert(sizeof(Leaf) % alignof(Leaf::Column) == 0);

}  // namespace keyscore::measures
