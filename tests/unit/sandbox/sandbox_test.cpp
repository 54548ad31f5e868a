// What foreign code can't do in the sandbox. EPERM is the sandbox's answer: outside, these calls
// succeed or have something else to complain of.
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

#include <csignal>
#include <cstring>
#include <ctime>

#include "unit/sandbox/sandbox_case.h"

namespace keyscore::kpis {
namespace {

namespace fs = std::filesystem;

// The address and thread sanitizers' shadow memory is larger than any limit.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMemoryIsLimited = false;
#else
constexpr bool kMemoryIsLimited = true;
#endif

TEST_F(SandboxTest, HasNoNetwork) {
  for (const int family : {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK}) {
    EXPECT_EQ(Confined({}, [&] { return Verdict(socket(family, SOCK_DGRAM, 0)); }), "EPERM")
        << family;
  }
  // A socket that was handed over sends to its peer, and to nobody else.
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
  sockaddr_un stranger{};
  stranger.sun_family = AF_UNIX;
  std::strcpy(stranger.sun_path, "/run/stranger");
  const auto* const address = reinterpret_cast<const sockaddr*>(&stranger);
  EXPECT_EQ(Confined({}, [&] { return Verdict(send(pair[0], "x", 1, 0)); }), "allowed");
  EXPECT_EQ(
      Confined({}, [&] { return Verdict(sendto(pair[0], "x", 1, 0, address, sizeof(stranger))); }),
      "EPERM");
  EXPECT_EQ(Confined({}, [&] { return Verdict(connect(pair[0], address, sizeof(stranger))); }),
            "EPERM");
  close(pair[0]);
  close(pair[1]);
}

TEST_F(SandboxTest, WritesAndChangesNoFile) {
  const SandboxOptions options = ReadingMine();
  const std::string fresh = folder_ / "mine" / "fresh";
  for (const int flags : {O_WRONLY, O_RDWR, O_RDONLY | O_TRUNC, O_WRONLY | O_APPEND}) {
    EXPECT_EQ(Confined(options, [&] { return Verdict(Open(Mine(), flags)); }), "EPERM") << flags;
  }
  EXPECT_EQ(Confined(options, [&] { return Verdict(Open(fresh, O_WRONLY | O_CREAT)); }), "EPERM");
  EXPECT_EQ(Confined(options, [&] { return Verdict(Open(folder_, O_TMPFILE | O_RDWR)); }), "EPERM");
  EXPECT_EQ(Confined(options, [&] { return Verdict(unlink(Mine().c_str())); }), "EPERM");
  EXPECT_EQ(Confined(options, [&] { return Verdict(rename(Mine().c_str(), fresh.c_str())); }),
            "EPERM");
  EXPECT_EQ(Confined(options, [&] { return Verdict(mkdir(fresh.c_str(), 0700)); }), "EPERM");
  EXPECT_EQ(Confined(options, [&] { return Verdict(truncate(Mine().c_str(), 0)); }), "EPERM");
  EXPECT_EQ(Confined(options, [&] { return Verdict(chmod(Mine().c_str(), 0777)); }), "EPERM");
  EXPECT_EQ(Confined(options, [&] { return Verdict(symlink("x", fresh.c_str())); }), "EPERM");
  EXPECT_EQ(Confined(options, [&] { return Verdict(memfd_create("x", 0)); }), "EPERM");
  EXPECT_FALSE(fs::exists(fresh));
  std::string content;
  std::ifstream(Mine()) >> content;
  EXPECT_EQ(content, "mine");
}

TEST_F(SandboxTest, WritesNoFurtherIntoWhatIsOpen) {
  const int file = Open(Mine(), O_RDWR);
  const auto write_ten = [&] {
    std::signal(SIGXFSZ, SIG_IGN);
    return Verdict(pwrite(file, "0123456789", 10, 0));
  };
  // Even where a descriptor lies open to be written to.
  EXPECT_EQ(Confined({},
                     [&] {
                       std::signal(SIGXFSZ, SIG_IGN);
                       return Verdict(write(file, "0123456789", 10));
                     }),
            "EFBIG");
  EXPECT_EQ(Confined({}, write_ten), "EPERM");
  EXPECT_EQ(Confined({}, [&] { return Verdict(ftruncate(file, 0)); }), "EPERM");
  EXPECT_EQ(Confined({}, [&] { return Verdict(fchmod(file, 0777)); }), "EPERM");
  EXPECT_EQ(Confined({.file_bytes = 10}, [&] { return Verdict(write(file, "0123456789", 10)); }),
            "allowed");
  EXPECT_EQ(fs::file_size(Mine()), 10u);
  close(file);
}

TEST_F(SandboxTest, ReadsBeneathTheReadableFoldersOnly) {
  const auto read_word = [](const fs::path& path) {
    return [path]() -> std::string {
      std::string word;
      std::ifstream file(path);
      if (!file) return strerrorname_np(errno);
      file >> word;
      return word;
    };
  };
  EXPECT_EQ(Confined(ReadingMine(), read_word(Mine())), "mine");
  // One file by itself, and a folder that isn't there.
  EXPECT_EQ(Confined(Reading({Mine(), folder_ / "gone"}), read_word(Mine())), "mine");
  if (!HasLandlock()) GTEST_SKIP() << "this kernel has no Landlock";
  EXPECT_EQ(Confined(ReadingMine(), read_word(folder_ / "theirs" / "text")), "EACCES");
  EXPECT_EQ(Confined(ReadingMine(), read_word(folder_ / "mine" / ".." / "theirs" / "text")),
            "EACCES");
  EXPECT_EQ(Confined({}, read_word("/etc/passwd")), "EACCES");
}

TEST_F(SandboxTest, StartsNoProcess) {
  for (const bool threads : {false, true}) {
    const SandboxOptions options{.threads = threads};
    EXPECT_EQ(Confined(options, [] { return Verdict(fork()); }), "EPERM");
    EXPECT_EQ(Confined(options, [] { return Verdict(syscall(SYS_fork)); }), "EPERM");
    EXPECT_EQ(Confined(options, [] { return Verdict(syscall(SYS_vfork)); }), "EPERM");
    EXPECT_EQ(Confined(options, [] { return Verdict(syscall(SYS_clone3, nullptr, 0)); }), "ENOSYS");
    EXPECT_EQ(Confined(options, [] { return Verdict(execl("/bin/true", "true", nullptr)); }),
              "EPERM");
    EXPECT_EQ(Confined(options, [] { return std::system("true") == 0 ? "ran" : "refused"; }),
              "refused");
  }
}

TEST_F(SandboxTest, LeavesOtherProcessesAlone) {
  // Signal 0 reaches the parent from outside the sandbox: nothing but the sandbox refuses it.
  ASSERT_EQ(kill(getpid(), 0), 0);
  const pid_t parent = getpid();
  EXPECT_EQ(Confined({}, [&] { return Verdict(kill(parent, 0)); }), "EPERM");
  EXPECT_EQ(Confined({}, [] { return Verdict(kill(-1, 0)); }), "EPERM");
  EXPECT_EQ(Confined({}, [] { return Verdict(kill(0, 0)); }), "EPERM");
  EXPECT_EQ(Confined({}, [&] { return Verdict(syscall(SYS_tgkill, parent, parent, 0)); }), "EPERM");
  EXPECT_EQ(Confined({}, [&] { return Verdict(ptrace(PTRACE_ATTACH, parent, 0, 0)); }), "EPERM");
  EXPECT_EQ(Confined({},
                     [&] {
                       char byte = 0;
                       const iovec here{&byte, 1};
                       return Verdict(process_vm_readv(parent, &here, 1, &here, 1, 0));
                     }),
            "EPERM");
  EXPECT_EQ(Confined({}, [&] { return Verdict(setpriority(PRIO_PROCESS, 0, 0)); }), "EPERM");
}

TEST_F(SandboxTest, HasNoWayRoundTheList) {
  // Each would be a way to what is refused above, or hurt the whole machine.
  for (const long call : {SYS_openat2,
                          SYS_open_by_handle_at,
                          SYS_creat,
                          SYS_io_uring_setup,
                          SYS_bpf,
                          SYS_perf_event_open,
                          SYS_userfaultfd,
                          SYS_keyctl,
                          SYS_pidfd_open,
                          SYS_pidfd_getfd,
                          SYS_pidfd_send_signal,
                          SYS_process_vm_writev,
                          SYS_process_madvise,
                          SYS_unshare,
                          SYS_setns,
                          SYS_mount,
                          SYS_chroot,
                          SYS_pivot_root,
                          SYS_personality,
                          SYS_prctl,
                          SYS_setuid,
                          SYS_capset,
                          SYS_setsid,
                          SYS_shmget,
                          SYS_memfd_secret,
                          SYS_tkill,
                          SYS_rt_sigqueueinfo,
                          SYS_timer_create,
                          SYS_sched_setscheduler,
                          SYS_socketpair,
                          SYS_accept4,
                          SYS_bind,
                          SYS_execveat,
                          SYS_mlockall,
                          SYS_pkey_mprotect,
                          SYS_setrlimit}) {
    EXPECT_EQ(Confined({}, [&] { return Verdict(syscall(call, -1, -1, -1, -1, -1, -1)); }), "EPERM")
        << call;
  }
  // Flags that make a harmless call another one.
  EXPECT_EQ(Confined({}, [] { return Verdict(fcntl(0, F_SETOWN, getppid())); }), "EPERM");
  EXPECT_EQ(Confined({}, [] { return Verdict(syscall(SYS_ioctl, 0, TIOCSTI, "x")); }), "EPERM");
  EXPECT_EQ(Confined({}, [] { return Verdict(madvise(nullptr, 0, 100)); }), "EPERM");
  EXPECT_EQ(Confined({.threads = true},
                     [] { return Verdict(syscall(SYS_clone, CLONE_THREAD | CLONE_NEWNET, 0)); }),
            "EPERM");
}

#if defined(__x86_64__)
TEST_F(SandboxTest, KnowsTheNumbersOfOneArchitectureOnly) {
  // getpid() by its number for 32-bit programs, which is writev's for 64-bit ones.
  const std::string ended = Confined({}, [] {
    long result = 20;
    asm volatile("int $0x80" : "+a"(result)::"memory");
    return std::to_string(result);
  });
  // The latter from a kernel that has no such calls at all.
  EXPECT_TRUE(ended == fmt::format("signal {}", SIGSYS) ||
              ended == fmt::format("signal {}", SIGSEGV))
      << ended;
}
#endif

TEST_F(SandboxTest, DiesOfItsOwnSignals) {
  EXPECT_EQ(Confined({}, []() -> std::string { std::abort(); }), fmt::format("signal {}", SIGABRT));
  EXPECT_EQ(Confined({},
                     [] {
                       kill(getpid(), SIGTERM);
                       return std::string();
                     }),
            fmt::format("signal {}", SIGTERM));
}

TEST_F(SandboxTest, KeepsItsLimits) {
  EXPECT_EQ(Confined({.memory_bytes = int64_t{256} << 20},
                     [] {
                       rlimit limit{RLIM_INFINITY, RLIM_INFINITY};
                       return Verdict(setrlimit(RLIMIT_AS, &limit));
                     }),
            "EPERM");
  // Reading them is fine.
  EXPECT_EQ(Confined({.open_files = 20},
                     [] {
                       rlimit limit{};
                       getrlimit(RLIMIT_NOFILE, &limit);
                       return fmt::format("{} {}", limit.rlim_cur, limit.rlim_max);
                     }),
            "20 20");
  EXPECT_EQ(Confined({.cpu_seconds = 1},
                     []() -> std::string {
                       while (std::clock() >= 0) {
                       }
                       return "";
                     }),
            fmt::format("signal {}", SIGXCPU));
}

TEST_F(SandboxTest, TakesNoMoreMemoryThanItIsGiven) {
  if (!kMemoryIsLimited) GTEST_SKIP() << "not with shadow memory";
  const auto take = [](size_t bytes) {
    return [bytes]() -> std::string {
      void* const memory = std::malloc(bytes);
      if (memory == nullptr) return "none left";
      std::memset(memory, 1, bytes);
      return "got it";
    };
  };
  const SandboxOptions options{.memory_bytes = int64_t{256} << 20};
  EXPECT_EQ(Confined(options, take(size_t{64} << 20)), "got it");
  EXPECT_EQ(Confined(options, take(size_t{512} << 20)), "none left");
  EXPECT_EQ(Confined({.memory_bytes = 0}, take(size_t{512} << 20)), "got it");
}

}  // namespace
}  // namespace keyscore::kpis
