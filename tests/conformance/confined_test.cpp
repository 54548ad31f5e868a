// What a library does as it is checked stays without consequence.
#include <dlfcn.h>
#include <seccomp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "absl/functional/function_ref.h"
#include "conformance/checking.h"

namespace keyscore::kpis::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::set<std::string> FilesIn(const testing::TempDir& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    names.insert(entry.path().filename());
  }
  return names;
}

// Runs `code` in a forked child, so that what it does to its process ends with it.
void InChild(absl::FunctionRef<void()> code) {
  const pid_t child = fork();
  if (child == 0) {
    code();
    _exit(0);
  }
  waitpid(child, nullptr, 0);
}

class ConfinedTest : public ::testing::Test {
 protected:
  ConfinedTest() { setenv("REACHES_OUT", folder_.path().c_str(), 1); }
  ~ConfinedTest() override { unsetenv("REACHES_OUT"); }

  testing::TempDir folder_;
};

TEST_F(ConfinedTest, WhatReachesOutReachesNothing) {
  // Left to itself it does all three.
  InChild([] { dlopen(TestPlugin("reaches_out").c_str(), RTLD_NOW); });
  EXPECT_THAT(FilesIn(folder_), ElementsAre("file", "process", "socket"));
  for (const std::string& name : FilesIn(folder_)) std::filesystem::remove(folder_ / name);

  const Report report = CheckLibrary(TestPlugin("reaches_out"), {});
  EXPECT_THAT(FilesIn(folder_), IsEmpty());
  EXPECT_THAT(FailedRules(report), IsEmpty()) << ToText(report, false);
  EXPECT_EQ(report.Find("loads")->note, "");
}

TEST_F(ConfinedTest, ChecksAndSaysSoWhereTheKernelCannotConfine) {
  // A kernel without seccomp, as far as a process can tell.
  InChild([this] {
    const scmp_filter_ctx old_kernel = seccomp_init(SCMP_ACT_ALLOW);
    seccomp_rule_add(old_kernel, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(seccomp), 0);
    seccomp_rule_add(old_kernel, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1,
                     SCMP_A0(SCMP_CMP_EQ, 22 /* PR_SET_SECCOMP */));
    seccomp_rule_add(old_kernel, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(landlock_create_ruleset), 0);
    if (seccomp_load(old_kernel) != 0) return;
    const Report report = CheckLibrary(TestPlugin("conforming"), {});
    testing::WriteFile(folder_ / "report", ToText(report, false));
  });
  const std::string report = testing::ReadFile(folder_ / "report");
  EXPECT_THAT(report, HasSubstr("without the sandbox"));
  EXPECT_THAT(report, HasSubstr("seccomp: "));
  EXPECT_THAT(report, HasSubstr("\nconforms: "));
}

}  // namespace
}  // namespace keyscore::kpis::conformance
