// Reads /proc.
#include "support/processes.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace keyscore::testing {
namespace {

namespace fs = std::filesystem;

// "pid (command) state parent …"; the command may hold anything, closing brackets too.
bool ReadStat(const std::string& pid, ChildProcess& process, pid_t& parent) {
  std::ifstream file("/proc/" + pid + "/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const size_t open = text.find('(');
  const size_t close = text.rfind(')');
  if (close == std::string::npos || open == std::string::npos) return false;
  process.command = text.substr(open + 1, close - open - 1);
  std::istringstream rest(text.substr(close + 1));
  rest >> process.state >> parent;
  return absl::SimpleAtoi(pid, &process.pid) && !rest.fail();
}

}  // namespace

std::vector<ChildProcess> ChildrenOf(pid_t pid) {
  std::vector<ChildProcess> children;
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator("/proc", gone)) {
    const std::string name = entry.path().filename().string();
    ChildProcess process;
    pid_t parent = -1;
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (ReadStat(name, process, parent) && parent == pid) children.push_back(process);
  }
  return children;
}

bool IsRunning(pid_t pid) {
  ChildProcess process;
  pid_t parent = -1;
  return ReadStat(absl::StrCat(pid), process, parent) && process.state != 'Z' &&
         process.state != 'X';
}

std::vector<std::string> DescriptorsOf(pid_t pid) {
  std::vector<std::string> names;
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator(absl::StrCat("/proc/", pid, "/fd"), gone)) {
    const fs::path target = fs::read_symlink(entry.path(), gone);
    if (!gone) names.push_back(target.string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> MappingsOf(pid_t pid) {
  std::ifstream maps(absl::StrCat("/proc/", pid, "/maps"));
  std::set<std::string> names;
  std::string line;
  while (std::getline(maps, line)) {
    // address, permissions, offset, device, inode, and the name where there is one
    if (const size_t name = line.find('/'); name != std::string::npos) {
      names.insert(line.substr(name));
    }
  }
  return {names.begin(), names.end()};
}

size_t CountWith(const std::vector<std::string>& names, const std::string& text) {
  return static_cast<size_t>(
      std::count_if(names.begin(), names.end(),
                    [&](const std::string& name) { return absl::StrContains(name, text); }));
}

bool Eventually(absl::FunctionRef<bool()> holds, absl::Duration within) {
  const absl::Time deadline = absl::Now() + within;
  while (!holds()) {
    if (absl::Now() > deadline) return holds();
    absl::SleepFor(absl::Milliseconds(20));
  }
  return true;
}

}  // namespace keyscore::testing
