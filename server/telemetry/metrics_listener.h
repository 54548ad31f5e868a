// Serves figures to Prometheus under http://ADDRESS/metrics. There is neither TLS nor a password on
// it, so it listens on loopback addresses only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "telemetry/metrics.h"

namespace keyscore::telemetry {

// Asked at each scrape, from the listener's threads, several at a time.
using MetricSource = std::function<std::vector<MetricFamily>()>;

// FAILED_PRECONDITION for an address that is not loopback: 127.x.x.x:port, [::1]:port or
// localhost:port.
absl::Status CheckMetricsAddress(const std::string& address);

// Stops when it is destroyed; `source` isn't asked any more then.
class MetricsListener {
 public:
  // Port 0 picks a free one. UNAVAILABLE when the address can't be listened on.
  static absl::StatusOr<std::unique_ptr<MetricsListener>> Start(const std::string& address,
                                                                MetricSource source);
  ~MetricsListener();

  // host:port, with the port that was picked.
  const std::string& address() const { return address_; }

 private:
  class Exposer;  // keeps prometheus-cpp out of this header

  MetricsListener(std::string address, std::unique_ptr<Exposer> exposer);

  std::string address_;
  std::unique_ptr<Exposer> exposer_;
};

}  // namespace keyscore::telemetry
