// Values and faults, with their lines.
#include "cli/weights/reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "cli/text/nearest.h"

namespace keyscore::cli {
namespace {

bool Absent(const YAML::Node& node) { return !node.IsDefined() || node.IsNull(); }

int LineOfNode(const YAML::Node& node) {
  return node.IsDefined() && !node.Mark().is_null() ? node.Mark().line + 1 : 0;
}

}  // namespace

void WeightsReader::At(const std::string& field, const YAML::Node& node) {
  file_.lines[field] = LineOfNode(node);
}

void WeightsReader::Fault(const YAML::Node& at, const std::string& field, std::string message) {
  const int line = LineOfNode(at);
  file_.faults.push_back({line > 0 ? line : file_.LineOf(field), field, std::move(message)});
}

bool WeightsReader::Map(const YAML::Node& node, const std::string& field, const std::string& what,
                        const std::vector<std::string>& known) {
  At(field, node);
  if (!node.IsMap()) {
    Fault(node, field, fmt::format("{} must be a map of keys to values", what));
    return false;
  }
  std::vector<std::string> seen;
  for (const auto& entry : node) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      // A key that was mistyped leaves its object without what was meant.
      const std::string meant = DidYouMean(key, known);
      Fault(entry.first, meant.empty() ? fmt::format("{}.{}", field, key) : field,
            fmt::format("{} has no key '{}'{}; known are {}", what, key, meant,
                        fmt::join(known, ", ")));
    } else if (std::find(seen.begin(), seen.end(), key) != seen.end()) {
      Fault(entry.first, field, fmt::format("{} has the key '{}' twice", what, key));
    }
    seen.push_back(key);
  }
  return true;
}

std::vector<YAML::Node> WeightsReader::List(const YAML::Node& parent, const char* key,
                                            const std::string& field) {
  const YAML::Node node = parent[key];
  if (Absent(node)) return {};
  At(field, node);
  if (!node.IsSequence()) {
    Fault(node, field, fmt::format("'{}' must be a list", key));
    return {};
  }
  return {node.begin(), node.end()};
}

std::optional<std::string> WeightsReader::Text(const YAML::Node& parent, const char* key,
                                               const std::string& field, bool required) {
  const YAML::Node node = parent[key];
  if (Absent(node)) {
    if (required) Fault(parent, field, fmt::format("'{}' is missing", key));
    return std::nullopt;
  }
  At(field, node);
  if (!node.IsScalar()) {
    Fault(node, field, fmt::format("'{}' must be a text", key));
    return std::nullopt;
  }
  if (required && absl::StripAsciiWhitespace(node.Scalar()).empty()) {
    Fault(node, field, fmt::format("'{}' is empty", key));
    return std::nullopt;
  }
  return node.Scalar();
}

std::optional<double> WeightsReader::Number(const YAML::Node& node, const std::string& field) {
  At(field, node);
  double value = 0;
  if (node.IsScalar() && absl::SimpleAtod(node.Scalar(), &value)) return value;
  const std::string text = node.IsScalar() ? node.Scalar() : "";
  Fault(node, field,
        text.ends_with("%")
            ? fmt::format("'{}' is no number; write 60 % as 0.6", text)
            : fmt::format("{} is no number", text.empty() ? "this" : "'" + text + "'"));
  return std::nullopt;
}

std::optional<double> WeightsReader::Number(const YAML::Node& parent, const char* key,
                                            const std::string& field, bool required) {
  const YAML::Node node = parent[key];
  if (!Absent(node)) return Number(node, field);
  if (required) Fault(parent, field, fmt::format("'{}' is missing", key));
  return std::nullopt;
}

std::optional<int> WeightsReader::Word(const YAML::Node& parent, const char* key,
                                       const std::string& field,
                                       const std::vector<WeightsWord>& words) {
  const std::optional<std::string> text = Text(parent, key, field);
  if (!text.has_value()) return std::nullopt;
  std::vector<std::string> known;
  for (const WeightsWord& word : words) {
    if (*text == word.word) return word.value;
    known.emplace_back(word.word);
  }
  Fault(parent[key], field,
        fmt::format("'{}' knows no '{}'{}; known are {}", key, *text, DidYouMean(*text, known),
                    fmt::join(known, ", ")));
  return std::nullopt;
}

}  // namespace keyscore::cli
