// Walks the YAML of a configuration file against the table of keys; every fault is noted, none
// stops the walk.
#include <yaml-cpp/yaml.h>

#include <cerrno>
#include <fstream>
#include <set>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "config/config.h"
#include "config/keys.h"
#include "config/nearest.h"

namespace keyscore::config {
namespace {

// A configuration is a page; more than this is something else.
constexpr std::streamsize kMaxFileBytes = 1 << 20;

class Walk {
 public:
  explicit Walk(std::string source) : source_(std::move(source)) {}

  // The keys of a mapping, `prefix` being "" or a path that ends in a dot.
  void Mapping(const YAML::Node& node, const std::string& prefix) {
    if (node.IsNull()) return;  // a group without keys
    if (!node.IsMap()) {
      Fault(node, Shown(prefix), "must hold keys; write them indented below it");
      return;
    }
    std::set<std::string> seen;
    for (const auto& entry : node) {
      const std::string name = entry.first.IsScalar() ? entry.first.Scalar() : "";
      const std::string path = prefix + name;
      if (!seen.insert(name).second) {
        Fault(entry.first, path, "stands twice; keep one");
      } else {
        Entry(entry.first, entry.second, prefix, path);
      }
    }
  }

  absl::StatusOr<Config> Result() {
    if (faults_.empty()) return std::move(config_);
    return absl::InvalidArgumentError(absl::StrJoin(faults_, "\n"));
  }

  void Fault(const YAML::Node& node, const std::string& path, const std::string& what) {
    const int line = node.Mark().line + 1;
    faults_.push_back(absl::StrCat(source_, ":", line, ": ", path, ": ", what));
  }

 private:
  void Entry(const YAML::Node& key, const YAML::Node& value, const std::string& prefix,
             const std::string& path) {
    if (path == "listeners") return Listeners(value);
    for (const ListKey& known : ListKeys()) {
      if (known.path == path) return Words(value, known);
    }
    if (path == kKpiSettings) return KpiSettings(value);
    for (const Key& known : Keys()) {
      if (known.path == path) return Scalar(key, value, known);
    }
    for (const Key& known : Keys()) {
      if (absl::StartsWith(known.path, path + ".")) return Mapping(value, path + ".");
    }
    Fault(key, Shown(path), absl::StrCat("unknown key.", Suggestion(path, prefix)));
  }

  void Scalar(const YAML::Node& key, const YAML::Node& value, const Key& known) {
    if (value.IsNull()) return Fault(key, Shown(known.path), "has no value; give one or remove it");
    if (!value.IsScalar()) return Fault(value, Shown(known.path), "must be a single value");
    if (const auto fault = known.set(value.Scalar(), config_)) {
      Fault(value, Shown(known.path), *fault);
    }
  }

  void Words(const YAML::Node& value, const ListKey& key) {
    if (value.IsNull()) return;
    if (!value.IsSequence()) {
      return Fault(value, key.path,
                   "must be a list; write its items on lines that start with '- '");
    }
    for (const auto& item : value) {
      if (!item.IsScalar() || item.Scalar().empty()) {
        Fault(item, key.path, "has an item that is no text");
      } else if (const auto fault = key.add(item.Scalar(), config_)) {
        Fault(item, key.path, *fault);
      }
    }
  }

  // KPI, then setting, then number. Which there are is known to the plugins alone.
  void KpiSettings(const YAML::Node& value) {
    if (value.IsNull()) return;
    if (!value.IsMap()) {
      return Fault(value, kKpiSettings, "must hold KPI ids, each with its settings below it");
    }
    for (const auto& kpi : value) {
      const std::string path = absl::StrCat(kKpiSettings, ".", kpi.first.Scalar());
      if (!kpi.second.IsMap()) {
        Fault(kpi.second, path, "must hold settings; write them as 'name: number' below it");
        continue;
      }
      for (const auto& setting : kpi.second) {
        const std::string name = setting.first.Scalar();
        double number = 0;
        if (!setting.second.IsScalar() || !absl::SimpleAtod(setting.second.Scalar(), &number)) {
          Fault(setting.second, absl::StrCat(path, ".", name), "must be a number");
        } else if (!config_.kpi_settings[kpi.first.Scalar()].emplace(name, number).second) {
          Fault(setting.first, absl::StrCat(path, ".", name), "stands twice; keep one");
        }
      }
    }
  }

  void Listeners(const YAML::Node& value) {
    if (value.IsNull()) return;
    if (!value.IsSequence()) {
      return Fault(value, "listeners", "must be a list; write '- address: 127.0.0.1:7443'");
    }
    for (const auto& item : value) {
      const size_t before = faults_.size();
      config_.listeners.emplace_back();
      Mapping(item, "listeners[].");
      if (faults_.size() != before) continue;
      const Listener& listener = config_.listeners.back();
      if (listener.address.empty()) Fault(item, "listeners.address", "is missing");
      if (listener.tls.has_value() &&
          (listener.tls->certificate.empty() || listener.tls->key.empty())) {
        Fault(item, "listeners.tls", "needs both certificate and key");
      }
    }
  }

  // Names are compared within the group first: a key in the wrong group is found by its last word.
  static std::string Suggestion(const std::string& path, const std::string& prefix) {
    std::vector<std::string> siblings;
    const std::string word = path.substr(prefix.size());
    std::string elsewhere;
    static const auto* const paths = new std::vector<std::string>(KeyPaths());
    for (const std::string& known : *paths) {
      if (absl::StartsWith(known, prefix) && !absl::StrContains(known.substr(prefix.size()), '.')) {
        siblings.push_back(known.substr(prefix.size()));
      }
      if (absl::EndsWith(known, absl::StrCat(".", word))) elsewhere = Shown(known);
    }
    if (!elsewhere.empty()) return absl::StrCat(" Did you mean '", elsewhere, "'?");
    const std::string near = DidYouMean(word, siblings);
    return near.empty() ? absl::StrCat(" Known here: ", absl::StrJoin(siblings, ", "), ".") : near;
  }

  static std::string Shown(std::string path) {
    while (absl::EndsWith(path, ".")) path.pop_back();
    return path.empty() ? "the file" : absl::StrReplaceAll(path, {{"[]", ""}});
  }

  std::string source_;
  Config config_;
  std::vector<std::string> faults_;
};

}  // namespace

absl::StatusOr<Config> ParseYaml(const std::string& text, const std::string& source) {
  try {
    Walk walk(source);
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.size() > 1) walk.Fault(documents[1], "the file", "holds more than one document");
    if (!documents.empty()) walk.Mapping(documents[0], "");
    return walk.Result();
  } catch (const YAML::Exception& fault) {
    return absl::InvalidArgumentError(
        absl::StrCat(source, ":", fault.mark.line + 1, ": is no YAML: ", fault.msg));
  }
}

absl::StatusOr<Config> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxFileBytes, '\0');
  if (file) file.read(text.data(), kMaxFileBytes);
  if (!file.eof()) {
    const int error = errno;
    if (file) return absl::InvalidArgumentError(absl::StrCat(path, ": larger than 1 MiB"));
    return absl::ErrnoToStatus(error == 0 ? EISDIR : error, absl::StrCat(path, ": can't be read"));
  }
  text.resize(static_cast<size_t>(file.gcount()));
  return ParseYaml(text, path);
}

}  // namespace keyscore::config
