// What the kernel says about a running process: its children, its descriptors, its mappings.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"

namespace keyscore::testing {

struct ChildProcess {
  pid_t pid = -1;
  char state = '?';  // as in proc(5): R, S, Z (ended, but nobody has asked how), …
  std::string command;
};

// The children of a process, those of each of its threads, zombies included.
std::vector<ChildProcess> ChildrenOf(pid_t pid);

// Whether the process is there and has not ended.
bool IsRunning(pid_t pid);

// What each open descriptor of the process refers to, e.g. "/data/facts", "/memfd:block (deleted)".
std::vector<std::string> DescriptorsOf(pid_t pid);

// The names of the files that are mapped into the process, memfds included.
std::vector<std::string> MappingsOf(pid_t pid);

// How many of the names contain the text.
size_t CountWith(const std::vector<std::string>& names, const std::string& text);

// Asks until the answer is yes or the time is over; the last answer.
bool Eventually(absl::FunctionRef<bool()> holds, absl::Duration within = absl::Seconds(30));

}  // namespace keyscore::testing
