// The documents as JSON. Every field of a format is always there.
#include "kpis/plugins/plugin_document.h"

#include <algorithm>
#include <array>
#include <exception>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "fmt/format.h"
#include "nlohmann/json.hpp"

namespace keyscore::kpis {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormat = 1;

constexpr std::array<std::pair<PluginState, const char*>, 3> kStates = {
    {{PluginState::kActive, "active"},
     {PluginState::kDisabled, "disabled"},
     {PluginState::kUninstalled, "uninstalled"}}};
constexpr std::array<std::pair<PluginSource, const char*>, 3> kSources = {
    {{PluginSource::kBuiltin, "builtin"},
     {PluginSource::kDirectory, "directory"},
     {PluginSource::kInstalled, "installed"}}};

template <typename Names, typename Value>
std::string NameOf(const Names& names, Value value) {
  for (const auto& [known, name] : names) {
    if (known == value) return name;
  }
  return "";
}

template <typename Names>
auto ValueOf(const Names& names, const std::string& name) {
  for (const auto& [value, known] : names) {
    if (name == known) return value;
  }
  throw std::runtime_error("unknown value '" + name + "'");
}

Json ToJson(const VersionRecord& version) {
  return {{"sha256", version.sha256},           {"version", version.version},
          {"vendor", version.vendor},           {"description", version.description},
          {"abi_version", version.abi_version}, {"kpis", version.kpi_ids},
          {"datasets", version.dataset_ids}};
}

// A digest is the name of a file, so it must be one.
std::string DigestFrom(const Json& json) {
  const std::string digest = json;
  const bool hex = std::all_of(digest.begin(), digest.end(), [](char letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
  });
  if (digest.size() != 64 || !hex) throw std::runtime_error("'" + digest + "' is no SHA-256");
  return digest;
}

VersionRecord VersionFrom(const Json& json) {
  return {.sha256 = DigestFrom(json.at("sha256")),
          .version = json.at("version"),
          .vendor = json.at("vendor"),
          .description = json.at("description"),
          .abi_version = json.at("abi_version"),
          .kpi_ids = json.at("kpis").get<std::vector<std::string>>(),
          .dataset_ids = json.at("datasets").get<std::vector<std::string>>()};
}

PluginDocument DocumentFrom(const Json& json) {
  PluginDocument document;
  document.action = json.at("action");
  document.reason = json.at("reason");
  document.state = ValueOf(kStates, json.at("state").get<std::string>());
  document.source = ValueOf(kSources, json.at("source").get<std::string>());
  document.file_name = json.at("file_name");
  document.active = VersionFrom(json.at("active"));
  if (const Json& shadow = json.at("shadow"); !shadow.is_null()) {
    document.shadow = {.version = VersionFrom(shadow),
                       .start_time = absl::FromUnixMicros(shadow.at("start").get<int64_t>())};
  }
  if (const Json& previous = json.at("previous"); !previous.is_null()) {
    document.previous_sha256 = DigestFrom(previous);
  }
  for (const Json& digest : json.at("admitted")) document.admitted.push_back(DigestFrom(digest));
  return document;
}

}  // namespace

bool PluginDocument::HasAdmitted(const std::string& sha256) const {
  return std::find(admitted.begin(), admitted.end(), sha256) != admitted.end();
}

void PluginDocument::Admit(const std::string& sha256) {
  std::erase(admitted, sha256);
  admitted.push_back(sha256);
  if (admitted.size() > kMaxAdmitted) admitted.erase(admitted.begin());
}

VersionRecord RecordOf(const LoadedLibrary& library) {
  VersionRecord record{.sha256 = library.sha256,
                       .version = library.version,
                       .vendor = library.vendor,
                       .description = library.description,
                       .abi_version = library.abi_version};
  for (const LoadedKpi& kpi : library.kpis) record.kpi_ids.push_back(kpi.definition.id);
  for (const auto& dataset : library.datasets) record.dataset_ids.push_back(dataset.id);
  return record;
}

std::string ToPayload(const PluginDocument& document) {
  Json shadow;
  if (document.shadow.has_value()) {
    shadow = ToJson(document.shadow->version);
    shadow["start"] = absl::ToUnixMicros(document.shadow->start_time);
  }
  Json json = {{"format", kFormat},
               {"action", document.action},
               {"reason", document.reason},
               {"state", NameOf(kStates, document.state)},
               {"source", NameOf(kSources, document.source)},
               {"file_name", document.file_name},
               {"active", ToJson(document.active)},
               {"shadow", std::move(shadow)},
               {"previous", Json()},
               {"admitted", document.admitted}};
  if (!document.previous_sha256.empty()) json["previous"] = document.previous_sha256;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

absl::StatusOr<PluginDocument> ParsePluginDocument(const store::ConfigRevision& revision) {
  try {
    const Json json = Json::parse(revision.payload);
    if (const int format = json.at("format"); format != kFormat) {
      return absl::FailedPreconditionError(fmt::format(
          "the stored document of plugin '{}' (revision {}) has format {}, this server reads {}; "
          "run the version that wrote it",
          revision.id, revision.revision, format, kFormat));
    }
    return DocumentFrom(json);
  } catch (const std::exception& error) {
    return absl::DataLossError(
        fmt::format("the stored document of plugin '{}' (revision {}) can't be read: {}; restore "
                    "the store from a backup",
                    revision.id, revision.revision, error.what()));
  }
}

}  // namespace keyscore::kpis
