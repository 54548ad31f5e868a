// Where the programs and folders of the build under test are; CTest says so through the
// environment.
#pragma once

#include <filesystem>
#include <string>

namespace keyscore::testing {

// The value of a variable that CTest sets. Ends the program with a hint where it is missing.
std::string Environment(const char* name);

// A folder of its own, removed with everything in it at the end.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

void WriteFile(const std::filesystem::path& path, const std::string& content);
std::string ReadFile(const std::filesystem::path& path);

}  // namespace keyscore::testing
