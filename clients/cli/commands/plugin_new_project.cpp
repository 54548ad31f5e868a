// Names that a library may have, and writing a project all at once.
#include "cli/commands/plugin_new_project.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <map>
#include <system_error>

#include <fmt/format.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "cli/exit_code.h"
#include "cli/text/format.h"
#include "keyscore/v1/common.pb.h"

namespace keyscore::cli {
namespace {

namespace fs = std::filesystem;

// The library that the template is written as; its name is what gets replaced.
constexpr char kTemplateName[] = "acme_health";
// The server's limit for names.
constexpr size_t kMaxNameBytes = 63;
// Names that CMake refuses for a target (policy CMP0037), as far as they are snake_case.
constexpr std::array kCmakeNames = {"all",
                                    "clean",
                                    "edit_cache",
                                    "help",
                                    "install",
                                    "package",
                                    "preinstall",
                                    "package_source",
                                    "rebuild_cache",
                                    "test",
                                    "list_install_components"};

bool IsSnakeCase(std::string_view text) {
  return !text.empty() && absl::ascii_islower(text.front()) && text.back() != '_' &&
         text.find("__") == text.npos && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
         });
}

// "AcmeHealth", "acme-health" -> "acme_health"; where nothing is left, the template's name.
std::string NearestSnakeCase(std::string_view text) {
  std::string snake;
  bool was_lower = false;
  for (const char c : text) {
    const bool starts_word = absl::ascii_isupper(c) && was_lower;
    if ((starts_word || !absl::ascii_isalnum(c)) && !snake.empty() && snake.back() != '_') {
      snake += '_';
    }
    if (absl::ascii_isalpha(c) || (absl::ascii_isdigit(c) && !snake.empty())) {
      snake += absl::ascii_tolower(c);
    }
    was_lower = absl::ascii_islower(c) || absl::ascii_isdigit(c);
  }
  snake.resize(std::min(snake.size(), kMaxNameBytes));
  while (!snake.empty() && snake.back() == '_') snake.pop_back();
  return IsSnakeCase(snake) ? snake : std::string(kTemplateName);
}

// The built-in catalogue is one library a pillar.
bool IsBuiltin(std::string_view name) {
  const auto* pillars = v1::Pillar_descriptor();
  for (int i = 1; i < pillars->value_count(); ++i) {  // 0 is PILLAR_UNSPECIFIED
    if (EnumWords(pillars->value(i)->name(), "PILLAR_") == name) return true;
  }
  return false;
}

// What the system said, in small letters as the rest of the line.
absl::Status Unwritable(const fs::path& path, const std::error_code& error) {
  std::string reason = error.message();
  reason[0] = absl::ascii_tolower(reason[0]);
  return absl::FailedPreconditionError(fmt::format(
      "can't write {}: {}; name a folder of yours with --directory", path.string(), reason));
}

std::string Renamed(const std::string& text, const std::string& name) {
  return absl::StrReplaceAll(text, {{kTemplateName, name}});
}

// The template's files by their paths in the new project.
absl::StatusOr<std::map<std::string, std::string>> ReadTemplate(const fs::path& templates,
                                                                const std::string& name) {
  std::map<std::string, std::string> files;
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(templates, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (entry->is_directory()) continue;
    std::ifstream file(entry->path(), std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)),
                           std::istreambuf_iterator<char>());
    if (!file) error = std::make_error_code(std::errc::io_error);
    files[Renamed(fs::relative(entry->path(), templates).string(), name)] = Renamed(text, name);
  }
  if (error || files.empty()) {
    return absl::FailedPreconditionError(fmt::format(
        "the template can't be read at {}; install the SDK beside this program: cmake --install "
        "BUILD --component sdk --prefix {}",
        templates.string(), templates.parent_path().parent_path().parent_path().string()));
  }
  return files;
}

