// Takes away from this process what foreign code has no business with: the network, writing files,
// other processes, more memory and time than it is given. For good: nothing gives it back.
//
// Resource limits, then Landlock where the kernel has it (which files may be read), then a seccomp
// allow-list (which system calls may be made; others fail with EPERM). What is open already stays
// open and usable, so close first what shall not be. A datagram socket among it could be used to
// write to any other socket of the machine: hand over pipes and stream or sequential-packet
// sockets.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace keyscore::kpis {

struct SandboxOptions {
  // Of address space; 0 = no limit. Not set under the address and thread sanitizers, whose shadow
  // memory takes terabytes of it.
  int64_t memory_bytes = int64_t{512} << 20;
  int64_t cpu_seconds = 0;  // in all, raised from outside by prlimit(2); 0 = no limit
  int64_t open_files = 32;
  // How long writes may make a file that is open already, such as a memfd; ends with SIGXFSZ.
  int64_t file_bytes = 0;
  // Threads may be started, as a checker needs that itself; new processes may not.
  bool threads = false;
  // Files, or folders beneath which files may be read (and mapped as code); nothing else where
  // Landlock is there. Those that don't exist are passed over.
  std::vector<std::string> readable = {};
};

// FAILED_PRECONDITION says what this kernel lacks or refuses; part of it may be in force then. To
// be called while the process has one thread.
absl::Status EnterSandbox(const SandboxOptions& options);

// From now on no file can be opened and no new code be mapped. After EnterSandbox.
absl::Status CloseFileSystem();

}  // namespace keyscore::kpis
