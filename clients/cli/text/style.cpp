// ANSI colours.
#include "cli/text/style.h"

#include <fmt/format.h>

namespace keyscore::cli {
namespace {

const char* Code(Style style) {
  switch (style) {
    case Style::kPlain:
      return "";
    case Style::kStrong:
      return "1";
    case Style::kDim:
      return "2";
    case Style::kGood:
      return "32";
    case Style::kFair:
      return "33";
    case Style::kPoor:
      return "31";
    case Style::kError:
      return "1;31";
  }
  return "";
}

}  // namespace

std::string Paint(std::string_view text, Style style, bool on) {
  if (!on || style == Style::kPlain || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", Code(style), text);
}

Style ScoreStyle(double score) {
  if (score >= 70) return Style::kGood;
  return score >= 40 ? Style::kFair : Style::kPoor;
}

}  // namespace keyscore::cli
