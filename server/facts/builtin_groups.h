// The parts that BuiltinDatasets() is put together from.
#pragma once

#include <vector>

#include "facts/schema.h"

namespace keyscore::facts {

// account, contact, manager, ownership, team.
std::vector<DatasetSchema> DirectoryDatasets();
// interaction … wallet, by name.
std::vector<DatasetSchema> EventDatasets();
// book.
std::vector<DatasetSchema> DerivedDatasets();

}  // namespace keyscore::facts
