// The fact_ids of a leaf's events: what they share once, and of the rest the digits as numbers
// where all are numbers of one length, else the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "measures/memory/packed_ints.h"

namespace keyscore::measures {

class FactIds {
 public:
  static FactIds Append(absl::Span<const std::string_view> fact_ids, std::vector<uint8_t>& memory);

  // Appends the i-th to `to`.
  void Get(const uint8_t* memory, size_t i, std::string& to) const;

  // Of the first `count` together.
  size_t size(const uint8_t* memory, size_t count) const {
    const size_t rest =
        digits_ != 0 ? count * digits_ : static_cast<size_t>(numbers_.At(memory, count - 1));
    return count * prefix_size_ + rest;
  }

 private:
  uint32_t prefix_ = 0;  // where it stands
  uint32_t prefix_size_ = 0;
  uint32_t text_ = 0;
  uint32_t digits_ = 0;  // of the numbers; 0 = text
  PackedInts numbers_;   // numbers, or where each text ends
};

}  // namespace keyscore::measures
