// Reads golden vectors. Every key is known or refused, with its line.
#include <array>
#include <functional>
#include <stdexcept>

#include "absl/strings/ascii.h"
#include "fmt/format.h"
#include "kpis/conformance/golden.h"
#include "measures/calendar.h"
#include "yaml-cpp/yaml.h"

namespace keyscore::kpis::conformance {
namespace {

// Thrown inside this file and turned into a status at its edge, like yaml-cpp's own errors.
struct Fault : std::runtime_error {
  Fault(const YAML::Node& node, const std::string& what)
      : std::runtime_error(fmt::format("line {}: {}", node.Mark().line + 1, what)) {}
};

double Number(const YAML::Node& node, const std::string& field) {
  double number = 0;
  if (!node.IsScalar() || !YAML::convert<double>::decode(node, number)) {
    throw Fault(node, fmt::format("{} must be a number", field));
  }
  return number;
}

std::optional<double> NumberOrNull(const YAML::Node& node, const std::string& field) {
  if (node.IsNull()) return std::nullopt;
  return Number(node, field);
}

std::string Text(const YAML::Node& node, const std::string& field) {
  if (!node.IsScalar()) throw Fault(node, fmt::format("{} must be a word", field));
  return node.Scalar();
}

using Visit = std::function<void(const std::string& key, const YAML::Node& value)>;

void ForEach(const YAML::Node& map, const std::string& field, const Visit& visit) {
  if (!map.IsMap()) throw Fault(map, fmt::format("{} must be a map of names to values", field));
  for (const auto& entry : map) visit(Text(entry.first, field), entry.second);
}

std::map<std::string, double> Numbers(const YAML::Node& map, const std::string& field) {
  std::map<std::string, double> numbers;
  ForEach(map, field, [&](const std::string& name, const YAML::Node& value) {
    numbers[name] = Number(value, field + "." + name);
  });
  return numbers;
}

// The position of a word in a list, without regard to case.
template <size_t kSize>
size_t OneOf(const YAML::Node& node, const std::string& field,
             const std::array<const char*, kSize>& words) {
  const std::string word = absl::AsciiStrToUpper(Text(node, field));
  for (size_t i = 0; i < kSize; ++i) {
    if (word == words[i]) return i;
  }
  throw Fault(node,
              fmt::format("{} '{}' is none of {}", field, node.Scalar(), fmt::join(words, ", ")));
}

GoldenInput Input(const YAML::Node& node, const std::string& field) {
  GoldenInput input;
  input.is_list = node.IsSequence();
  if (input.is_list) {
    for (const YAML::Node& element : node) input.list.push_back(Number(element, field));
  } else {
    input.number = NumberOrNull(node, field);
  }
  return input;
}

void ReadPeriod(const YAML::Node& node, Question& question) {
  const auto period = measures::ParsePeriod(Text(node, "period"), {}, absl::UnixEpoch());
  if (!period.ok()) throw Fault(node, "period: " + std::string(period.status().message()));
  question.from_us = absl::ToUnixMicros(period->from);
  question.days = period->days();
}

void ReadExpectation(const YAML::Node& node, GoldenVector& vector) {
  constexpr std::array kStates = {"NO_DATA", "VALUE", "NOT_APPLICABLE", "ERROR"};
  ForEach(node, "expect", [&](const std::string& key, const YAML::Node& value) {
    if (key == "state") {
      vector.state = static_cast<uint8_t>(OneOf(value, "expect.state", kStates));
    } else if (key == "value" || key == "sample_size" || key == "weight" || key == "low" ||
               key == "high") {
      vector.figures[key] = NumberOrNull(value, "expect." + key);
    } else if (key == "details") {
      ForEach(value, "expect.details", [&](const std::string& name, const YAML::Node& detail) {
        vector.figures["details." + name] = NumberOrNull(detail, "expect.details." + name);
      });
    } else {
      throw Fault(value, fmt::format("expect has no field '{}'; it has state, value, sample_size, "
                                     "weight, low, high and details",
                                     key));
    }
  });
}

GoldenVector ReadVector(const YAML::Node& node) {
  constexpr std::array kSubjects = {"MANAGER", "ACCOUNT", "TEAM", "ORGANIZATION"};
  GoldenVector vector;
  vector.line = node.Mark().line + 1;
  vector.question.days = 31;  // January 2024
  ForEach(node, "a vector", [&](const std::string& key, const YAML::Node& value) {
    if (key == "kpi") {
      vector.kpi = Text(value, "kpi");
    } else if (key == "settings") {
      vector.settings = Numbers(value, key);
    } else if (key == "parameters") {
      vector.parameters = Numbers(value, key);
    } else if (key == "period") {
      ReadPeriod(value, vector.question);
    } else if (key == "subject") {
      vector.question.subject_kind = static_cast<uint32_t>(OneOf(value, key, kSubjects)) + 1;
    } else if (key == "inputs") {
      ForEach(value, "inputs", [&](const std::string& name, const YAML::Node& cell) {
        vector.inputs[name] = Input(cell, "inputs." + name);
      });
    } else if (key == "expect") {
      ReadExpectation(value, vector);
    } else if (key == "tolerance") {
      vector.tolerance = Number(value, key);
    } else {
      throw Fault(value, fmt::format("a vector has no field '{}'; it has kpi, settings, period, "
                                     "subject, inputs, parameters, expect and tolerance",
                                     key));
    }
  });
  if (vector.kpi.empty()) throw Fault(node, "kpi is missing");
  if (!vector.state) throw Fault(node, "expect.state is missing");
  return vector;
}

}  // namespace

absl::StatusOr<std::vector<GoldenVector>> ReadGolden(const std::string& path) {
  std::vector<GoldenVector> vectors;
  try {
    const YAML::Node root = YAML::LoadFile(path);
    if (!root.IsSequence()) throw Fault(root, "the file must be a list of vectors");
    for (const YAML::Node& node : root) vectors.push_back(ReadVector(node));
  } catch (const YAML::BadFile&) {
    return absl::NotFoundError("can't be read");
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(fmt::format("line {}: {}", error.mark.line + 1, error.msg));
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError(error.what());
  }
  return vectors;
}

}  // namespace keyscore::kpis::conformance
