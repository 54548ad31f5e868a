// Checks of single fields of a description.
#include "kpis/descriptor_reader.h"

#include <cmath>
#include <regex>

#include "absl/strings/ascii.h"
#include "facts/utf8.h"
#include "kpis/text.h"

namespace keyscore::kpis {
namespace {

// A stride above this is a wild value, not a struct of a later minor.
constexpr uint64_t kMaxStride = 4'096;
// A thoroughly broken library needn't fill the log.
constexpr size_t kMaxFaults = 100;

}  // namespace

bool IsSnakeCase(std::string_view text) {
  if (text.empty() || text.size() > kMaxNameBytes || !absl::ascii_islower(text.front()) ||
      text.back() == '_' || text.find("__") != text.npos) {
    return false;
  }
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
  });
}

bool IsNamespaced(std::string_view id, std::string_view library_id) {
  return id.size() > library_id.size() && id.substr(0, library_id.size()) == library_id &&
         id[library_id.size()] == '.' && IsSnakeCase(id.substr(library_id.size() + 1));
}

bool IsSemVer(std::string_view text) {
  // The expression that semver.org suggests.
  static const auto* const form = new std::regex(
      R"((0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*))"
      R"((?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?)"
      R"((?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?)");
  // The length keeps the matcher's recursion shallow.
  return text.size() <= kMaxVersionBytes && std::regex_match(text.begin(), text.end(), *form);
}

FieldReader FieldReader::Inside(std::string_view part) const {
  return FieldReader(fmt::format("{}{}{}", where_, where_.empty() ? "" : ": ", part), faults_);
}

void FieldReader::Fault(std::string_view what) const {
  if (faults_.size() < kMaxFaults) {
    faults_.push_back(where_.empty() ? std::string(what) : fmt::format("{}: {}", where_, what));
  } else if (faults_.size() == kMaxFaults) {
    faults_.emplace_back("and more faults, not listed");
  }
}

void FieldReader::Fault(const absl::Status& status, std::string_view repeated) const {
  const std::string message(status.message());
  const bool repeats = message.compare(0, repeated.size(), repeated) == 0;
  Fault(std::string_view(message).substr(repeats ? repeated.size() : 0));
}

std::string FieldReader::Optional(std::string_view field, ks_str text, size_t max_bytes) const {
  if (text.size == 0) return "";
  if (text.data == nullptr) {
    Fault(fmt::format("{} has a size but no data", field));
    return "";
  }
  if (text.size > max_bytes) {
    Fault(fmt::format("{} has {} bytes, at most {} are allowed", field, text.size, max_bytes));
    return "";
  }
  const std::string_view view(text.data, text.size);
  if (!facts::IsStorableUtf8(view)) {
    Fault(fmt::format("{} is not UTF-8 text: '{}'", field, SafeText(view, 80)));
    return "";
  }
  return std::string(view);
}

std::string FieldReader::Required(std::string_view field, ks_str text, size_t max_bytes) const {
  if (text.size == 0) Fault(fmt::format("{} is missing", field));
  return Optional(field, text, max_bytes);
}

std::string FieldReader::Version(ks_str text) const {
  std::string version = Required("version", text, kMaxVersionBytes);
  if (!version.empty() && !IsSemVer(version)) {
    Fault(fmt::format("version '{}' is not a semantic version such as 1.0.0",
                      SafeText(version, kMaxVersionBytes)));
  }
  return version;
}

std::string FieldReader::SnakeCase(std::string_view field, ks_str text) const {
  std::string name = Required(field, text, kMaxNameBytes);
  if (!name.empty() && !IsSnakeCase(name)) {
    Fault(fmt::format("{} '{}' must be snake_case", field, SafeText(name, 80)));
  }
  return name;
}

double FieldReader::Finite(std::string_view field, double value) const {
  if (!std::isfinite(value)) Fault(fmt::format("{} is {}, it must be finite", field, value));
  return value;
}

bool FieldReader::CheckArray(std::string_view array, const void* first, uint64_t count,
                             uint64_t max_count) const {
  if (count > max_count) {
    Fault(fmt::format("{} has {} elements, at most {} are allowed", array, count, max_count));
    return false;
  }
  if (count > 0 && first == nullptr) {
    Fault(fmt::format("{} has {} elements but no data", array, count));
    return false;
  }
  return true;
}

bool FieldReader::CheckStride(std::string_view array, uint64_t stride, uint64_t alignment) const {
  if (stride >= 2 * sizeof(uint32_t) && stride <= kMaxStride && stride % alignment == 0) {
    return true;
  }
  Fault(fmt::format("{} has the stride {}, it must be the sizeof of its element", array, stride));
  return false;
}

}  // namespace keyscore::kpis
