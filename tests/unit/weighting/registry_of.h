// A registry made of definitions, without any library on disk.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kpis/registry.h"

namespace keyscore::kpis {

// 0 scores 0 and 100 scores 100, so that a value is its own score.
inline LoadedKpi MakeKpi(std::string id, Pillar pillar, double default_weight,
                         std::shared_ptr<const KpiFunction> function = nullptr) {
  KpiDefinition definition;
  definition.id = std::move(id);
  definition.pillar = pillar;
  definition.default_weight = default_weight;
  definition.curve = {{0, 0}, {100, 100}};
  return {.definition = std::move(definition), .function = std::move(function)};
}

inline std::shared_ptr<const RegistrySnapshot> RegistryOf(std::vector<LoadedKpi> kpis) {
  auto library = std::make_shared<LoadedLibrary>();
  library->id = "test";
  library->kpis = std::move(kpis);
  return std::make_shared<const RegistrySnapshot>(
      1, std::vector<std::shared_ptr<const LoadedLibrary>>{std::move(library)},
      std::vector<RefusedLibrary>());
}

}  // namespace keyscore::kpis
