// "Did you mean …?": the known name nearest to one that isn't known.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace keyscore::config {

// The candidate with the fewest edits (insert, delete, replace, swap of neighbours) from `name`,
// the first of equals; empty when even that one differs in more than a third of its letters.
std::string Nearest(std::string_view name, const std::vector<std::string>& candidates);

// " Did you mean 'x'?" or nothing, to end a message with.
std::string DidYouMean(const std::string& name, const std::vector<std::string>& candidates);

}  // namespace keyscore::config
