// One KPI of a description.
#pragma once

#include <string>

#include "kpis/descriptor.h"
#include "kpis/descriptor_reader.h"

namespace keyscore::kpis {

// Copies a KPI and notes every fault in `reader`.
DescribedKpi DescribeKpi(const ks_kpi& kpi, const std::string& library_id, bool builtin,
                         const FieldReader& reader);

}  // namespace keyscore::kpis
