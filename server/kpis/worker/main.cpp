// keyscore-worker: a process with one KPI library in it, apart from the server and with nothing to
// hand but the processor and some memory. Started by keyscored, and of no use to anybody else.
//
//   keyscore-worker LIBRARY ID BUILTIN(0|1) SERVER_PROCESS MEMORY_BYTES
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "absl/strings/numbers.h"
#include "kpis/isolation/protocol.h"
#include "kpis/sandbox/sandbox.h"
#include "kpis/worker/session.h"

namespace {

constexpr int kMisused = 2;
constexpr int kNotConfined = 3;
constexpr int kArguments = 6;

int Complain(int code, const std::string& message) {
  std::fprintf(stderr, "keyscore-worker: %s\n", message.c_str());
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  namespace kpis = keyscore::kpis;
  pid_t server = 0;
  int64_t memory = 0;
  if (argc != kArguments || !absl::SimpleAtoi(argv[4], &server) ||
      !absl::SimpleAtoi(argv[5], &memory)) {
    return Complain(kMisused, "is started by keyscored, not by hand");
  }
  // Whatever else the server had open is none of ours.
  close_range(kpis::kWorkerSocket + 1, ~0U, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != server) return 0;  // it died before we asked to die with it

  const std::string library = argv[1];
  const absl::Status confined =
      kpis::EnterSandbox({.memory_bytes = memory,
                          .open_files = 16,
                          .readable = {"/usr", "/lib", "/lib64", "/etc/ld.so.cache",
                                       std::filesystem::path(library).parent_path().string()}});
  if (!confined.ok()) return Complain(kNotConfined, std::string(confined.message()));
  kpis::Session session(
      {.library = library, .file_id = argv[2], .builtin = std::string_view(argv[3]) == "1"});
  return session.Run();
}
