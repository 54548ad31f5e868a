// The project that `keyscore plugin new` writes: the template's files, with the library's name in
// place of the template's own.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace keyscore::cli {

// Whether a library may have this name: snake_case, none of the built-in catalogue, and no name
// that CMake keeps for itself. The error is one line with a name that would do.
absl::Status CheckLibraryName(std::string_view name);

// Where the templates are installed, relative to the folder of the program.
std::filesystem::path TemplateFolder(const std::filesystem::path& program_folder);

// Writes the project into `directory`, which must be missing or empty, and returns the files'
// paths relative to it, sorted. All of it is written or nothing: an error leaves the file system as
// it was.
absl::StatusOr<std::vector<std::string>> WriteProject(const std::filesystem::path& templates,
                                                      const std::string& name,
                                                      const std::filesystem::path& directory);

}  // namespace keyscore::cli
