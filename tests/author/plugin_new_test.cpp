// `keyscore plugin new`: the project that it writes stands on its own, and what can't be written is
// refused with a line that says what to do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "author/installed.h"

namespace keyscore::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// The names in a folder, sorted.
std::vector<std::string> Names(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

class PluginNewTest : public ::testing::Test {
 protected:
  PluginNewTest() : desk_(InstalledWhole()) {}

  // The command must be refused with exactly this one line, and leave the desk as it was.
  void ExpectRefused(const std::string& arguments, int exit_code, const std::string& line) {
    const std::vector<std::string> before = Names(desk_.path());
    const Finished run = desk_.Shell("keyscore plugin new " + arguments);
    EXPECT_EQ(run.exit_code, exit_code) << arguments;
    EXPECT_EQ(run.out, "") << arguments;
    EXPECT_EQ(run.err, "keyscore: " + line + "\n") << arguments;
    EXPECT_EQ(Names(desk_.path()), before) << arguments;
  }

  Desk desk_;
};

TEST_F(PluginNewTest, WritesTheProject) {
  const Finished run = desk_.Shell("keyscore plugin new acme_health");
  ASSERT_EQ(run.exit_code, 0) << Told(run);
  EXPECT_THAT(run.out, StartsWith("Wrote acme_health: .gitignore, CMakeLists.txt, README.md, "));
  EXPECT_THAT(run.out, HasSubstr("\n  cmake -B build\n"));
  EXPECT_THAT(Names(desk_.path()), ElementsAre("acme_health"));
  EXPECT_THAT(Names(desk_ / "acme_health"),
              ElementsAre(".gitignore", "CMakeLists.txt", "README.md", "acme_health.cpp",
                          "acme_health.golden.yaml", "acme_health_test.cpp"));
}

TEST_F(PluginNewTest, TheSourceHasAtMostThirtyLines) {
  ASSERT_EQ(desk_.Shell("keyscore plugin new acme_health").exit_code, 0);
  const std::string source = ReadFile(desk_ / "acme_health/acme_health.cpp");
  EXPECT_LE(std::count(source.begin(), source.end(), '\n'), 30);
  EXPECT_THAT(source, HasSubstr("KEYSCORE_LIBRARY("));
}

TEST_F(PluginNewTest, PutsTheNameEverywhere) {
  ASSERT_EQ(desk_.Shell("keyscore plugin new plant_safety --directory safety").exit_code, 0);
  EXPECT_THAT(Names(desk_ / "safety"),
              ElementsAre(".gitignore", "CMakeLists.txt", "README.md", "plant_safety.cpp",
                          "plant_safety.golden.yaml", "plant_safety_test.cpp"));
  for (const std::string& name : Names(desk_ / "safety")) {
    EXPECT_THAT(ReadFile(desk_ / ("safety/" + name)), Not(HasSubstr("acme_health"))) << name;
  }
  EXPECT_THAT(ReadFile(desk_ / "safety/plant_safety.cpp"),
              HasSubstr("\"plant_safety.escalation_rate\""));
}

// The whole way, with the SDK alone: no program of the server is needed to build, test and check.
class BuildTest : public ::testing::TestWithParam<const char*> {};

TEST_P(BuildTest, BuildsTestsAndChecksWithTheSdkAlone) {
  const std::string compiler = GetParam();
  if (!IsOnPath(compiler)) GTEST_SKIP() << compiler << " is not installed";
  Desk desk(InstalledSdk());
  desk.Use(compiler == "g++" ? "gcc" : "clang", compiler);
  const std::string keyscore = (InstalledWhole() / "bin/keyscore").string();
  ASSERT_EQ(desk.Shell(keyscore + " plugin new acme_health").exit_code, 0);

  for (const char* line :
       {"cmake -B build -Werror=dev", "cmake --build build",
        "ctest --test-dir build --output-on-failure --no-tests=error",
        "keyscore-plugin-check build/acme_health.so --golden acme_health.golden.yaml"}) {
    const Finished run = desk.Shell(line, "acme_health");
    ASSERT_EQ(run.exit_code, 0) << line << "\n" << Told(run);
  }

  // Nothing beyond the SDK, the standard library and the system's headers is included.
  const Finished headers =
      desk.Shell(absl::StrCat(compiler, " -std=c++20 -M -I ", (InstalledSdk() / "include").string(),
                              " acme_health.cpp acme_health_test.cpp"),
                 "acme_health");
  ASSERT_EQ(headers.exit_code, 0) << Told(headers);
  const std::string sdk = absl::StrCat(InstalledSdk().string(), "/include/keyscore/");
  int of_sdk = 0;
  const std::vector<std::string> words =
      absl::StrSplit(headers.out, absl::ByAnyChar(" \\\n"), absl::SkipEmpty());
  for (const std::string& word : words) {
    if (!absl::EndsWith(word, ".h") && word.find('/') == std::string::npos) continue;
    of_sdk += absl::StartsWith(word, sdk) ? 1 : 0;
    // /usr/include/x.h is the C library's; a library of others has a folder there.
    const bool is_system = absl::StartsWith(word, "/usr/lib/") ||
                           absl::StrContains(word, "/c++/") ||
                           absl::StartsWith(word, "/usr/include/x86_64-linux-gnu/") ||
                           absl::StartsWith(word, "/usr/include/aarch64-linux-gnu/") ||
                           absl::StartsWith(word, "/usr/include/asm") ||
                           absl::StartsWith(word, "/usr/include/linux/") ||
                           (absl::StartsWith(word, "/usr/include/") &&
                            word.find('/', sizeof("/usr/include/") - 1) == std::string::npos);
    EXPECT_TRUE(absl::StartsWith(word, sdk) || is_system) << word;
  }
  EXPECT_GT(of_sdk, 10);

  // Nor is anything else loaded.
  const Finished dynamic =
      desk.Shell("readelf -dW build/acme_health.so | grep NEEDED", "acme_health");
  const std::vector<std::string> needed = absl::StrSplit(dynamic.out, '\n', absl::SkipEmpty());
  for (const std::string& line : needed) {
    EXPECT_TRUE(absl::StrContains(line, "[libstdc++.so.6]") ||
                absl::StrContains(line, "[libm.so.6]") || absl::StrContains(line, "[libc.so.6]") ||
                absl::StrContains(line, "[libgcc_s.so.1]"))
        << line;
  }
}

INSTANTIATE_TEST_SUITE_P(Compilers, BuildTest, ::testing::Values("g++", "clang++"),
                         [](const auto& param) {
                           return param.param == std::string("g++") ? "Gcc" : "Clang";
                         });

TEST_F(PluginNewTest, RefusesNamesThatALibraryCantHave) {
  const auto cant = [](const std::string& name, const std::string& better) {
    return absl::StrCat("'", name, "' can't name a library: small letters, digits and single ",
                        "underscores, such as ", better);
  };
  ExpectRefused("AcmeHealth", 2, cant("AcmeHealth", "acme_health"));
  ExpectRefused("acme-health", 2, cant("acme-health", "acme_health"));
  ExpectRefused("acme__health", 2, cant("acme__health", "acme_health"));
  ExpectRefused("acme_", 2, cant("acme_", "acme"));
  ExpectRefused("7up", 2, cant("7up", "up"));
  ExpectRefused("../escape", 2, cant("../escape", "escape"));
  ExpectRefused("''", 2, cant("", "acme_health"));
  ExpectRefused(
      std::string(64, 'a'), 2,
      absl::StrCat("'", std::string(64, 'a'), "' has 64 letters, a library's name at most 63"));
}

TEST_F(PluginNewTest, RefusesNamesThatAreTaken) {
  for (const std::string pillar : {"relationships", "revenue", "retention", "learning"}) {
    ExpectRefused(pillar, 2,
                  absl::StrCat("'", pillar, "' is a library of the built-in catalogue; take ",
                               "another name, such as acme_", pillar));
  }
  ExpectRefused("test", 2,
                "'test' is a name that CMake keeps for itself; take another, such as acme_test");
}

TEST_F(PluginNewTest, RefusesAFolderThatIsInUse) {
  fs::create_directory(desk_ / "acme_health");
  WriteFile(desk_ / "acme_health/mine", "precious");
  ExpectRefused("acme_health", 1,
                "acme_health is there already and not empty; name another folder with --directory");
  EXPECT_THAT(Names(desk_ / "acme_health"), ElementsAre("mine"));
  WriteFile(desk_ / "file", "");
  ExpectRefused("acme_health -d file", 1,
                "file is there already and no folder; name another folder with --directory");
}

TEST_F(PluginNewTest, RefusesAFolderInAFolderThatIsNotThere) {
  const std::string parent = (desk_ / "no/such").string();
  ExpectRefused("acme_health -d no/such/place", 1,
                absl::StrCat("there is no folder ", parent, "; make it first: mkdir -p ", parent));
}

TEST_F(PluginNewTest, FillsAnEmptyFolderEvenTheOneItIsIn) {
  fs::create_directory(desk_ / "empty");
  const Finished run = desk_.Shell("keyscore plugin new acme_health --directory .", "empty");
  ASSERT_EQ(run.exit_code, 0) << Told(run);
  EXPECT_EQ(Names(desk_ / "empty").size(), 6u);
  EXPECT_EQ(desk_.Shell("test -f CMakeLists.txt", "empty").exit_code, 0);
}

TEST_F(PluginNewTest, LeavesNothingWhenTheDiskIsFull) {
  fs::create_directory(desk_ / "empty");
  for (const std::string place : {"new", "empty"}) {
    // No file may grow beyond 1 KiB, which the source does.
    const Finished run = desk_.Shell(
        "trap '' XFSZ; ulimit -f 1; keyscore plugin new acme_health --directory " + place);
    EXPECT_EQ(run.exit_code, 1) << Told(run);
    EXPECT_EQ(run.err, "keyscore: can't write " + place +
                           ": file too large; name a folder of yours with --directory\n");
    EXPECT_THAT(Names(desk_.path()), ElementsAre("empty"));
    EXPECT_THAT(Names(desk_ / "empty"), IsEmpty());
  }
}

TEST_F(PluginNewTest, RefusesAFolderThatCantBeWritten) {
  // A file system that takes no folders, also from root.
  const Finished run = desk_.Shell("keyscore plugin new acme_health -d /proc/acme_health");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, StartsWith("keyscore: can't write /proc/acme_health: "));
  EXPECT_THAT(run.err, EndsWith("; name a folder of yours with --directory\n"));
}

