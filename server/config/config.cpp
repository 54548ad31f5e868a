// Flags over the file, and the checks of the whole.
#include "config/config.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "config/values.h"

namespace keyscore::config {

void Apply(const Flags& flags, Config& config) {
  if (!flags.data_directory.empty()) config.data_directory = flags.data_directory;
  if (!flags.plugin_directories.empty()) config.plugin_directories = flags.plugin_directories;
  if (flags.listen.empty()) return;
  config.listeners.clear();
  for (const std::string& address : flags.listen) {
    config.listeners.push_back({.address = address, .tls = std::nullopt});
  }
}

absl::Status Validate(const Config& config) {
  std::vector<std::string> faults;
  if (config.data_directory.empty()) {
    faults.push_back("no data directory; give --data DIR or the key data_directory");
  }
  if (config.listeners.empty()) {
    faults.push_back("nothing to listen on; give --listen ADDRESS or the key listeners");
  }
  for (const Listener& listener : config.listeners) {
    if (const Fault fault = CheckAddress(listener.address)) {
      faults.push_back(absl::StrCat("listener: ", *fault));
    }
  }
  if (faults.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(faults, "\n"));
}

}  // namespace keyscore::config
