// What a library can still do in the sandbox: compute, be loaded, and where allowed start threads.
#include <dlfcn.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "unit/sandbox/sandbox_case.h"

namespace keyscore::kpis {
namespace {

namespace fs = std::filesystem;

TEST_F(SandboxTest, StartsThreadsOnlyWhereAllowed) {
  const auto start = []() -> std::string {
    try {
      int answer = 0;
      std::thread([&] { answer = 42; }).join();
      return std::to_string(answer);
    } catch (const std::system_error&) {
      return "refused";
    }
  };
  EXPECT_EQ(Confined({.threads = true}, start), "42");
  EXPECT_EQ(Confined({}, start), "refused");
}

TEST_F(SandboxTest, LeavesOrdinaryCodeAlone) {
  EXPECT_EQ(Confined({},
                     []() -> std::string {
                       std::vector<double> numbers(1 << 20);
                       for (size_t i = 0; i < numbers.size(); ++i) {
                         numbers[i] = static_cast<double>((i * 7919) % numbers.size());
                       }
                       std::sort(numbers.begin(), numbers.end());
                       std::ostringstream text;
                       try {
                         throw std::runtime_error("thrown");
                       } catch (const std::exception& error) {
                         text << error.what() << ' ' << numbers.front() << ' ' << 2.5;
                       }
                       const auto before = std::chrono::steady_clock::now();
                       std::this_thread::sleep_for(std::chrono::milliseconds(2));
                       const bool slept = std::chrono::steady_clock::now() - before >=
                                          std::chrono::milliseconds(2);
                       return text.str() + (slept ? " slept" : "");
                     }),
            "thrown 0 2.5 slept");
}

class LibraryInSandboxTest : public SandboxTest {
 protected:
  LibraryInSandboxTest() {
    const char* const plugins = std::getenv("KEYSCORE_TEST_PLUGINS_DIR");
    library_ = folder_ / "mine" / "good_neighbour.so";
    if (plugins != nullptr) fs::copy_file(fs::path(plugins) / "good_neighbour.so", library_);
  }
  std::string Load() const {
    void* const handle = dlopen(library_.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return dlerror();
    return dlsym(handle, "keyscore_kpi_library") == nullptr ? "no entry point" : "loaded";
  }

  fs::path library_;
};

TEST_F(LibraryInSandboxTest, LoadsFromAReadableFolder) {
  ASSERT_TRUE(fs::exists(library_)) << "run by ctest, or set KEYSCORE_TEST_PLUGINS_DIR";
  EXPECT_EQ(Confined(ReadingMine(), [this] { return Load(); }), "loaded");
  if (HasLandlock()) {
    EXPECT_NE(Confined(Reading({}), [this] { return Load(); }), "loaded");
  }
}

TEST_F(LibraryInSandboxTest, OpensNothingAfterTheFilesAreClosed) {
  const auto closed = [this](absl::FunctionRef<std::string()> code) {
    return Confined(ReadingMine(), [&]() -> std::string {
      const absl::Status status = CloseFileSystem();
      return status.ok() ? code() : std::string(status.message());
    });
  };
  EXPECT_EQ(Confined(ReadingMine(), [&] { return Verdict(Open(Mine(), O_RDONLY)); }), "allowed");
  EXPECT_EQ(closed([&] { return Verdict(Open(Mine(), O_RDONLY)); }), "EPERM");
  EXPECT_EQ(closed([&] { return Verdict(Open("/usr", O_PATH)); }), "EPERM");
  EXPECT_NE(closed([this] { return Load(); }), "loaded");
  const auto map = [](int protection) {
    return mmap(nullptr, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  };
  EXPECT_EQ(closed([&] { return Verdict(reinterpret_cast<long>(map(PROT_READ | PROT_EXEC))); }),
            "EPERM");
  EXPECT_EQ(closed([&] {
              return Verdict(mprotect(map(PROT_READ | PROT_WRITE), 4096, PROT_READ | PROT_EXEC));
            }),
            "EPERM");
  EXPECT_EQ(closed([&] { return Verdict(mprotect(map(PROT_READ), 4096, PROT_NONE)); }), "allowed");
  // What was refused before still is, and ordinary code still runs.
  EXPECT_EQ(closed([&] { return Verdict(socket(AF_INET, SOCK_STREAM, 0)); }), "EPERM");
  EXPECT_EQ(closed([]() -> std::string {
              try {
                throw std::runtime_error(std::string(100'000, 'x'));
              } catch (const std::exception& error) {
                return std::to_string(std::strlen(error.what()));
              }
            }),
            "100000");
}

TEST_F(LibraryInSandboxTest, ClosesTheFilesForEveryThread) {
  SandboxOptions options = ReadingMine();
  options.threads = true;
  EXPECT_EQ(Confined(options,
                     [this] {
                       std::string verdict;
                       std::atomic<bool> closed = false;
                       std::thread other([&] {
                         while (!closed) std::this_thread::yield();
                         verdict = Verdict(Open(Mine(), O_RDONLY));
                       });
                       const absl::Status status = CloseFileSystem();
                       closed = true;
                       other.join();
                       return status.ok() ? verdict : std::string(status.message());
                     }),
            "EPERM");
}

}  // namespace
}  // namespace keyscore::kpis
