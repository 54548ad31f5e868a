// Where mappings are found.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/import/mapping.h"
#include "cli/text/nearest.h"

namespace keyscore::cli {
namespace {

namespace fs = std::filesystem;

fs::path ShareFolder(const std::string& program_folder) {
  return fs::path(program_folder) / ".." / "share" / "keyscore" / "mappings";
}

}  // namespace

std::vector<std::string> ShippedMappings(const std::string& program_folder) {
  std::vector<std::string> names = {"keyscore"};
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(ShareFolder(program_folder), ignored)) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<Mapping> LoadMapping(const std::string& name, const std::string& program_folder) {
  const bool is_file =
      name.find('/') != std::string::npos || name.ends_with(".yaml") || name.ends_with(".yml");
  const fs::path path = is_file ? fs::path(name) : ShareFolder(program_folder) / (name + ".yaml");
  std::ifstream file(path, std::ios::binary);
  std::error_code ignored;
  if (!file || fs::is_directory(path, ignored)) {
    const std::vector<std::string> shipped = ShippedMappings(program_folder);
    if (is_file) return UsageError(fmt::format("the mapping {} can't be read", name));
    return UsageError(
        fmt::format("there is no mapping '{}'{}; shipped are {}; a file of your own "
                    "is given by its path",
                    name, DidYouMean(name, shipped), fmt::join(shipped, ", ")));
  }
  const std::string yaml((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return ParseMapping(yaml, is_file ? name : name + ".yaml");
}

}  // namespace keyscore::cli
