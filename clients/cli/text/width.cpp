// Display width by Unicode ranges; independent of the locale, unlike wcwidth().
#include "cli/text/width.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace keyscore::cli {
namespace {

struct Range {
  uint32_t first, last;
};

// Combining marks and zero-width characters that names contain in practice.
constexpr Range kZero[] = {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x064B, 0x065F},
                           {0x0E31, 0x0E31}, {0x0E34, 0x0E3A}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
                           {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0x3099, 0x309A}, {0xFE00, 0xFE0F},
                           {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}};
// East Asian Wide and Fullwidth (UAX #11), and the emoji planes.
constexpr Range kWide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},
                           {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},
                           {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE4F},
                           {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F},
                           {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

template <size_t n>
bool In(const Range (&ranges)[n], uint32_t c) {
  const auto* after = std::upper_bound(std::begin(ranges), std::end(ranges), c,
                                       [](uint32_t v, const Range& r) { return v < r.first; });
  return after != std::begin(ranges) && c <= std::prev(after)->last;
}

// The next character, and how many bytes it takes. A byte that is no UTF-8 counts as one character.
uint32_t Next(std::string_view text, size_t at, size_t& bytes) {
  const auto lead = static_cast<unsigned char>(text[at]);
  bytes = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 1;
  if (bytes == 1) return lead;
  if (at + bytes > text.size()) {
    bytes = 1;
    return lead;
  }
  uint32_t c = lead & (0xFFu >> (bytes + 1));
  for (size_t i = 1; i < bytes; ++i) {
    const auto follower = static_cast<unsigned char>(text[at + i]);
    if (follower >> 6 != 2) {
      bytes = 1;
      return lead;
    }
    c = c << 6 | (follower & 0x3Fu);
  }
  return c;
}

size_t WidthOf(uint32_t c) {
  if (In(kZero, c)) return 0;
  return In(kWide, c) ? 2 : 1;
}

}  // namespace

size_t DisplayWidth(std::string_view utf8) {
  size_t width = 0;
  for (size_t at = 0, bytes = 0; at < utf8.size(); at += bytes) {
    width += WidthOf(Next(utf8, at, bytes));
  }
  return width;
}

std::string PadRight(std::string_view text, size_t width) {
  const size_t has = DisplayWidth(text);
  return std::string(text) + std::string(has < width ? width - has : 0, ' ');
}

std::string PadLeft(std::string_view text, size_t width) {
  const size_t has = DisplayWidth(text);
  return std::string(has < width ? width - has : 0, ' ') + std::string(text);
}

std::string Shorten(std::string_view text, size_t width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  if (width == 0) return "";
  size_t used = 0;
  size_t at = 0;
  for (size_t bytes = 0; at < text.size(); at += bytes) {
    const size_t next = WidthOf(Next(text, at, bytes));
    if (used + next > width - 1) break;
    used += next;
  }
  return std::string(text.substr(0, at)) + "…";
}

std::string Printable(std::string_view text) {
  std::string printable(text);
  for (char& c : printable) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) c = ' ';
  }
  return printable;
}

}  // namespace keyscore::cli
