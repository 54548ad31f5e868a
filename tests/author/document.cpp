// Fences, and matching with gaps.
#include "author/document.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace keyscore::testing {
namespace {

constexpr char kGap[] = "…";

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  for (std::string& line : lines) absl::RemoveExtraAsciiWhitespace(&line);
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  while (!lines.empty() && lines.front().empty()) lines.erase(lines.begin());
  return lines;
}

bool LineMatches(const std::string& shown, const std::string& printed) {
  if (shown == printed) return true;
  const std::vector<std::string> parts = absl::StrSplit(shown, kGap);
  if (parts.size() == 1 || !absl::StartsWith(printed, parts.front())) return false;
  size_t at = parts.front().size();
  for (size_t i = 1; i < parts.size(); ++i) {
    const bool last = i + 1 == parts.size();
    // The last part ends the line; the others are taken where they come first.
    const size_t found =
        last && printed.size() >= at + parts[i].size() && absl::EndsWith(printed, parts[i].c_str())
            ? printed.size() - parts[i].size()
        : last ? std::string::npos
               : printed.find(parts[i], at);
    if (found == std::string::npos) return false;
    at = found + parts[i].size();
  }
  return true;
}

}  // namespace

std::vector<Block> BlocksOf(const std::string& page) {
  std::vector<Block> blocks;
  bool inside = false;
  size_t number = 0;
  const std::vector<std::string> lines = absl::StrSplit(page, '\n');
  for (const std::string& line : lines) {
    ++number;
    if (absl::StartsWith(line, "```")) {
      inside = !inside;
      if (inside) blocks.push_back({line.substr(3), "", number + 1});
    } else if (inside) {
      absl::StrAppend(&blocks.back().content, line, "\n");
    }
  }
  return blocks;
}

std::optional<std::string> Difference(const std::string& shown, const std::string& printed) {
  const std::vector<std::string> expected = LinesOf(shown);
  const std::vector<std::string> got = LinesOf(printed);
  size_t at = 0;
  bool gap = false;
  for (const std::string& line : expected) {
    if (line == kGap) {
      gap = true;
      continue;
    }
    while (gap && at < got.size() && !LineMatches(line, got[at])) ++at;
    if (at == got.size() || !LineMatches(line, got[at])) {
      return absl::StrCat("shown:   ", line,
                          "\nprinted: ", at == got.size() ? "nothing more" : got[at], "\nof\n",
                          absl::StrJoin(got, "\n"));
    }
    ++at;
    gap = false;
  }
  if (!gap && at < got.size()) {
    return absl::StrCat("printed, but not shown: ", got[at], "\nof\n", absl::StrJoin(got, "\n"));
  }
  return std::nullopt;
}

}  // namespace keyscore::testing
