// Reads values out of YAML nodes and notes what is wrong with them, and where every field stands;
// it goes on after a fault, so that all of them are found.
#pragma once

#include <yaml-cpp/yaml.h>

#include <optional>
#include <string>
#include <vector>

#include "cli/weights/file.h"

namespace keyscore::cli {

class WeightsReader {
 public:
  explicit WeightsReader(WeightsFile& file) : file_(file) {}

  void Fault(const YAML::Node& at, const std::string& field, std::string message);

  // Whether the node is a map; each key that is none of `known`, or is there twice, is a fault.
  // `what` names it in messages.
  bool Map(const YAML::Node& node, const std::string& field, const std::string& what,
           const std::vector<std::string>& known);
  // The items of a list; none where the key is absent, a fault where it is something else.
  std::vector<YAML::Node> List(const YAML::Node& parent, const char* key, const std::string& field);

  // The text, number or word of a key; none where it is absent, or is a fault. A `required` one
  // that is absent is a fault.
  std::optional<std::string> Text(const YAML::Node& parent, const char* key,
                                  const std::string& field, bool required = false);
  std::optional<double> Number(const YAML::Node& parent, const char* key, const std::string& field,
                               bool required = false);
  std::optional<int> Word(const YAML::Node& parent, const char* key, const std::string& field,
                          const std::vector<WeightsWord>& words);
  // The same of a node itself.
  std::optional<double> Number(const YAML::Node& node, const std::string& field);

  void At(const std::string& field, const YAML::Node& node);

 private:
  WeightsFile& file_;
};

}  // namespace keyscore::cli
