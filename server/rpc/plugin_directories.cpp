// Paths, made absolute.
#include "rpc/plugin_directories.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace keyscore::rpc {
namespace {

namespace fs = std::filesystem;

bool IsDirectory(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

}  // namespace

absl::StatusOr<std::vector<kpis::PluginDirectory>> PluginDirectories(
    const config::Config& config, const std::string& executable) {
  fs::path builtin = config.builtin_plugin_directory;
  if (builtin.empty()) {
    const fs::path root = fs::path(executable).parent_path().parent_path();
    builtin = root / "plugins";
    const fs::path installed = root / "lib" / "keyscore" / "plugins";
    if (!IsDirectory(builtin)) builtin = installed;
    if (!IsDirectory(builtin)) {
      return absl::InvalidArgumentError(fmt::format(
          "no built-in plugins: neither {} nor {} is there; set builtin_plugin_directory",
          (root / "plugins").string(), installed.string()));
    }
  }
  std::vector<kpis::PluginDirectory> directories = {{builtin.string(), /*builtin=*/true}};
  for (const std::string& path : config.plugin_directories) {
    const bool known = std::any_of(directories.begin(), directories.end(), [&](const auto& other) {
      std::error_code error;
      return fs::equivalent(other.path, path, error);
    });
    if (!known) directories.push_back({path, /*builtin=*/false});
  }
  return directories;
}

}  // namespace keyscore::rpc
