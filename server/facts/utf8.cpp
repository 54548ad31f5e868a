// The UTF-8 check, with a fast path for ASCII, which most facts are.
#include "facts/utf8.h"

#include <cstdint>
#include <cstring>

namespace keyscore::facts {
namespace {

bool IsContinuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// The length of the well-formed sequence that starts with the non-ASCII byte at `p`; 0 = malformed.
size_t SequenceLength(const unsigned char* p, size_t left) {
  const unsigned char lead = p[0];
  if (lead >= 0xC2 && lead <= 0xDF) return left >= 2 && IsContinuation(p[1]) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (left < 3 || !IsContinuation(p[1]) || !IsContinuation(p[2])) return 0;
    if (lead == 0xE0 && p[1] < 0xA0) return 0;  // overlong
    if (lead == 0xED && p[1] > 0x9F) return 0;  // surrogate
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (left < 4 || !IsContinuation(p[1]) || !IsContinuation(p[2]) || !IsContinuation(p[3])) {
      return 0;
    }
    if (lead == 0xF0 && p[1] < 0x90) return 0;  // overlong
    if (lead == 0xF4 && p[1] > 0x8F) return 0;  // above U+10FFFF
    return 4;
  }
  return 0;
}

// Whether any of eight bytes is zero or has its high bit set ("Bit Twiddling Hacks", haszero).
bool HasZeroOrHigh(uint64_t word) {
  return (((word - 0x0101010101010101ULL) | word) & 0x8080808080808080ULL) != 0;
}

}  // namespace

bool IsPlainAscii(std::string_view text) {
  bool plain = true;
  size_t at = 0;
  for (; at + sizeof(uint64_t) <= text.size(); at += sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, text.data() + at, sizeof(word));
    plain &= !HasZeroOrHigh(word);
  }
  for (; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    plain &= byte != 0 && byte < 0x80;
  }
  return plain;
}

bool IsStorableUtf8(std::string_view text) {
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  size_t left = text.size();
  while (left > 0) {
    if (left >= sizeof(uint64_t)) {
      uint64_t word;
      std::memcpy(&word, p, sizeof(word));
      if (!HasZeroOrHigh(word)) {
        p += sizeof(word);
        left -= sizeof(word);
        continue;
      }
    }
    size_t length = 1;
    if (*p == 0) return false;
    if (*p >= 0x80) {
      length = SequenceLength(p, left);
      if (length == 0) return false;
    }
    p += length;
    left -= length;
  }
  return true;
}

}  // namespace keyscore::facts
