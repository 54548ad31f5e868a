// The allow-list. What a call is on it for stands beside its group; what isn't here isn't needed.
//
// Arguments are compared where a call is harmless in one use only. A filter sees numbers, never
// what pointers point to, so calls that hide their flags in a struct (clone3, openat2) are out.
#include "kpis/sandbox/system_calls.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <vector>

#include "fmt/format.h"

namespace keyscore::kpis {
namespace {

// Not in glibc's headers, which spell O_TMPFILE with O_DIRECTORY in it.
constexpr uint64_t kTemporaryFile = O_TMPFILE & ~O_DIRECTORY;
constexpr uint64_t kOpensToWrite =
    O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | O_EXCL | kTemporaryFile;

constexpr uint64_t kNewNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

// MADV_HWPOISON and MADV_SOFT_OFFLINE, which hurt the whole machine, begin here.
constexpr uint64_t kFirstAdviceToMachine = 100;

// Memory, threads' waiting, signals of this process, clocks, and questions about this process and
// its machine.
constexpr std::initializer_list<int> kOfProcess = {SCMP_SYS(mmap),
                                                   SCMP_SYS(munmap),
                                                   SCMP_SYS(mprotect),
                                                   SCMP_SYS(mremap),
                                                   SCMP_SYS(brk),
                                                   SCMP_SYS(futex),
                                                   SCMP_SYS(set_robust_list),
                                                   SCMP_SYS(rseq),
                                                   SCMP_SYS(set_tid_address),
                                                   SCMP_SYS(arch_prctl),
                                                   SCMP_SYS(sched_yield),
                                                   SCMP_SYS(sched_getaffinity),
                                                   SCMP_SYS(getcpu),
                                                   SCMP_SYS(rt_sigaction),
                                                   SCMP_SYS(rt_sigprocmask),
                                                   SCMP_SYS(rt_sigreturn),
                                                   SCMP_SYS(rt_sigpending),
                                                   SCMP_SYS(rt_sigtimedwait),
                                                   SCMP_SYS(sigaltstack),
                                                   SCMP_SYS(restart_syscall),
                                                   SCMP_SYS(exit),
                                                   SCMP_SYS(exit_group),
                                                   SCMP_SYS(clock_gettime),
                                                   SCMP_SYS(clock_getres),
                                                   SCMP_SYS(clock_nanosleep),
                                                   SCMP_SYS(nanosleep),
                                                   SCMP_SYS(gettimeofday),
                                                   SCMP_SYS(time),
                                                   SCMP_SYS(times),
                                                   SCMP_SYS(getrandom),
                                                   SCMP_SYS(getpid),
                                                   SCMP_SYS(gettid),
                                                   SCMP_SYS(getppid),
                                                   SCMP_SYS(getpgrp),
                                                   SCMP_SYS(getuid),
                                                   SCMP_SYS(geteuid),
                                                   SCMP_SYS(getgid),
                                                   SCMP_SYS(getegid),
                                                   SCMP_SYS(getrlimit),
                                                   SCMP_SYS(getrusage),
                                                   SCMP_SYS(sysinfo),
                                                   SCMP_SYS(uname)};

// On descriptors that are there already, or that openat() gave, which only reads.
constexpr std::initializer_list<int> kOnDescriptors = {
    SCMP_SYS(read),    SCMP_SYS(readv),      SCMP_SYS(pread64),  SCMP_SYS(write),
    SCMP_SYS(writev),  SCMP_SYS(lseek),      SCMP_SYS(close),    SCMP_SYS(close_range),
    SCMP_SYS(dup),     SCMP_SYS(dup2),       SCMP_SYS(dup3),     SCMP_SYS(fstat),
    SCMP_SYS(fstatfs), SCMP_SYS(getdents64), SCMP_SYS(poll),     SCMP_SYS(ppoll),
    SCMP_SYS(select),  SCMP_SYS(pselect6),   SCMP_SYS(recvfrom), SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg), SCMP_SYS(shutdown),   SCMP_SYS(pipe),     SCMP_SYS(pipe2)};

// What a path names. Landlock doesn't look at these.
constexpr std::initializer_list<int> kOnPaths = {
    SCMP_SYS(stat),     SCMP_SYS(lstat),      SCMP_SYS(newfstatat), SCMP_SYS(statx),
    SCMP_SYS(statfs),   SCMP_SYS(access),     SCMP_SYS(faccessat),  SCMP_SYS(faccessat2),
    SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd)};

// Signals and owners of descriptors are not set: those reach other processes.
constexpr std::initializer_list<uint64_t> kDescriptorCommands = {
    F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GET_SEALS};

