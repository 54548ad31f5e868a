// Finding files, and reading a CSV's header.
#include <fnmatch.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "absl/strings/ascii.h"
#include "cli/import/sources.h"
#include "cli/text/nearest.h"

namespace keyscore::cli {
namespace {

namespace fs = std::filesystem;

// A header longer than this is no header.
constexpr size_t kMaxHeaderBytes = 1 << 20;

}  // namespace

bool FormatOf(const std::string& path, FileFormat& format) {
  const std::string extension = absl::AsciiStrToLower(fs::path(path).extension().string());
  if (extension == ".csv" || extension == ".tsv") {
    format = FileFormat::kCsv;
  } else if (extension == ".parquet") {
    format = FileFormat::kParquet;
  } else if (extension == ".json" || extension == ".ndjson" || extension == ".jsonl") {
    format = FileFormat::kJson;
  } else {
    return false;
  }
  return true;
}

absl::StatusOr<std::vector<std::string>> ListFiles(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::exists(path, error)) {
      return absl::NotFoundError(
          fmt::format("there is no file or folder {}; check the path", path));
    }
    if (!fs::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> inside;
    for (const auto& entry : fs::directory_iterator(path, error)) {
      if (entry.is_regular_file(error)) inside.push_back(entry.path().string());
    }
    if (error) {
      return absl::PermissionDeniedError(
          fmt::format("the folder {} can't be read: {}", path, error.message()));
    }
    std::sort(inside.begin(), inside.end());
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

absl::StatusOr<std::vector<FoundFile>> FindFiles(const SourceSpec& source,
                                                 const std::vector<std::string>& files) {
  std::vector<FoundFile> found;
  std::vector<std::string> names;
  for (const std::string& file : files) {
    const std::string name = fs::path(file).filename().string();
    names.push_back(name);
    if (fnmatch(source.file.c_str(), name.c_str(), 0) != 0) continue;
    FoundFile match{.path = file, .format = source.format};
    if (match.format == FileFormat::kByExtension && !FormatOf(file, match.format)) {
      return absl::InvalidArgumentError(fmt::format(
          "{} is neither .csv, .parquet nor .json; say its 'format' in the mapping", file));
    }
    found.push_back(std::move(match));
  }
  if (found.empty()) {
    return absl::NotFoundError(fmt::format("no file {} for the source '{}' in the paths given{}",
                                           source.file, source.name,
                                           DidYouMean(source.file, names)));
  }
  return found;
}

absl::StatusOr<std::vector<std::string>> ReadCsvHeader(const std::string& path,
                                                       const CsvDialect& dialect) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return absl::PermissionDeniedError(
        fmt::format("{} can't be read: {}", path, std::strerror(errno)));
  }
  std::vector<std::string> names(1);
  bool quoted = false;
  bool any = false;
  size_t bytes = 0;
  char c = 0;
  const auto fault = [&path](const std::string& what) {
    return absl::InvalidArgumentError(fmt::format("{}: {}", path, what));
  };
  while (file.get(c)) {
    any = true;
    if (++bytes > kMaxHeaderBytes) return fault("the first line is longer than a header can be");
    if (c == dialect.quote) {
      // A doubled quote inside quotes is a quote.
      if (quoted && file.peek() == dialect.quote) {
        file.get(c);
        names.back() += c;
      } else {
        quoted = !quoted;
      }
    } else if (!quoted && c == dialect.delimiter) {
      names.emplace_back();
    } else if (!quoted && (c == '\n' || c == '\r')) {
      break;
    } else {
      names.back() += c;
    }
  }
  if (!any) return fault("the file is empty; a CSV needs at least its header line");
  if (quoted) return fault("the header opens a quote that never closes");
  if (names.front().starts_with("\xEF\xBB\xBF")) names.front().erase(0, 3);
  std::vector<std::string> seen;
  for (size_t i = 0; i < names.size(); ++i) {
    names[i] = std::string(absl::StripAsciiWhitespace(names[i]));
    if (names[i].find('\0') != std::string::npos) {
      return fault("the header holds a NUL character; is it a CSV in UTF-8?");
    }
    if (names[i].empty()) names[i] = fmt::format("column{}", i + 1);
    const std::string lower = absl::AsciiStrToLower(names[i]);
    if (std::find(seen.begin(), seen.end(), lower) != seen.end()) {
      return fault(fmt::format("the header names the column '{}' twice", names[i]));
    }
    seen.push_back(lower);
  }
  return names;
}

}  // namespace keyscore::cli
