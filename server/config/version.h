// The version of the program, as it stands in receipts and in --version.
#pragma once

namespace keyscore::config {

// The same as in the project() line of the top CMakeLists.txt; a test compares the two.
inline constexpr char kVersion[] = "0.1.0";

}  // namespace keyscore::config
