// Paths of the installation, and running a shell.
#include "author/installed.h"

#include <unistd.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace keyscore::testing {

namespace fs = std::filesystem;

fs::path InstalledSdk() { return fs::path(Environment("KEYSCORE_INSTALLED")) / "sdk"; }
fs::path InstalledWhole() { return fs::path(Environment("KEYSCORE_INSTALLED")) / "whole"; }

bool IsOnPath(const std::string& program) {
  const std::vector<std::string> folders = absl::StrSplit(Environment("PATH"), ':');
  for (const std::string& folder : folders) {
    if (access((fs::path(folder) / program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

Finished Desk::Shell(const std::string& line, const std::string& below) const {
  const std::string path = Environment("PATH");
  // `env` in front, for it replaces what the test's own environment says.
  return Run({"env", absl::StrCat("--chdir=", (folder_ / below).string()),
              absl::StrCat("PATH=", prefix_.empty() ? "" : (prefix_ / "bin").string() + ":", path),
              absl::StrCat("CC=", cc_), absl::StrCat("CXX=", cxx_), "CMAKE_GENERATOR=Ninja",
              "NO_COLOR=1", "LC_ALL=C.UTF-8", "bash", "-c", line});
}

std::string Told(const Finished& finished) {
  return absl::StrCat("exit code ", finished.exit_code, "\n", finished.out, finished.err);
}

}  // namespace keyscore::testing