TEST_F(PluginNewTest, SaysWhatToInstallWhereTheTemplateIsMissing) {
  // The program, and the libraries that it needs, somewhere else.
  fs::create_directories(desk_ / "bin");
  fs::copy_file(InstalledWhole() / "bin/keyscore", desk_ / "bin/keyscore");
  fs::create_symlink(InstalledWhole() / "lib", desk_ / "lib");
  const Finished run = desk_.Shell("bin/keyscore plugin new acme_health");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.err,
            absl::StrCat("keyscore: the template can't be read at ",
                         (desk_ / "share/keyscore/template").string(),
                         "; install the SDK beside this program: cmake --install BUILD --component "
                         "sdk --prefix ",
                         desk_.path().string(), "\n"));
  EXPECT_FALSE(fs::exists(desk_ / "acme_health"));
}

TEST_F(PluginNewTest, TellsScriptsInJson) {
  const Finished run = desk_.Shell("keyscore plugin new acme_health --output json");
  ASSERT_EQ(run.exit_code, 0) << Told(run);
  EXPECT_THAT(run.out, HasSubstr("\"directory\": \"acme_health\""));
  EXPECT_THAT(run.out, HasSubstr("\"acme_health.golden.yaml\""));
}

}  // namespace
}  // namespace keyscore::testing
