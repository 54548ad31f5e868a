// The mapping `keyscore`: files named as datasets, with the columns of their schemas.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/import/mapping.h"
#include "cli/import/sources.h"
#include "keyscore/v1/dataset_service.pb.h"

namespace keyscore::cli {

// Sources for every file whose name is a dataset's id, the directory first. Files of another name
// are put into `left_out`. NOT_FOUND when none is left.
absl::StatusOr<Mapping> IdentityMapping(const std::vector<v1::Dataset>& datasets,
                                        const std::vector<std::string>& files,
                                        std::vector<std::string>& left_out);

// Adds the imports, once it is known which columns the files have. A column that the dataset
// doesn't have is INVALID_ARGUMENT with the nearest that it has.
absl::Status AddIdentityImports(const std::vector<v1::Dataset>& datasets,
                                const std::vector<LoadedSource>& sources, Mapping& mapping);

}  // namespace keyscore::cli
