// YAML to Mapping. Nothing is ignored: a key that is not known is a fault.
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include <fmt/format.h>

#include "absl/strings/ascii.h"
#include "cli/exit_code.h"
#include "cli/import/mapping.h"
#include "cli/text/nearest.h"

namespace keyscore::cli {
namespace {

// Thrown inside this file only; ParseMapping() turns it into a status.
struct Fault {
  YAML::Mark at;
  std::string message;
};

[[noreturn]] void Fail(const YAML::Node& node, const std::string& message) {
  throw Fault{node.Mark(), message};
}

void CheckKeys(const YAML::Node& node, const std::string& what,
               const std::vector<std::string>& known) {
  if (!node.IsMap()) Fail(node, fmt::format("{} must be a map of keys to values", what));
  std::vector<std::string> seen;
  for (const auto& entry : node) {
    const auto key = entry.first.as<std::string>();
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      Fail(entry.first, fmt::format("{} has no key '{}'{}; known are {}", what, key,
                                    DidYouMean(key, known), fmt::join(known, ", ")));
    }
    if (std::find(seen.begin(), seen.end(), key) != seen.end()) {
      Fail(entry.first, fmt::format("{} has the key '{}' twice", what, key));
    }
    seen.push_back(key);
  }
}

std::string Text(const YAML::Node& parent, const std::string& key, const std::string& what,
                 bool required) {
  const YAML::Node node = parent[key];
  if (!node.IsDefined() || node.IsNull()) {
    if (required) Fail(parent, fmt::format("{} needs the key '{}'", what, key));
    return "";
  }
  if (!node.IsScalar()) Fail(node, fmt::format("{}: '{}' must be a text", what, key));
  const std::string text = node.as<std::string>();
  if (required && absl::StripAsciiWhitespace(text).empty()) {
    Fail(node, fmt::format("{}: '{}' is empty", what, key));
  }
  return text;
}

std::vector<std::string> Texts(const YAML::Node& parent, const std::string& key,
                               const std::string& what) {
  std::vector<std::string> texts;
  const YAML::Node node = parent[key];
  if (!node.IsDefined() || node.IsNull()) return texts;
  if (node.IsScalar()) return {node.as<std::string>()};
  if (!node.IsSequence()) Fail(node, fmt::format("{}: '{}' must be a list", what, key));
  for (const YAML::Node& item : node) {
    if (!item.IsScalar()) Fail(item, fmt::format("{}: '{}' must be a list of texts", what, key));
    texts.push_back(item.as<std::string>());
  }
  return texts;
}

YAML::Node List(const YAML::Node& parent, const std::string& key, const std::string& what) {
  const YAML::Node node = parent[key];
  if (node.IsDefined() && !node.IsNull() && !node.IsSequence()) {
    Fail(node, fmt::format("{}: '{}' must be a list", what, key));
  }
  return node;
}

char OneCharacter(const YAML::Node& csv, const std::string& key, const std::string& what,
                  char fallback) {
  if (!csv[key].IsDefined()) return fallback;
  const std::string text = Text(csv, key, what, true);
  if (text == "\\t") return '\t';
  if (text.size() != 1) Fail(csv[key], fmt::format("{}: '{}' must be one character", what, key));
  return text[0];
}

FileFormat ParseFormat(const YAML::Node& node, const std::string& text, const std::string& what) {
  if (text.empty()) return FileFormat::kByExtension;
  if (text == "csv") return FileFormat::kCsv;
  if (text == "parquet") return FileFormat::kParquet;
  if (text == "json") return FileFormat::kJson;
  Fail(node, fmt::format("{}: the format '{}' is not known{}; known are csv, parquet, json", what,
                         text, DidYouMean(text, {"csv", "parquet", "json"})));
}

SourceSpec ParseSource(const std::string& name, const YAML::Node& node) {
  const std::string what = fmt::format("source '{}'", name);
  CheckKeys(node, what, {"file", "format", "columns", "csv"});
  SourceSpec source{.name = name};
  source.file = Text(node, "file", what, true);
  source.format = ParseFormat(node["format"], Text(node, "format", what, false), what);
  source.columns = Texts(node, "columns", what);
  if (const YAML::Node csv = node["csv"]; csv.IsDefined()) {
    CheckKeys(csv, what + ": csv", {"delimiter", "quote", "encoding", "null_values"});
    source.csv.delimiter = OneCharacter(csv, "delimiter", what, ',');
    source.csv.quote = OneCharacter(csv, "quote", what, '"');
    if (csv["encoding"].IsDefined()) source.csv.encoding = Text(csv, "encoding", what, true);
    source.csv.null_values = Texts(csv, "null_values", what);
  }
  return source;
}

ImportSpec ParseImport(const YAML::Node& node, size_t number) {
  std::string what = fmt::format("import {}", number);
  CheckKeys(node, what,
            {"dataset", "from", "join", "where", "group_by", "columns", "warnings", "rejects"});
  ImportSpec import{.dataset = Text(node, "dataset", what, true)};
  what = fmt::format("import {} ({})", number, import.dataset);
  import.from = Text(node, "from", what, true);
  import.where = Text(node, "where", what, false);
  import.group_by = Texts(node, "group_by", what);
  for (const YAML::Node& item : List(node, "join", what)) {
    CheckKeys(item, what + ": join", {"source", "as", "on"});
    JoinSpec join{.source = Text(item, "source", what + ": join", true),
                  .as = Text(item, "as", what + ": join", false),
                  .on = Text(item, "on", what + ": join", true)};
    if (join.as.empty()) join.as = join.source;
    import.joins.push_back(std::move(join));
  }
  const YAML::Node columns = node["columns"];
  if (!columns.IsDefined() || !columns.IsMap() || columns.size() == 0) {
    Fail(node, fmt::format("{} needs 'columns', a map of column to expression", what));
  }
  for (const auto& entry : columns) {
    const auto name = entry.first.as<std::string>();
    if (!entry.second.IsScalar()) {
      Fail(entry.second, fmt::format("{}: column '{}' needs an expression", what, name));
    }
    import.columns.push_back({name, entry.second.as<std::string>()});
  }
  for (const YAML::Node& item : List(node, "warnings", what)) {
    CheckKeys(item, what + ": warning", {"when", "message"});
    import.warnings.push_back({Text(item, "when", what + ": warning", true),
                               Text(item, "message", what + ": warning", true)});
  }
  for (const YAML::Node& item : List(node, "rejects", what)) {
    CheckKeys(item, what + ": reject", {"when", "column", "reason"});
    import.rejects.push_back({Text(item, "when", what + ": reject", true),
                              Text(item, "column", what + ": reject", false),
                              Text(item, "reason", what + ": reject", true)});
  }
  return import;
}

// The sources that an import names must exist, and a name must not stand for two tables.
void CheckSources(const Mapping& mapping, const ImportSpec& import, const YAML::Node& node) {
  std::vector<std::string> known;
  for (const SourceSpec& source : mapping.sources) known.push_back(source.name);
  std::vector<std::string> aliases = {import.from};
  const auto check = [&](const std::string& name) {
    if (mapping.FindSource(name) != nullptr) return;
    Fail(node, fmt::format("the import of {} reads the source '{}', which is not declared{}",
                           import.dataset, name, DidYouMean(name, known)));
  };
  check(import.from);
  for (const JoinSpec& join : import.joins) {
    check(join.source);
    if (std::find(aliases.begin(), aliases.end(), join.as) != aliases.end()) {
      Fail(node, fmt::format("the import of {} uses the name '{}' twice; give the join another "
                             "with 'as'",
                             import.dataset, join.as));
    }
    aliases.push_back(join.as);
  }
}

Mapping ParseRoot(const YAML::Node& root) {
  CheckKeys(root, "the mapping", {"name", "description", "time_zone", "sources", "imports"});
  Mapping mapping;
  mapping.name = Text(root, "name", "the mapping", true);
  mapping.description = Text(root, "description", "the mapping", false);
  mapping.time_zone = Text(root, "time_zone", "the mapping", false);
  const YAML::Node sources = root["sources"];
  if (!sources.IsDefined() || !sources.IsMap() || sources.size() == 0) {
    Fail(root, "the mapping needs 'sources', a map of name to {file, …}");
  }
  for (const auto& entry : sources) {
    mapping.sources.push_back(ParseSource(entry.first.as<std::string>(), entry.second));
  }
  const YAML::Node imports = List(root, "imports", "the mapping");
  if (!imports.IsDefined() || imports.size() == 0) {
    Fail(root, "the mapping needs 'imports', a list");
  }
  for (size_t i = 0; i < imports.size(); ++i) {
    mapping.imports.push_back(ParseImport(imports[i], i + 1));
    CheckSources(mapping, mapping.imports.back(), imports[i]);
  }
  return mapping;
}

}  // namespace

const SourceSpec* Mapping::FindSource(const std::string& wanted) const {
  for (const SourceSpec& source : sources) {
    if (source.name == wanted) return &source;
  }
  return nullptr;
}

absl::StatusOr<Mapping> ParseMapping(const std::string& yaml, const std::string& path) {
  const auto at = [&path](const YAML::Mark& mark) {
    return mark.is_null() ? path : fmt::format("{}:{}", path, mark.line + 1);
  };
  try {
    Mapping mapping = ParseRoot(YAML::Load(yaml));
    mapping.path = path;
    return mapping;
  } catch (const Fault& fault) {
    return UsageError(fmt::format("{}: {}", at(fault.at), fault.message));
  } catch (const YAML::Exception& error) {
    return UsageError(fmt::format("{}: {}", at(error.mark), error.msg));
  }
}

}  // namespace keyscore::cli
