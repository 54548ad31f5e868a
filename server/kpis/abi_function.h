// The KpiFunction behind which a library's evaluate stands.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "keyscore/kpi_abi.h"
#include "kpis/descriptor.h"
#include "kpis/kpi_function.h"

namespace keyscore::kpis {

// Makes the KPI's first instance from the settings in force; they are destroyed with the function.
// `host` must outlive the process's last call, as the library itself does. The library's status, if
// create fails.
absl::StatusOr<std::shared_ptr<const KpiFunction>> MakeAbiFunction(const KpiDefinition& definition,
                                                                   const KpiEntryPoints& functions,
                                                                   const ks_host* host);

}  // namespace keyscore::kpis
