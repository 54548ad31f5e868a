// Every key of the configuration file, and how its value gets into a Config.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/values.h"

namespace keyscore::config {

// A key with one value. `path` is dotted, such as "limits.max_batch_rows"; keys of an element of
// `listeners` start with "listeners[].".
struct Key {
  std::string path;
  std::function<Fault(const std::string& text, Config& config)> set;
};

// Keys whose value is a single word, in the order of the example. Those of a listener set the last
// one of config.listeners.
const std::vector<Key>& Keys();

// A key whose value is a list of words; `add` takes one of them.
struct ListKey {
  std::string path;
  std::function<Fault(const std::string& word, Config& config)> add;
};

const std::vector<ListKey>& ListKeys();

inline constexpr char kKpiSettings[] = "kpi_settings";

// Paths of all keys, lists and groups included, for look-up and for tests.
std::vector<std::string> KeyPaths();

}  // namespace keyscore::config
