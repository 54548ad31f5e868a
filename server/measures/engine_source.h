// Sources that ask the engine for everything.
#pragma once

#include <memory>

#include "measures/source.h"

namespace keyscore::measures {

// The state as of `watermark`, straight from the engine. `store` must outlive it.
std::shared_ptr<Source> EngineSource(store::Store& store, int64_t watermark);

std::unique_ptr<Sources> EngineSources(store::Store& store);

}  // namespace keyscore::measures
