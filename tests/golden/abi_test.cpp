// The freeze of the plugin ABI: the layout of kpi_abi.h, as C++ and as C11, is the one in
// kpi_abi_v1.txt. Where this fails, plugins that are already built would read garbage: put the
// header back. Only lines appended together with a new minor version may be new.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "golden/abi_layout.h"
#include "support/environment.h"

namespace keyscore {
namespace {

namespace fs = std::filesystem;

fs::path Source() {
  const char* source = std::getenv("KEYSCORE_SOURCE_DIR");
  return source == nullptr ? fs::path(__FILE__).parent_path().parent_path().parent_path()
                           : fs::path(source);
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string Golden() { return ReadFile(Source() / "tests/golden/kpi_abi_v1.txt"); }

TEST(KpiAbiTest, LayoutInCppIsFrozen) {
  const testing::TempDir folder;
  const fs::path path = folder / "kpi_abi_cpp.txt";
  std::FILE* file = std::fopen(path.c_str(), "w");
  ASSERT_NE(file, nullptr);
  PrintAbiLayout(file);
  std::fclose(file);
  EXPECT_EQ(ReadFile(path), Golden());
}

TEST(KpiAbiTest, HeaderIsPlainC11WithTheSameLayout) {
  const testing::TempDir folder;
  const fs::path program = folder / "kpi_abi_c11";
  const fs::path output = folder / "kpi_abi_c11.txt";
  const char* compiler = std::getenv("CC");
  const std::string command =
      std::string(compiler == nullptr ? "cc" : compiler) +
      " -std=c11 -Wall -Wextra -Wpedantic -Werror -I'" + (Source() / "sdk/include").string() +
      "' '" + (Source() / "tests/golden/abi_c11.c").string() + "' -o '" + program.string() +
      "' && '" + program.string() + "' > '" + output.string() + "'";
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  EXPECT_EQ(ReadFile(output), Golden());
}

// The printer names every field: the end of each struct's last field is the struct's end, give or
// take the padding that aligns it.
TEST(KpiAbiTest, NoFieldIsMissingFromTheGoldenFile) {
  std::istringstream lines(Golden());
  std::string line;
  std::string name;
  unsigned size = 0;
  unsigned align = 1;
  unsigned end = 0;
  int structs = 0;
  const auto check = [&] {
    if (!name.empty()) {
      EXPECT_EQ((end + align - 1) / align * align, size) << name;
    }
    name.clear();
  };
  while (std::getline(lines, line)) {
    char word[64];
    unsigned offset = 0;
    unsigned bytes = 0;
    if (std::sscanf(line.c_str(), "struct %63s size %u align %u", word, &bytes, &align) == 3) {
      check();
      name = word;
      size = bytes;
      end = 0;
      ++structs;
    } else if (std::sscanf(line.c_str(), "  %63s offset %u size %u", word, &offset, &bytes) == 3) {
      EXPECT_EQ(offset, end) << name << "." << word << ": version 1 has no holes";
      end = offset + bytes;
    }
  }
  check();
  EXPECT_EQ(structs, 16);
}

// A minor version only appends: whatever 1.0 laid down stands where it stood. Sizes may grow.
TEST(KpiAbiTest, NothingOfVersionOneZeroHasMoved) {
  std::set<std::string> now;
  std::string scope;
  const auto each_line = [&scope](const std::string& text, const auto& visit) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("struct ") || line.starts_with("enum ")) {
        scope = line.substr(0, line.find(' ', line.find(' ') + 1));
      } else if (!line.starts_with("abi ")) {
        visit(scope + ": " + line);
      }
    }
  };
  each_line(Golden(), [&now](const std::string& line) { now.insert(line); });
  int lines = 0;
  each_line(ReadFile(Source() / "tests/golden/kpi_abi_v1_0.txt"), [&](const std::string& line) {
    EXPECT_EQ(now.count(line), 1u) << line;
    ++lines;
  });
  EXPECT_GT(lines, 150);
}

}  // namespace
}  // namespace keyscore
