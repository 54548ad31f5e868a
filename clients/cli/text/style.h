// Colours of a terminal, by what they mean. Painting is off unless the output is a terminal and
// NO_COLOR is unset, so that piped text stays plain.
#pragma once

#include <string>
#include <string_view>

namespace keyscore::cli {

enum class Style { kPlain, kStrong, kDim, kGood, kFair, kPoor, kError };

// `text` in the style, or unchanged when `on` is false.
std::string Paint(std::string_view text, Style style, bool on);

// The style of a score from 0 to 100: from 70 good, from 40 fair, below poor.
Style ScoreStyle(double score);

}  // namespace keyscore::cli
