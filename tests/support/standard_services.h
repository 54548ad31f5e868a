// The services that are gRPC's own or Prometheus's, asked without stubs, which Debian doesn't ship.
#pragma once

#include <grpcpp/grpcpp.h>

#include <string>

namespace keyscore::testing {

// A field of type string or message: its number, then the bytes (fewer than 128).
std::string Field(int number, const std::string& bytes);

struct Reply {
  grpc::Status status;
  std::string bytes;
};

// Sends one message and takes the first that comes back; serves unary methods and streams alike.
Reply Ask(const std::string& address, const std::string& method, const std::string& request);

inline constexpr char kHealth[] = "/grpc.health.v1.Health/Check";

// What the health service says of a name: "SERVING", "NOT_SERVING", or the error's message.
std::string Health(const std::string& address, const std::string& name);

// The answer to GET /metrics at the address that the server's log names.
std::string Scrape(const std::string& log);

}  // namespace keyscore::testing
