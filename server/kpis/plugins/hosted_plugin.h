// The plugins of the host at one moment: immutable once shared, replaced as a whole by each change.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "kpis/library.h"
#include "kpis/plugins/examine.h"
#include "kpis/plugins/plugin_document.h"
#include "kpis/plugins/plugin_host.h"
#include "kpis/registry.h"

namespace keyscore::kpis {

struct HostedPlugin {
  std::string id;
  PluginState state = PluginState::kActive;
  PluginSource source = PluginSource::kDirectory;
  std::string file_name;
  std::string path;  // of its file in a directory; empty for an installed one
  std::shared_ptr<const LoadedLibrary> active;  // null unless kActive
  std::shared_ptr<const LoadedLibrary> shadow;  // null: none runs
  std::optional<PluginDocument> document;
  int64_t revision = 0;  // of the document, also of one that says uninstalled
  // Of one that is refused.
  std::string refused_sha256;
  std::vector<std::string> refusal_reasons;
  absl::Time refusal_time;

  // Of the library in force, refused or disabled; empty where no file could be read.
  std::string Sha256() const;
  // "r<revision>-<first twelve of the digest>"
  std::string Etag() const;
  PluginView View() const;
  // As a document says it, where none is there yet.
  PluginDocument Document() const;
};

struct HostedPlugins {
  std::map<std::string, HostedPlugin> by_id;
  std::vector<RefusedLibrary> duplicates;  // further files of an id, refused

  const HostedPlugin* Find(const std::string& id) const;
  // Those in force, without `but` where that isn't empty.
  Libraries Active(const std::string& but = "") const;
  std::vector<RefusedLibrary> Refused() const;
  // By id; of two with one id the admitted one first.
  std::vector<PluginView> Views() const;
};

}  // namespace keyscore::kpis
