// Load on the wire: h2load speaking gRPC with a prepared request body.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace keyscore::bench {

// One unary call, as bytes.
struct Call {
  std::string method;       // "keyscore.v1.ScorecardService/GetScorecard"
  std::string request;      // the serialised message
  size_t answer_bytes = 0;  // of the serialised answer; h2load doesn't see a call fail but by these
  bool answer_varies = false;  // the answer may get longer or shorter as facts arrive
};

struct Load {
  int requests = 10'000;
  int clients = 4;
  int streams = 16;       // concurrent requests per client
  double per_second = 0;  // of all clients together; 0 = as many as go through
  bool times = false;     // of each request are wanted
};

struct Shot {
  double per_second = 0;
  double median_micros = 0;  // from sending a request to the end of its answer
  double p99_micros = 0;
};

// Fires the call at `address`. Dies when a request fails.
Shot Fire(const std::string& address, const Call& call, const Load& load);

// Loads that take about so long, whatever the rate turns out to be: the first finds it out.
class SteadyLoad {
 public:
  SteadyLoad(std::string address, Call call, double seconds)
      : address_(std::move(address)), call_(std::move(call)), seconds_(seconds) {}

  double PerSecond();

 private:
  const std::string address_;
  const Call call_;
  const double seconds_;
  double rate_ = 0;
};

// The median time of single requests, one after another over one connection for about so long, in
// microseconds.
double SingleMicros(const std::string& address, const Call& call, double seconds);

}  // namespace keyscore::bench
