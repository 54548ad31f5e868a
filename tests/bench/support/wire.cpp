// Runs h2load and reads what it prints.
#include "bench/support/wire.h"

#include <arpa/inet.h>

#include <boost/process.hpp>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <regex>

#include "bench/support/child.h"

namespace keyscore::bench {
namespace {

// gRPC's framing: one byte "not compressed", the length in network order, the message.
std::string Framed(const std::string& message) {
  const uint32_t length = htonl(static_cast<uint32_t>(message.size()));
  std::string frame(1, '\0');
  frame.append(reinterpret_cast<const char*>(&length), sizeof(length));
  return frame + message;
}

}  // namespace

double RequestsPerSecond(const std::string& address, const std::string& method,
                         const std::string& request, const Load& load) {
  char path[] = "/tmp/keyscore-bench-XXXXXX";
  const int file = mkstemp(path);
  if (file < 0) Die("can't write a temporary file");
  close(file);
  std::ofstream(path, std::ios::binary) << Framed(request);

  const std::string h2load = boost::process::search_path("h2load").string();
  if (h2load.empty()) Die("h2load is missing: install nghttp2-client");
  const std::string text =
      Run(h2load, {"-n", std::to_string(load.requests), "-c", std::to_string(load.clients), "-m",
                   std::to_string(load.streams), "-H", "content-type: application/grpc", "-H",
                   "te: trailers", "-d", path, "http://" + address + "/" + method});
  std::remove(path);

  std::smatch match;
  static const std::regex kSucceeded("([0-9]+) succeeded");
  if (!std::regex_search(text, match, kSucceeded) || std::stoi(match[1]) != load.requests) {
    Die("not every request succeeded:\n" + text);
  }
  static const std::regex kRate("finished in .*, ([0-9.]+) req/s");
  if (!std::regex_search(text, match, kRate)) Die("h2load said something else:\n" + text);
  return std::stod(match[1]);
}

}  // namespace keyscore::bench