// A folder that goes, with all that is in it, unless it is kept.
class Scratch {
 public:
  explicit Scratch(fs::path path) : path_(std::move(path)) {}
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::error_code WriteFiles(const std::map<std::string, std::string>& files,
                           const fs::path& folder) {
  std::error_code error;
  for (const auto& [name, text] : files) {
    fs::create_directories((folder / name).parent_path(), error);
    if (error) return error;
    std::ofstream file(folder / name, std::ios::binary);
    errno = 0;
    file << text;
    file.close();
    if (!file) return {errno != 0 ? errno : EIO, std::generic_category()};
  }
  return error;
}

// Moves what is in `from` into the empty folder `to`; where that fails, `to` is empty again.
std::error_code MoveInto(const fs::path& from, const fs::path& to) {
  std::vector<fs::path> names;
  for (const auto& entry : fs::directory_iterator(from)) names.push_back(entry.path().filename());
  std::error_code error;
  for (size_t i = 0; i < names.size() && !error; ++i) {
    fs::rename(from / names[i], to / names[i], error);
    std::error_code ignored;
    for (size_t j = 0; error && j < i; ++j) fs::remove_all(to / names[j], ignored);
  }
  return error;
}

}  // namespace

absl::Status CheckLibraryName(std::string_view name) {
  if (!IsSnakeCase(name)) {
    return UsageError(fmt::format(
        "'{}' can't name a library: small letters, digits and single underscores, such as {}", name,
        NearestSnakeCase(name)));
  }
  if (name.size() > kMaxNameBytes) {
    return UsageError(fmt::format("'{}' has {} letters, a library's name at most {}", name,
                                  name.size(), kMaxNameBytes));
  }
  if (IsBuiltin(name)) {
    return UsageError(fmt::format(
        "'{}' is a library of the built-in catalogue; take another name, such as acme_{}", name,
        name));
  }
  if (std::find(kCmakeNames.begin(), kCmakeNames.end(), name) != kCmakeNames.end()) {
    return UsageError(fmt::format(
        "'{}' is a name that CMake keeps for itself; take another, such as acme_{}", name, name));
  }
  return absl::OkStatus();
}

fs::path TemplateFolder(const fs::path& program_folder) {
  return (program_folder / ".." / "share" / "keyscore" / "template").lexically_normal();
}

absl::StatusOr<std::vector<std::string>> WriteProject(const fs::path& templates,
                                                      const std::string& name,
                                                      const fs::path& directory) {
  const auto files = ReadTemplate(templates, name);
  if (!files.ok()) return files.status();

  std::error_code error;
  // Without the slash of "folder/", which would make the folder its own parent.
  fs::path target = fs::absolute(directory, error).lexically_normal();
  if (target.filename().empty()) target = target.parent_path();
  const fs::file_status there = fs::status(target, error);
  const bool exists = fs::exists(there);
  if (exists && (!fs::is_directory(there) || !fs::is_empty(target, error))) {
    return absl::AlreadyExistsError(
        fmt::format("{} is there already and {}; name another folder with --directory",
                    directory.string(), fs::is_directory(there) ? "not empty" : "no folder"));
  }
  if (!exists && fs::status(target.parent_path(), error).type() == fs::file_type::not_found) {
    return absl::NotFoundError(fmt::format("there is no folder {0}; make it first: mkdir -p {0}",
                                           target.parent_path().string()));
  }

  // Beside the new folder, or inside the one that is there: renaming within one file system either
  // happens or doesn't.
  const fs::path parent = exists ? target : target.parent_path();
  const Scratch scratch(parent / fmt::format(".{}.{}.new", name, getpid()));
  fs::create_directory(scratch.path(), error);
  if (error) return Unwritable(directory, error);
  error = WriteFiles(*files, scratch.path());
  if (error) return Unwritable(directory, error);
  if (exists) {
    error = MoveInto(scratch.path(), target);
  } else {
    fs::rename(scratch.path(), target, error);
  }
  if (error) return Unwritable(directory, error);

  std::vector<std::string> names;
  for (const auto& [file, text] : *files) names.push_back(file);
  return names;
}

}  // namespace keyscore::cli
