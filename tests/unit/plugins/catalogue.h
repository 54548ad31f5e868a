// The built libraries of the catalogue, loaded as the server loads them.
#pragma once

#include <cstdlib>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

#include "keyscore/testing/fake_host.h"

namespace keyscore::catalogue {

inline std::string PathOf(const std::string& library) {
  const char* folder = std::getenv("KEYSCORE_PLUGINS_DIR");
  if (folder == nullptr) throw std::runtime_error("set KEYSCORE_PLUGINS_DIR, as ctest does");
  return std::string(folder) + "/" + library + ".so";
}

// Loaded once and kept.
inline const testing::FakeHost& Library(const std::string& name) {
  static std::map<std::string, std::unique_ptr<testing::FakeHost>> loaded;
  auto& host = loaded[name];
  if (host == nullptr) host = std::make_unique<testing::FakeHost>(PathOf(name));
  return *host;
}

}  // namespace keyscore::catalogue
