// How a version in shadow compares with the one in force, as people and spreadsheets read it.
#pragma once

#include <ostream>
#include <string>

#include "cli/context.h"
#include "keyscore/v1/plugin_service.pb.h"

namespace keyscore::cli {

// Periods are shown in `zone`, the server's reporting time zone; other times in UTC.
void PrintShadowReport(const v1::ShadowReport& report, const std::string& zone,
                       const Terminal& terminal);
// One record a KPI.
void PrintShadowReportCsv(const v1::ShadowReport& report, std::ostream& out);

}  // namespace keyscore::cli
