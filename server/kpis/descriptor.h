// Reads what a library says about itself: C structs of any minor version in, plain values out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "facts/schema.h"
#include "keyscore/kpi_abi.h"
#include "kpis/kpi_definition.h"

namespace keyscore::kpis {

// The functions of one KPI; create, destroy and fit may be null.
struct KpiEntryPoints {
  decltype(ks_kpi::create) create = nullptr;
  decltype(ks_kpi::destroy) destroy = nullptr;
  decltype(ks_kpi::evaluate) evaluate = nullptr;
  decltype(ks_kpi::fit) fit = nullptr;
};

struct DescribedKpi {
  KpiDefinition definition;
  KpiEntryPoints functions;
};

struct DescribedLibrary {
  std::string id;
  std::string version;
  std::string vendor;
  std::string description;
  std::string abi_version;  // "major.minor" that it needs
  std::vector<facts::DatasetSchema> datasets;
  std::vector<DescribedKpi> kpis;
};

// Limits of a description; more is a fault.
inline constexpr uint32_t kMaxKpis = 256;
inline constexpr uint32_t kMaxDatasets = 64;
inline constexpr uint32_t kMaxColumns = 100;
inline constexpr uint32_t kMaxAllowedValues = 1'000;
inline constexpr uint32_t kMaxInputs = 32;
inline constexpr uint32_t kMinCurvePoints = 2;
inline constexpr uint32_t kMaxCurvePoints = 32;
inline constexpr uint32_t kMaxActions = 32;
inline constexpr uint32_t kMaxSettings = 64;
inline constexpr uint32_t kMaxFigures = 32;

// Copies a description. `file_id` is the name of the library's file without .so, which its id must
// equal. Built-in libraries name KPIs without a namespace, others `<library id>.name`; datasets are
// always `<library id>.name`. INVALID_ARGUMENT lists every fault, one a line; of a library of
// another major, or that needs a newer minor, only that: its other structs can't be relied on.
// `readable`, where given, gets what could be read of a faulty description: not fit for use, but
// for those who look for faults of other kinds.
absl::StatusOr<DescribedLibrary> DescribeLibrary(const ks_library& library,
                                                 std::string_view file_id, bool builtin,
                                                 DescribedLibrary* readable = nullptr);

}  // namespace keyscore::kpis
