// docs/kpis.md is what the built-in libraries say of themselves now.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "support/environment.h"
#include "support/process.h"

namespace keyscore::testing {
namespace {

TEST(KpiDocsTest, ArePrintedFromThePlugins) {
  const std::string plugins = Environment("KEYSCORE_PLUGINS_DIR");
  std::vector<std::string> command = {Environment("KEYSCORE_CLI_BIN"), "plugin", "describe",
                                      "--format", "markdown"};
  for (const char* library : {"relationships", "revenue", "retention", "learning"}) {
    command.push_back(plugins + "/" + library + ".so");
  }
  const Finished described = testing::Run(command);
  ASSERT_EQ(described.exit_code, 0) << described.err;
  const std::string page = ReadFile(Environment("KEYSCORE_SOURCE_DIR") + "/docs/kpis.md");
  if (page == described.out) return;

  const std::vector<std::string> is = absl::StrSplit(page, '\n');
  const std::vector<std::string> should = absl::StrSplit(described.out, '\n');
  size_t line = 0;
  while (line < is.size() && line < should.size() && is[line] == should[line]) ++line;
  const auto at = [line](const std::vector<std::string>& lines) {
    return line < lines.size() ? lines[line] : std::string("(the end)");
  };
  ADD_FAILURE() << "docs/kpis.md differs from what the plugins say, first in line " << line + 1
                << "\n  page:    " << at(is) << "\n  plugins: " << at(should)
                << "\nRun `./run docs`, which prints it again, and commit the page.";
}

}  // namespace
}  // namespace keyscore::testing
