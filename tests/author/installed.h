// What an author works with: programs and SDK as installed, and a shell in a folder of the test's.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "support/environment.h"
#include "support/process.h"

namespace keyscore::testing {

// The component sdk and nothing else, and the whole installation. See install.cmake.
std::filesystem::path InstalledSdk();
std::filesystem::path InstalledWhole();

// Whether `program` is on the PATH. Where a test needs one that is not, it is skipped.
bool IsOnPath(const std::string& program);

// A folder in which commands run as an author would type them, with the installed programs of
// `prefix` in front of the PATH.
class Desk {
 public:
  Desk() = default;  // nothing installed
  explicit Desk(std::filesystem::path prefix) : prefix_(std::move(prefix)) {}

  const std::filesystem::path& path() const { return folder_.path(); }
  std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }

  // Runs a line of bash in the folder, or in `below` of it. CMake builds with Ninja and the
  // compilers `cc` and `cxx`.
  Finished Shell(const std::string& line, const std::string& below = ".") const;
  void Use(const std::string& cc, const std::string& cxx) {
    cc_ = cc;
    cxx_ = cxx;
  }

 private:
  std::filesystem::path prefix_;
  TempDir folder_;
  std::string cc_ = "cc";
  std::string cxx_ = "c++";
};

// "exit code 1", and what it printed: for the message of a failed expectation.
std::string Told(const Finished& finished);

}  // namespace keyscore::testing
