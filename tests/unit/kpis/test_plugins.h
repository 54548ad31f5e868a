// Where the libraries are that the build made for tests, and a scratch folder for one test.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace keyscore::kpis {

// Of tests/fault/plugins; CTest sets the variable.
inline std::filesystem::path TestPlugin(const std::string& name) {
  const char* const directory = std::getenv("KEYSCORE_TEST_PLUGINS_DIR");
  EXPECT_NE(directory, nullptr) << "run by ctest, or set KEYSCORE_TEST_PLUGINS_DIR";
  return std::filesystem::path(directory == nullptr ? "." : directory) / (name + ".so");
}

// A folder of its own, gone when the test ends.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = ::testing::TempDir() + "keyscore-kpis-XXXXXX";
    path_ = mkdtemp(pattern.data());
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

  std::string Write(const std::string& name, const std::string& content) const {
    std::ofstream(path_ / name, std::ios::binary) << content;
    return (path_ / name).string();
  }
  // Copies a library of the build's into the folder `into`.
  void Install(const std::string& name, const std::string& into) const {
    std::filesystem::create_directories(path_ / into);
    std::filesystem::copy_file(TestPlugin(name), path_ / into / (name + ".so"));
  }

 private:
  std::filesystem::path path_;
};

}  // namespace keyscore::kpis
