// Makes foreign text safe, one character at a time.
#include "kpis/text.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "facts/utf8.h"

namespace keyscore::kpis {
namespace {

constexpr std::string_view kReplacement = "\uFFFD";
constexpr std::string_view kEllipsis = "…";

// Bytes of the character that `text` starts with; 0 = none is well-formed.
size_t CharacterLength(std::string_view text) {
  for (size_t length = 1; length <= std::min<size_t>(4, text.size()); ++length) {
    if (facts::IsStorableUtf8(text.substr(0, length))) return length;
  }
  return 0;
}

}  // namespace

std::string SafeText(std::string_view bytes, size_t max_bytes) {
  std::string safe;
  size_t fits = 0;  // length up to which an ellipsis still fits
  while (!bytes.empty()) {
    const size_t length = CharacterLength(bytes);
    std::string_view shown = length == 0 ? kReplacement : bytes.substr(0, length);
    // U+0000 is not storable text but a control character all the same.
    if (absl::ascii_iscntrl(static_cast<unsigned char>(bytes[0]))) shown = " ";
    if (safe.size() + shown.size() > max_bytes) {
      safe.resize(fits);
      if (max_bytes >= kEllipsis.size()) safe += kEllipsis;
      return safe;
    }
    safe += shown;
    if (safe.size() + kEllipsis.size() <= max_bytes) fits = safe.size();
    bytes.remove_prefix(std::max<size_t>(1, length));
  }
  return safe;
}

}  // namespace keyscore::kpis
