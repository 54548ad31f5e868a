// Reads, replaces, writes.
#include "bench/support/page.h"

#include <fmt/format.h>
#include <sys/sysinfo.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "bench/support/child.h"

namespace keyscore::bench {

void ReplaceSection(const std::string& file, const std::string& name, const std::string& text) {
  std::ifstream in(file);
  std::string page((std::istreambuf_iterator<char>(in)), {});
  const size_t begin = page.find(fmt::format("<!-- {}: begin", name));
  const size_t after = begin == std::string::npos ? begin : page.find('\n', begin);
  const size_t end = page.find(fmt::format("<!-- {}: end", name));
  if (after == std::string::npos || end == std::string::npos || end < after) {
    Die(fmt::format("{} has no section '{}'", file, name));
  }
  page.replace(after + 1, end - after - 1, "\n" + text + "\n");
  const std::string part = file + ".part";
  std::ofstream(part) << page;
  std::filesystem::rename(part, file);
}

std::string Machine() {
  struct sysinfo info = {};
  sysinfo(&info);
  constexpr double kGiB = 1 << 30;
  return fmt::format("{} cores, {:.0f} GiB of memory", std::thread::hardware_concurrency(),
                     static_cast<double>(info.totalram) * info.mem_unit / kGiB);
}

}  // namespace keyscore::bench
