// A page of documentation whose commands run.
#pragma once

#include <filesystem>

#include "author/installed.h"

namespace keyscore::testing {

// Runs the page's `sh` blocks one after the other in the desk's folder, and expects each to print
// what the `text` block after it shows. A server that the page starts at 127.0.0.1:7443 gets
// another address, runs until the page starts one anew, and is stopped at the end. With
// KEYSCORE_UPDATE_DOCS=1 a block that shows something else is rewritten instead; put the … back in
// by hand.
void ExpectThatItsCommandsPrintWhatIsShown(const std::filesystem::path& page, const Desk& desk);

}  // namespace keyscore::testing
