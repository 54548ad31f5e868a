// Load on the wire: h2load speaking gRPC with a prepared request body.
#pragma once

#include <string>

namespace keyscore::bench {

struct Load {
  int requests = 10'000;
  int clients = 4;
  int streams = 16;  // concurrent requests per client
};

// Requests per second of `method` ("keyscore.v1.ScorecardService/GetScorecard") at `address`, every
// request carrying the serialised message `request`. Leaves the program when a request fails.
double RequestsPerSecond(const std::string& address, const std::string& method,
                         const std::string& request, const Load& load);

}  // namespace keyscore::bench
