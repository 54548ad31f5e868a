// docs/performance.md: what stands between its markers is written by the benchmarks.
#pragma once

#include <string>

namespace keyscore::bench {

// Puts `text` between the lines "<!-- NAME: begin … -->" and "<!-- NAME: end -->" of the file. Dies
// when they aren't there.
void ReplaceSection(const std::string& file, const std::string& name, const std::string& text);

// Cores and memory of this machine, in words.
std::string Machine();

}  // namespace keyscore::bench
