// How many columns of a terminal a text takes: UTF-8, wide East Asian characters, combining marks.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace keyscore::cli {

size_t DisplayWidth(std::string_view utf8);

// Filled up with spaces on the right (or left) to `width`; longer texts stay as they are.
std::string PadRight(std::string_view text, size_t width);
std::string PadLeft(std::string_view text, size_t width);

// At most `width` columns; where something is cut, the last column is an ellipsis.
std::string Shorten(std::string_view text, size_t width);

// Control characters, which a terminal would obey, as spaces.
std::string Printable(std::string_view text);

}  // namespace keyscore::cli