// Rules gathered in a libseccomp context; the first error sticks.
class Filter {
 public:
  explicit Filter(uint32_t otherwise) : context_(seccomp_init(otherwise), &seccomp_release) {
    if (context_ == nullptr) {
      error_ = -ENOMEM;
      return;
    }
    Set(SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    Set(SCMP_FLTATR_CTL_NNP, 0);       // the caller has done so, and prctl() may be out by now
    Set(SCMP_FLTATR_CTL_OPTIMIZE, 2);  // a binary tree: the list is long
  }

  void Add(uint32_t action, int call, std::vector<scmp_arg_cmp> arguments = {}) {
    if (error_ != 0) return;
    error_ = seccomp_rule_add_array(context_.get(), action, call,
                                    static_cast<unsigned>(arguments.size()), arguments.data());
    if (error_ != 0) call_ = call;
  }
  void Allow(int call, std::vector<scmp_arg_cmp> arguments = {}) {
    Add(SCMP_ACT_ALLOW, call, std::move(arguments));
  }
  void Allow(std::initializer_list<int> calls) {
    for (const int call : calls) Allow(call);
  }
  void Set(scmp_filter_attr attribute, uint32_t value) {
    if (error_ == 0) error_ = seccomp_attr_set(context_.get(), attribute, value);
  }

  absl::Status Load() {
    if (error_ == 0) error_ = seccomp_load(context_.get());
    if (error_ == 0) return absl::OkStatus();
    return absl::FailedPreconditionError(
        fmt::format("seccomp: the filter of system calls can't be {}: {}",
                    call_ == 0 ? "put in force" : fmt::format("made (call {})", call_),
                    std::strerror(-error_)));
  }

 private:
  std::unique_ptr<void, decltype(&seccomp_release)> context_;
  int error_ = 0;
  int call_ = 0;
};

scmp_arg_cmp Equals(unsigned argument, uint64_t value) { return {argument, SCMP_CMP_EQ, value, 0}; }
scmp_arg_cmp Masked(unsigned argument, uint64_t mask, uint64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

}  // namespace

absl::Status RestrictSystemCalls(bool threads) {
  Filter filter(SCMP_ACT_ERRNO(EPERM));
  const auto self = static_cast<uint64_t>(getpid());
  filter.Allow(kOfProcess);
  filter.Allow(kOnDescriptors);
  filter.Allow(kOnPaths);
  filter.Allow(SCMP_SYS(open), {Masked(1, kOpensToWrite, O_RDONLY)});
  filter.Allow(SCMP_SYS(openat), {Masked(2, kOpensToWrite, O_RDONLY)});
  filter.Allow(SCMP_SYS(madvise), {{2, SCMP_CMP_LT, kFirstAdviceToMachine, 0}});
  filter.Allow(SCMP_SYS(sendto), {Equals(4, 0)});      // without an address
  filter.Allow(SCMP_SYS(ioctl), {Equals(1, TCGETS)});  // is it a terminal?
  for (const uint64_t command : kDescriptorCommands) {
    filter.Allow(SCMP_SYS(fcntl), {Equals(1, command)});
  }
  for (const uint64_t process : {uint64_t{0}, self}) {
    filter.Allow(SCMP_SYS(prlimit64), {Equals(0, process), Equals(2, 0)});  // to read
  }
  filter.Allow(SCMP_SYS(kill), {Equals(0, self)});
  filter.Allow(SCMP_SYS(tgkill), {Equals(0, self)});
  // For RefuseFilesAndCode(), in all threads. More filters only take more away.
  constexpr uint64_t kInAllThreads = SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_TSYNC_ESRCH;
  filter.Allow(SCMP_SYS(seccomp),
               {Equals(0, SECCOMP_SET_MODE_FILTER), Masked(1, ~kInAllThreads, 0)});
  // pthread_create() falls back on clone(), whose flags can be seen.
  filter.Add(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3));
  if (threads)
    filter.Allow(SCMP_SYS(clone), {Masked(0, CLONE_THREAD | kNewNamespaces, CLONE_THREAD)});
  return filter.Load();
}

absl::Status RefuseFilesAndCode() {
  Filter filter(SCMP_ACT_ALLOW);
  filter.Set(SCMP_FLTATR_CTL_TSYNC, 1);
  const uint32_t refuse = SCMP_ACT_ERRNO(EPERM);
  for (const int call : {SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(seccomp)}) {
    filter.Add(refuse, call);
  }
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
    filter.Add(refuse, call, {Masked(2, PROT_EXEC, PROT_EXEC)});
  }
  return filter.Load();
}

}  // namespace keyscore::kpis
