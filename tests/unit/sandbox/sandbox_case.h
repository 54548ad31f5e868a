// Folders to try the sandbox on.
#pragma once

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "unit/sandbox/confined.h"

namespace keyscore::kpis {

inline const std::vector<std::string> kSystem = {"/usr", "/lib", "/lib64", "/etc/ld.so.cache"};

inline bool HasLandlock() {
  return syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

inline int Open(const std::string& path, int flags) { return open(path.c_str(), flags, 0600); }

// A folder with two of its own, `mine` and `theirs`, each with a file `text`.
class SandboxTest : public ::testing::Test {
 protected:
  SandboxTest() {
    std::string pattern = ::testing::TempDir() + "keyscore-sandbox-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    for (const char* const name : {"mine", "theirs"}) {
      std::filesystem::create_directory(folder_ / name);
      std::ofstream(folder_ / name / "text") << name;
    }
  }
  ~SandboxTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string Mine() const { return folder_ / "mine" / "text"; }
  SandboxOptions Reading(std::vector<std::string> readable) const {
    readable.insert(readable.end(), kSystem.begin(), kSystem.end());
    return {.readable = readable};
  }
  SandboxOptions ReadingMine() const { return Reading({folder_ / "mine"}); }

  std::filesystem::path folder_;
};

}  // namespace keyscore::kpis
