// A page of documentation as a test sees it: its code blocks, in order, and the comparison of what
// it shows with what was printed.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace keyscore::testing {

struct Block {
  std::string language;  // "sh", "text", "cpp", "yaml"; empty where the page says none
  std::string content;   // whole lines
  size_t line = 0;       // of the first line of the content, from 1
};

// The blocks between ``` fences.
std::vector<Block> BlocksOf(const std::string& page);

// Where `shown` differs from `printed`, in words; nothing where they agree. A line … stands for any
// number of lines, … within a line for any text. Several blanks count as one, so that a column of a
// table may grow; those at the ends of lines don't count, nor do empty lines at the start and end.
std::optional<std::string> Difference(const std::string& shown, const std::string& printed);

}  // namespace keyscore::testing
