// "Did you mean …?"
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace keyscore::cli {

// The known name that takes the fewest edits from `given` (letter case aside); empty where none is
// near enough to have been meant (more than a third of the letters differ, at least two).
std::string Nearest(std::string_view given, const std::vector<std::string>& known);

// "; did you mean 'x'?" or, where nothing is near, an empty text.
std::string DidYouMean(std::string_view given, const std::vector<std::string>& known);

}  // namespace keyscore::cli
