// On prometheus-cpp, whose exceptions end here.
#include "telemetry/metrics_listener.h"

#include <fmt/format.h>
#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/metric_family.h>

#include <exception>
#include <limits>
#include <utility>

#include "telemetry/log.h"

namespace keyscore::telemetry {
namespace {

constexpr size_t kThreads = 2;

prometheus::MetricType TypeOf(MetricKind kind) {
  switch (kind) {
    case MetricKind::kCounter:
      return prometheus::MetricType::Counter;
    case MetricKind::kHistogram:
      return prometheus::MetricType::Histogram;
    case MetricKind::kGauge:
      break;
  }
  return prometheus::MetricType::Gauge;
}

// Prometheus counts cumulatively, its last bucket being without bound.
prometheus::ClientMetric::Histogram HistogramOf(const MetricSample& sample) {
  prometheus::ClientMetric::Histogram histogram;
  for (size_t i = 0; i < sample.counts.size(); ++i) {
    histogram.sample_count += static_cast<uint64_t>(sample.counts[i]);
    const double bound =
        i < sample.bounds.size() ? sample.bounds[i] : std::numeric_limits<double>::infinity();
    histogram.bucket.push_back({histogram.sample_count, bound});
  }
  histogram.sample_sum = sample.sum;
  return histogram;
}

prometheus::MetricFamily FamilyOf(const MetricFamily& family) {
  prometheus::MetricFamily out{family.name, family.help, TypeOf(family.kind), {}};
  for (const MetricSample& sample : family.samples) {
    prometheus::ClientMetric& metric = out.metric.emplace_back();
    for (const auto& [name, value] : sample.labels) metric.label.push_back({name, value});
    metric.counter.value = sample.value;
    metric.gauge.value = sample.value;
    if (family.kind == MetricKind::kHistogram) metric.histogram = HistogramOf(sample);
  }
  return out;
}

class Collected : public prometheus::Collectable {
 public:
  explicit Collected(MetricSource source) : source_(std::move(source)) {}

  std::vector<prometheus::MetricFamily> Collect() const override {
    std::vector<prometheus::MetricFamily> families;
    try {
      for (const MetricFamily& family : source_()) families.push_back(FamilyOf(family));
    } catch (const std::exception& thrown) {
      LogError(fmt::format("metrics can't be collected: {}", thrown.what()));
      families.clear();
    }
    return families;
  }

 private:
  const MetricSource source_;
};

struct HostAndPort {
  std::string host, port;
};

HostAndPort Split(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == address.npos) return {address, ""};
  return {address.substr(0, colon), address.substr(colon + 1)};
}

bool IsLoopbackV4(const std::string& host) {
  if (!host.starts_with("127.")) return false;
  return host.find_first_not_of("0123456789.") == host.npos;
}

}  // namespace

class MetricsListener::Exposer {
 public:
  Exposer(const std::string& address, MetricSource source)
      : exposer_(address, kThreads), collected_(std::make_shared<Collected>(std::move(source))) {
    exposer_.RegisterCollectable(collected_);
  }
  int port() const { return exposer_.GetListeningPorts().at(0); }

 private:
  prometheus::Exposer exposer_;  // joins its threads at the end
  std::shared_ptr<Collected> collected_;
};

absl::Status CheckMetricsAddress(const std::string& address) {
  const std::string host = Split(address).host;
  if (IsLoopbackV4(host) || host == "[::1]" || host == "localhost") return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("metrics.address: refusing to serve metrics on {}: there is no TLS on them. "
                  "Listen on 127.0.0.1 (or [::1]) and let a collector on this machine fetch them",
                  address));
}

absl::StatusOr<std::unique_ptr<MetricsListener>> MetricsListener::Start(const std::string& address,
                                                                        MetricSource source) {
  if (absl::Status status = CheckMetricsAddress(address); !status.ok()) return status;
  const auto [host, port] = Split(address);
  const std::string numeric = host == "localhost" ? "127.0.0.1" : host;
  try {
    auto exposer =
        std::make_unique<Exposer>(fmt::format("{}:{}", numeric, port), std::move(source));
    std::string listening = fmt::format("{}:{}", numeric, exposer->port());
    return std::unique_ptr<MetricsListener>(
        new MetricsListener(std::move(listening), std::move(exposer)));
  } catch (const std::exception& thrown) {
    return absl::UnavailableError(
        fmt::format("metrics.address: can't listen on {} ({}); is another program there?", address,
                    thrown.what()));
  }
}

MetricsListener::MetricsListener(std::string address, std::unique_ptr<Exposer> exposer)
    : address_(std::move(address)), exposer_(std::move(exposer)) {}

MetricsListener::~MetricsListener() = default;

}  // namespace keyscore::telemetry
