// A page's commands as one script, and what each of them printed.
#include "author/page.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "author/document.h"

namespace keyscore::testing {
namespace {

constexpr char kShownAddress[] = "127.0.0.1:7443";

// An address that nobody listens on, as far as one can know.
std::string FreeAddress() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(listener, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  close(listener);
  return absl::StrCat("127.0.0.1:", ntohs(address.sin_port));
}

// What stands before the page's commands. A server runs until the page starts it anew.
constexpr char kPrelude[] = R"(set -eo pipefail
server=
stop_server() {
  [[ -n $server ]] || return 0
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=
}
trap stop_server EXIT
start_server() {
  stop_server
  "$@" >"$HOME/server.log" 2>&1 &
  server=$!
  for ((i = 0; i < 600; ++i)); do
    ! grep -q 'ready on' "$HOME/server.log" || return 0
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  cat "$HOME/server.log"
  return 1
}
)";

// The page's commands as one script; after each block it says where it ends.
std::string ScriptOf(const std::vector<Block>& blocks) {
  std::string script = kPrelude;
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i].language != "sh") continue;
    // In the page a server has a terminal of its own.
    const bool serves = absl::StartsWith(blocks[i].content, "keyscored ");
    absl::StrAppend(&script, serves ? "start_server " : "", blocks[i].content, "echo '@end ", i,
                    "'\n");
  }
  return script;
}

// What each block printed, by its number; those that were not reached are missing.
std::vector<std::optional<std::string>> OutputsOf(const std::string& printed, size_t blocks) {
  std::vector<std::optional<std::string>> outputs(blocks);
  size_t begin = 0;
  for (size_t i = 0; i < blocks; ++i) {
    const std::string mark = absl::StrCat("@end ", i, "\n");
    const size_t end = printed.find(mark, begin);
    if (end == std::string::npos) continue;
    outputs[i] = printed.substr(begin, end - begin);
    begin = end + mark.size();
  }
  return outputs;
}

}  // namespace

void ExpectThatItsCommandsPrintWhatIsShown(const std::filesystem::path& path, const Desk& desk) {
  const std::string page = ReadFile(path);
  const std::vector<Block> blocks = BlocksOf(page);
  ASSERT_GT(blocks.size(), 10u);

  const std::string address = FreeAddress();
  WriteFile(desk / "commands.sh",
            absl::StrReplaceAll(ScriptOf(blocks), {{kShownAddress, address}}));
  // A compiler that was installed for one user is found where it was.
  const Finished run =
      desk.Shell(absl::StrCat("export RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup}; ",
                              "export HOME=$PWD KEYSCORE_SERVER=", address,
                              "; timeout --signal=TERM 220 bash commands.sh 2>&1 </dev/null"));
  const std::string printed =
      absl::StrReplaceAll(run.out, {{address, kShownAddress}, {desk.path().string(), "~"}});
  ASSERT_EQ(run.exit_code, 0) << printed << run.err;

  const auto outputs = OutputsOf(printed, blocks.size());
  std::vector<std::pair<size_t, std::string>> rewritten;
  const bool update = std::getenv("KEYSCORE_UPDATE_DOCS") != nullptr;
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i].language == "sh") {
      EXPECT_TRUE(outputs[i].has_value()) << "line " << blocks[i].line;
    }
    if (blocks[i].language != "text") continue;
    ASSERT_TRUE(i > 0 && blocks[i - 1].language == "sh" && outputs[i - 1]);
    const auto difference = Difference(blocks[i].content, *outputs[i - 1]);
    if (!difference) continue;
    if (!update) {
      ADD_FAILURE() << path.string() << ":" << blocks[i].line << "\n" << *difference;
      continue;
    }
    rewritten.emplace_back(i, *outputs[i - 1]);
  }
  // From the end, so that the lines before stay where they are.
  std::vector<std::string> lines = absl::StrSplit(page, '\n');
  for (auto block = rewritten.rbegin(); block != rewritten.rend(); ++block) {
    const auto begin = lines.begin() + static_cast<std::ptrdiff_t>(blocks[block->first].line) - 1;
    const auto end = std::find(begin, lines.end(), "```");
    *begin = std::string(absl::StripTrailingAsciiWhitespace(block->second.c_str()));
    lines.erase(begin + 1, end);
  }
  if (!rewritten.empty()) WriteFile(path, absl::StrJoin(lines, "\n"));
}

}  // namespace keyscore::testing
