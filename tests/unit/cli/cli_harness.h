// Runs the command line inside a test, with streams that can be looked at; and a folder of files.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "cli/app.h"
#include "cli/context.h"

namespace keyscore::cli {

struct CliRun {
  int exit_code = 0;
  std::string out;
  std::string err;
};

// `keyscore ARGUMENTS…`, inside this process.
inline CliRun RunCli(std::vector<std::string> arguments) {
  std::ostringstream out;
  std::ostringstream err;
  Context context;
  context.terminal = Terminal{.out = &out, .err = &err};
  std::vector<const char*> argv = {"keyscore"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  CliRun run;
  run.exit_code = Run(static_cast<int>(argv.size()), argv.data(), context);
  run.out = out.str();
  run.err = err.str();
  return run;
}

// A folder that goes away with the test.
class TempFolder {
 public:
  TempFolder() {
    std::random_device random;
    path_ = std::filesystem::temp_directory_path() /
            ("keyscore-cli-" + std::to_string(random()) + "-" + std::to_string(random()));
    std::filesystem::create_directories(path_);
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::string path() const { return path_.string(); }
  // Writes a file and returns its path.
  std::string Write(const std::string& name, const std::string& content) const {
    std::ofstream(path_ / name, std::ios::binary) << content;
    return (path_ / name).string();
  }
  std::string Read(const std::string& name) const {
    std::ifstream file(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  bool Has(const std::string& name) const { return std::filesystem::exists(path_ / name); }

 private:
  std::filesystem::path path_;
};

}  // namespace keyscore::cli
