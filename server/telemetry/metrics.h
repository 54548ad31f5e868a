// Figures of the server at one moment, as plain values; metrics_listener.h shows them to
// Prometheus.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace keyscore::telemetry {

enum class MetricKind { kCounter, kGauge, kHistogram };

struct MetricSample {
  std::vector<std::pair<std::string, std::string>> labels;
  double value = 0;  // of a counter or a gauge
  // Of a histogram: counts[i] observations were at most bounds[i] and above the bound before; one
  // more count has no bound.
  std::vector<double> bounds = {};
  std::vector<int64_t> counts = {};
  double sum = 0;
};

struct MetricFamily {
  std::string name;  // keyscore_…, a counter's ends in _total
  std::string help;
  MetricKind kind = MetricKind::kGauge;
  std::vector<MetricSample> samples = {};
};

}  // namespace keyscore::telemetry
