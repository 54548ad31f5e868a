// Where a fault stands in the file, and how all of them are told.
#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <system_error>

#include <fmt/format.h>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "cli/exit_code.h"
#include "cli/text/format.h"
#include "cli/text/width.h"
#include "cli/weights/file.h"

namespace keyscore::cli {
namespace {

// "set.profiles[0].kpis" and "profiles[0].kpis" are the same to the file; so is a fault of
// "weightProfiles/north: selector", which names the profile and not its place.
std::string InFile(const WeightsFile& file, std::string field) {
  if (absl::StartsWith(field, "set.")) field = field.substr(4);
  const size_t end = field.find_first_of(":. ");
  const std::string name = field.substr(0, end);
  std::string rest = end == std::string::npos ? "" : field.substr(end);
  rest.erase(0, rest.find_first_not_of(":. "));
  const auto place = [&](const auto& items, const char* list) {
    for (int i = 0; i < items.size(); ++i) {
      if (items[i].name() != name) continue;
      field = fmt::format("{}[{}]{}{}", list, i, rest.empty() ? "" : ".", rest);
      return;
    }
  };
  if (absl::StartsWith(name, "weightProfiles/")) place(file.set.profiles(), "profiles");
  if (absl::StartsWith(name, "targetSeries/")) place(file.set.target_series(), "target_series");
  return field;
}

// Whether one of them is the other, or is in it. The file as a whole ("") touches nothing.
bool Touch(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return false;
  const std::string& inner = a.size() >= b.size() ? a : b;
  const std::string& outer = a.size() >= b.size() ? b : a;
  if (!absl::StartsWith(inner, outer)) return false;
  return inner.size() == outer.size() || inner[outer.size()] == '.' || inner[outer.size()] == '[';
}

// A field of the API by the keys that stand in the file: "profiles[0].untenured_pillars" is
// "profiles[0].without_tenure" there.
std::string ByKeys(const std::string& field) {
  static constexpr std::array<std::pair<const char*, const char*>, 13> kKeys = {{
      {"name", "id"},
      {"display_name", "name"},
      {"selector", "for"},
      {"effective_date", "effective"},
      {"band_policy", "when_bands_cross"},
      {"untenured_pillars", "without_tenure"},
      {"from_months", "months"},
      {"to_months", "months"},
      {"missing_data", "no_data"},
      {"curve_basis", "curve_over"},
      {"target_series", "targets"},
      {"start_date", "from"},
      {"end_date", "to"},
  }};
  std::vector<std::string> parts = absl::StrSplit(field, '.');
  for (std::string& part : parts) {
    const size_t index = std::min(part.find('['), part.size());
    for (const auto& [name, key] : kKeys) {
      if (part.substr(0, index) != name) continue;
      part = key + part.substr(index);
      break;
    }
  }
  return absl::StrJoin(parts, ".");
}

}  // namespace

int WeightsFile::LineOf(const std::string& field) const {
  std::string at = InFile(*this, field);
  while (!at.empty()) {
    if (const auto found = lines.find(at); found != lines.end()) return found->second;
    const size_t cut = at.find_last_of(".[");
    at = cut == std::string::npos ? "" : at.substr(0, cut);
  }
  return 0;
}

std::vector<FileFault> AllFaults(
    const WeightsFile& file, const google::protobuf::RepeatedPtrField<v1::WeightFault>& of_server) {
  std::vector<FileFault> all = file.faults;
  for (const v1::WeightFault& fault : of_server) {
    const std::string field = InFile(file, fault.field());
    const bool judged_nothing =
        std::any_of(file.faults.begin(), file.faults.end(),
                    [&field](const FileFault& known) { return Touch(known.field, field); });
    if (!judged_nothing) all.push_back({file.LineOf(field), field, fault.description()});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const FileFault& a, const FileFault& b) { return a.line < b.line; });
  return all;
}

absl::Status ReportFaults(const WeightsFile& file, const std::vector<FileFault>& faults,
                          const Context& context) {
  if (faults.empty()) return absl::OkStatus();
  context.out().flush();
  for (const FileFault& fault : faults) {
    const std::string at = fault.line > 0 ? fmt::format("{}:{}", file.path, fault.line) : file.path;
    // The file's own faults name the key; the server's have a field.
    const bool own = std::any_of(file.faults.begin(), file.faults.end(), [&](const FileFault& f) {
      return f.line == fault.line && f.message == fault.message;
    });
    context.err() << at << ": "
                  << (own || fault.field.empty() ? "" : Printable(ByKeys(fault.field)) + ": ")
                  << Printable(fault.message) << '\n';
  }
  return UsageError(fmt::format(
      "{} has the {} above; nothing was changed", file.path,
      faults.size() == 1 ? "fault" : Plural(static_cast<int64_t>(faults.size()), "fault")));
}

absl::StatusOr<WeightsFile> ReadWeightsFile(const std::string& path) {
  if (path == "-") {
    const std::string yaml((std::istreambuf_iterator<char>(std::cin)),
                           std::istreambuf_iterator<char>());
    return ParseWeightsFile(yaml, "standard input");
  }
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return UsageError(fmt::format("{} is a folder; give a file of weightings", path));
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  const std::string yaml((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file) {
    return UsageError(
        fmt::format("{} can't be read: {}; `keyscore weights export -f FILE` writes one", path,
                    std::generic_category().message(errno == 0 ? ENOENT : errno)));
  }
  return ParseWeightsFile(yaml, path);
}

}  // namespace keyscore::cli
