// Golden vectors: what a KPI gives for chosen inputs, written down by its author in YAML.
//
//   - kpi: acme_health.silence        # which KPI
//     settings: {days: 60}            # those that differ from the defaults
//     period: 2024-Q1                 # as in a request, in UTC; 2024-01 unless said
//     subject: account                # manager (unless said), account, team, organization
//     inputs: {tickets: 20, last: null, delays: [6, 1, 2]}   # others: no facts
//     parameters: {r: 0.24}           # of a model: all of them
//     expect: {state: VALUE, value: 25, sample_size: 20, weight: 1, low: null, high: null,
//              details: {gap: 12}}    # what is not named is not compared
//     tolerance: 1e-9                 # relative; 1e-12 unless said
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kpis/conformance/call.h"

namespace keyscore::kpis::conformance {

struct GoldenInput {
  std::optional<double> number;  // absent with is_list false = null
  std::vector<double> list;
  bool is_list = false;
};

struct GoldenVector {
  int line = 0;
  std::string kpi;
  std::map<std::string, double> settings;
  Question question;
  std::map<std::string, GoldenInput> inputs;
  std::map<std::string, double> parameters;
  std::optional<uint8_t> state;
  // By name (value, sample_size, weight, low, high, details.x); absent = must be none.
  std::map<std::string, std::optional<double>> figures;
  double tolerance = 1e-12;
};

// INVALID_ARGUMENT names the line and the field at fault, NOT_FOUND a file that can't be read.
absl::StatusOr<std::vector<GoldenVector>> ReadGolden(const std::string& path);

}  // namespace keyscore::kpis::conformance
