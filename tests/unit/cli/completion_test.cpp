// Completion scripts, as far as the shells here can judge them.
#include "cli/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>

#include "unit/cli/cli_harness.h"

namespace keyscore::cli {
namespace {

using ::testing::HasSubstr;

// What bash offers for a line whose last word is being typed.
std::string Offered(const std::string& line) {
  TempFolder folder;
  const std::string script = folder.Write("c.bash", RunCli({"completion", "bash"}).out);
  std::string words;
  int last = -1;
  for (size_t at = 0; at <= line.size();) {
    const size_t space = std::min(line.find(' ', at), line.size());
    words += " '" + line.substr(at, space - at) + "'";
    ++last;
    at = space + 1;
  }
  const std::string run =
      folder.Write("run.bash", "cd '" + folder.path() + "'\nsource '" + script + "'\nCOMP_WORDS=(" +
                                   words + ")\nCOMP_CWORD=" + std::to_string(last) +
                                   "\n_keyscore\necho \"${COMPREPLY[@]}\"\n");
  std::string offered;
  FILE* shell = popen(("bash " + run + " 2>&1").c_str(), "r");
  std::array<char, 4096> buffer;
  while (fgets(buffer.data(), buffer.size(), shell) != nullptr) offered += buffer.data();
  pclose(shell);
  return offered;
}

TEST(BashCompletionTest, OffersCommandsOptionsAndChoices) {
  EXPECT_EQ(Offered("keyscore sco"), "scorecard\n");
  EXPECT_EQ(Offered("keyscore kpis s"), "show\n");
  EXPECT_EQ(Offered("keyscore rank m"), "managers\n");
  EXPECT_EQ(Offered("keyscore rank managers --per"), "--period\n");
  EXPECT_EQ(Offered("keyscore rank managers --output j"), "json\n");
  EXPECT_EQ(Offered("keyscore --output c"), "csv\n");
  EXPECT_EQ(Offered("keyscore plugins ins"), "install\n");
  EXPECT_EQ(Offered("keyscore plugin ro"), "rollback\n");
  EXPECT_EQ(Offered("keyscore plugins shadow a --pro"), "--promote\n");
}

TEST(BashCompletionTest, OffersFilesWhereAFileIsMeant) {
  EXPECT_EQ(Offered("keyscore import run"), "run.bash\n");
  EXPECT_EQ(Offered("keyscore scorecard run"), "\n");
  EXPECT_EQ(Offered("keyscore plugins install run"), "run.bash\n");
  EXPECT_EQ(Offered("keyscore plugins install a.so --golden run"), "run.bash\n");
}

TEST(CompletionTest, EveryCommandStandsInEveryShell) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = RunCli({"completion", shell}).out;
    for (const char* command : {"import", "scorecard", "rank", "explain", "kpis", "datasets",
                                "plugins", "weights", "facts", "completion", "version"}) {
      EXPECT_THAT(script, HasSubstr(command)) << shell;
    }
    EXPECT_THAT(script, HasSubstr("period")) << shell;
  }
}

TEST(CompletionTest, UnknownShellIsRefused) {
  EXPECT_EQ(RunCli({"completion", "tcsh"}).exit_code, 2);
}

}  // namespace
}  // namespace keyscore::cli
