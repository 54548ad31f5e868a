// Transposes rows into bitmaps and packed columns.
#include "measures/memory/leaf_builder.h"

#include <algorithm>
#include <bit>
#include <new>

namespace keyscore::measures {
namespace {

template <typename Code>
void AppendAs(absl::Span<const uint16_t> codes, std::vector<uint8_t>& memory) {
  const size_t at = memory.size();
  memory.resize(at + codes.size() * sizeof(Code));
  for (size_t i = 0; i < codes.size(); ++i) {
    const auto code = static_cast<Code>(codes[i]);
    std::memcpy(memory.data() + at + i * sizeof(Code), &code, sizeof(Code));
  }
}

void AppendCodes(absl::Span<const uint16_t> codes, size_t distinct, std::vector<uint8_t>& memory) {
  if (distinct <= 256) {
    AppendAs<uint8_t>(codes, memory);
  } else {
    AppendAs<uint16_t>(codes, memory);
  }
}

}  // namespace

LeafBuilder::LeafBuilder(const Layout& layout) : layout_(layout), slots_(kSlots) {}

// Numbers ids_ in the order in which they come, into codes_ and distinct_.
void LeafBuilder::NumberIds() {
  ++epoch_;
  distinct_.clear();
  codes_.clear();
  for (const uint32_t id : ids_) {
    // Knuth's multiplicative hash: the highest bits of the product.
    size_t at = id * 2654435769U >> (32 - std::countr_zero(kSlots));
    while (slots_[at].epoch == epoch_ && slots_[at].id != id) at = (at + 1) % kSlots;
    Slot& slot = slots_[at];
    if (slot.epoch != epoch_) {
      slot = {epoch_, id, static_cast<uint16_t>(distinct_.size())};
      distinct_.push_back(id);
    }
    codes_.push_back(slot.code);
  }
}

LeafPtr LeafBuilder::Build(Rows rows) {
  LeafFields head;
  head.size_ = static_cast<uint16_t>(rows.size());
  blocks_ = (rows.size() + 63) / 64;
  columns_.assign(layout_.measures().size(), {});
  memory_.assign(columns_.size() * sizeof(Leaf::Column), 0);

  if (layout_.ordered()) {
    // They stand in no order wherever the rows came from; by the time they are read they are near.
    for (const uint64_t* row : rows) __builtin_prefetch(layout_.FactId(row).data());
  }
  numbers_.clear();
  for (const uint64_t* row : rows) numbers_.push_back(Layout::Time(row));
  if (blocks_ > 1) {
    head.block_times_ = static_cast<uint32_t>(memory_.size());
    for (size_t i = 0; i < rows.size(); i += 64) AppendUnaligned(memory_, numbers_[i]);
  }
  CollectBitmaps(rows);
  AppendBits(head);
  head.times_ = PackedInts::Append(numbers_, memory_);
  for (size_t m = 0; m < columns_.size(); ++m) AppendMeasure(rows, m);
  AppendAccounts(rows, head);
  if (layout_.spans()) {
    numbers_.clear();
    for (const uint64_t* row : rows) numbers_.push_back(layout_.End(row));
    head.latest_end_ = *std::max_element(numbers_.begin(), numbers_.end());
    head.ends_ = PackedInts::Append(numbers_, memory_);
  }
  numbers_.clear();
  for (const uint64_t* row : rows) numbers_.push_back(Layout::Version(row));
  head.versions_ = PackedInts::Append(numbers_, memory_);
  if (layout_.ordered()) {
    fact_ids_.clear();
    for (const uint64_t* row : rows) fact_ids_.push_back(layout_.FactId(row));
    head.fact_ids_ = FactIds::Append(fact_ids_, memory_);
  }
  if (!columns_.empty()) {
    std::memcpy(memory_.data(), columns_.data(), columns_.size() * sizeof(Leaf::Column));
  }

  head.memory_size_ = static_cast<uint32_t>(memory_.size());
  auto* leaf = new (::operator new(sizeof(Leaf) + memory_.size())) Leaf(head);
  std::memcpy(leaf->memory(), memory_.data(), memory_.size());
  return LeafPtr(leaf);
}

void LeafBuilder::CollectBitmaps(Rows rows) {
  const size_t measures = columns_.size();
  const size_t flag_words = layout_.flag_words();
  flags_.assign(2 * measures * blocks_, 0);
  uint64_t words[64];
  for (size_t w = 0; w < 2 * flag_words; ++w) {
    const size_t first = w % flag_words * 64;
    const size_t count = std::min(measures - first, size_t{64});
    uint64_t* to = flags_.data() + (w < flag_words ? 0 : measures * blocks_) + first * blocks_;
    for (size_t block = 0; block < blocks_; ++block) {
      const size_t from = block * 64;
      const size_t size = std::min(rows.size() - from, size_t{64});
      for (size_t i = 0; i < size; ++i) words[i] = layout_.Hits(rows[from + i])[w];
      std::fill(words + size, words + 64, uint64_t{0});
      Transpose64(words);
      for (size_t bit = 0; bit < count; ++bit) to[bit * blocks_ + block] = words[bit];
    }
  }
  bitmaps_.clear();
  for (size_t m = 0; m < measures; ++m) {
    columns_[m].hits = Share(m * blocks_, rows.size());
    columns_[m].valids = Share((measures + m) * blocks_, rows.size());
  }
}

// The number of the bitmap that stands in flags_, which an equal one before it shares.
uint16_t LeafBuilder::Share(size_t first_word, size_t events) {
  const uint64_t* words = flags_.data() + first_word;
  bool none = true, all = true;
  for (size_t block = 0; block < blocks_; ++block) {
    none = none && words[block] == 0;
    all = all && words[block] == LowBits(events - block * 64);
  }
  if (none) return Leaf::kNoBits;
  if (all) return Leaf::kAllBits;
  size_t at = 0;
  while (at < bitmaps_.size() && !std::equal(words, words + blocks_, bitmaps_[at])) ++at;
  if (at == bitmaps_.size()) bitmaps_.push_back(words);
  return static_cast<uint16_t>(Leaf::kWords + at);
}

void LeafBuilder::AppendBits(LeafFields& leaf) {
  leaf.bitmaps_ = static_cast<uint16_t>(bitmaps_.size());
  leaf.bits_ = static_cast<uint32_t>(memory_.size());
  std::vector<uint16_t> ranks(bitmaps_.size(), 0);
  for (size_t block = 0; block < blocks_; ++block) {
    for (const uint64_t* words : bitmaps_) AppendUnaligned(memory_, words[block]);
    for (size_t b = 0; b < bitmaps_.size(); ++b) {
      AppendUnaligned(memory_, ranks[b]);
      ranks[b] = static_cast<uint16_t>(ranks[b] + CountBits(bitmaps_[b][block]));
    }
  }
}

void LeafBuilder::AppendAccounts(Rows rows, LeafFields& leaf) {
  ids_.clear();
  for (const uint64_t* row : rows) ids_.push_back(Layout::Account(row));
  NumberIds();
  // Here ascending, so that one can be looked up.
  std::vector<uint32_t> ascending = distinct_;
  std::sort(ascending.begin(), ascending.end());
  std::vector<uint16_t> places;
  places.reserve(distinct_.size());
  for (const uint32_t account : distinct_) {
    places.push_back(static_cast<uint16_t>(
        std::lower_bound(ascending.begin(), ascending.end(), account) - ascending.begin()));
  }
  for (uint16_t& code : codes_) code = places[code];
  leaf.account_count_ = static_cast<uint16_t>(ascending.size());
  leaf.accounts_ = static_cast<uint32_t>(memory_.size());
  for (const uint32_t account : ascending) AppendUnaligned(memory_, account);
  leaf.account_codes_ = static_cast<uint32_t>(memory_.size());
  if (ascending.size() > 1) AppendCodes(codes_, ascending.size(), memory_);
}

void LeafBuilder::CollectValues(Rows rows, size_t measure, size_t value) {
  values_.clear();
  const uint64_t* words = flags_.data() + (columns_.size() + measure) * blocks_;
  for (size_t block = 0; block < blocks_; ++block) {
    ForEachBit(words[block], block * 64, [&](size_t i) { values_.push_back(rows[i][value]); });
  }
}

void LeafBuilder::AppendMeasure(Rows rows, size_t measure) {
  const Layout::Measure& of = layout_.measures()[measure];
  if (of.value == Layout::kNone) return;
  CollectValues(rows, measure, of.value);
  Leaf::Column& column = columns_[measure];
  column.numbers = static_cast<uint32_t>(memory_.size());
  if (of.aggregate == store::Aggregate::kCountDistinct) {
    ids_.assign(values_.begin(), values_.end());
    NumberIds();
    column.count = static_cast<uint16_t>(distinct_.size());
    for (const uint32_t id : distinct_) AppendUnaligned(memory_, id);
    column.encoding = distinct_.size() <= 256 ? Encoding::kCodes8 : Encoding::kCodes16;
    AppendCodes(codes_, distinct_.size(), memory_);
    return;
  }
  doubles_.clear();
  for (const uint64_t word : values_) doubles_.push_back(std::bit_cast<double>(word));
  column.count = static_cast<uint16_t>(values_.size());
  const EncodedNumbers encoded = of.aggregate == store::Aggregate::kSum
                                     ? AppendSums(doubles_, memory_)
                                     : AppendNumbers(doubles_, memory_);
  column.encoding = encoded.encoding;
  column.shift = encoded.shift;
}

}  // namespace keyscore::measures
