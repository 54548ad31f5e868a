// docs/plugins.md and docs/weighting.md are true: their commands run, one after the other, and
// print what the pages show; the code of docs/plugins.md compiles.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "author/document.h"
#include "author/installed.h"
#include "author/page.h"

namespace keyscore::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

fs::path Source(const std::string& path) {
  return fs::path(Environment("KEYSCORE_SOURCE_DIR")) / path;
}

TEST(DocsPluginsTest, EveryCommandRunsAndPrintsWhatIsShown) {
  const Desk desk;  // nothing is there but what the page installs
  fs::create_directories(desk / "build");
  fs::create_directory_symlink(Environment("KEYSCORE_BUILD_DIR"), desk / "build/release");
  ExpectThatItsCommandsPrintWhatIsShown(Source("docs/plugins.md"), desk);
}

TEST(DocsWeightingTest, EveryCommandRunsAndPrintsWhatIsShown) {
  ExpectThatItsCommandsPrintWhatIsShown(Source("docs/weighting.md"), Desk(InstalledWhole()));
}

// Whole libraries among a page's blocks.
std::vector<Block> LibrariesOf(const std::string& page) {
  std::vector<Block> libraries;
  for (Block& block : BlocksOf(page)) {
    if (absl::StrContains(block.content, "\nKEYSCORE_LIBRARY(")) libraries.push_back(block);
  }
  return libraries;
}

// The id that a library is registered with.
std::string IdOf(const Block& library) {
  constexpr char kStart[] = "\nKEYSCORE_LIBRARY(\"";
  const size_t begin = library.content.find(kStart) + sizeof kStart - 1;
  return library.content.substr(begin, library.content.find('"', begin) - begin);
}

// Builds the library on the desk, and runs the checker on it.
Finished BuildAndCheck(const Desk& desk, const Block& library, const std::string& arguments = "") {
  const std::string id = IdOf(library);
  WriteFile(desk / (id + ".cpp"), library.content);
  WriteFile(desk / "exports", "{ global: keyscore_kpi_library; local: *; };\n");
  return desk.Shell(absl::StrCat(
      "$CXX -std=c++20 -Wall -Werror -O2 -shared -fPIC -fvisibility=hidden -fno-gnu-unique ",
      "-Wl,--version-script=exports -I ", (InstalledSdk() / "include").string(), " ", id,
      ".cpp -o ", id, ".so && keyscore-plugin-check ", id, ".so ", arguments));
}

class PageTest : public ::testing::TestWithParam<const char*> {};

TEST_P(PageTest, ItsLibrariesBuildAndPassTheChecker) {
  const std::vector<Block> libraries = LibrariesOf(ReadFile(Source(GetParam())));
  ASSERT_FALSE(libraries.empty());
  const Desk desk(InstalledSdk());
  for (const Block& library : libraries) {
    const Finished run = BuildAndCheck(desk, library);
    EXPECT_EQ(run.exit_code, 0) << GetParam() << ":" << library.line << "\n" << Told(run);
  }
}

TEST_P(PageTest, ShowsTheTemplateAsItIs) {
  EXPECT_THAT(ReadFile(Source(GetParam())),
              HasSubstr("```cpp\n" + ReadFile(Source("sdk/template/acme_health.cpp")) + "```\n"));
}

INSTANTIATE_TEST_SUITE_P(Pages, PageTest, ::testing::Values("docs/plugins.md", "sdk/README.md"),
                         [](const auto& param) {
                           return param.index == 0 ? "DocsPlugins" : "SdkReadme";
                         });

TEST(DocsPluginsTest, TheGoldenVectorsOfThePageAreReproduced) {
  const std::string page = ReadFile(Source("docs/plugins.md"));
  const Desk desk(InstalledSdk());
  for (const Block& yaml : BlocksOf(page)) {
    if (yaml.language == "yaml") WriteFile(desk / "page.golden.yaml", yaml.content);
  }
  int checked = 0;
  for (const Block& library : LibrariesOf(page)) {
    if (IdOf(library) != "acme_quiet") continue;
    ++checked;
    const Finished run = BuildAndCheck(desk, library, "--golden page.golden.yaml");
    EXPECT_EQ(run.exit_code, 0) << Told(run);
  }
  EXPECT_EQ(checked, 1);
}

TEST(SdkReadmeTest, ItsCommandsBuildTheTemplateByHand) {
  const Desk desk(InstalledSdk());
  fs::create_directory_symlink(InstalledSdk(), desk / "keyscore");
  for (const char* file : {"acme_health.cpp", "acme_health.golden.yaml"}) {
    fs::copy(Source("sdk/template") / file, desk.path());
  }
  std::string commands = "set -e; HOME=$PWD\n";
  for (const Block& block : BlocksOf(ReadFile(Source("sdk/README.md")))) {
    if (block.language == "sh") commands += block.content;
  }
  EXPECT_THAT(commands, HasSubstr("keyscore-plugin-check"));
  const Finished run = desk.Shell(commands);
  EXPECT_EQ(run.exit_code, 0) << Told(run);
}

}  // namespace
}  // namespace keyscore::testing
