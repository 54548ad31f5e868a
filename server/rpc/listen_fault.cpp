// A bind() by hand.
#include "rpc/listen_fault.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

namespace keyscore::rpc {
namespace {

std::string Host(const std::string& address) {
  std::string host = address.substr(0, address.rfind(':'));
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  return host;
}

// What the system says, or "" if the address can be bound.
std::string BindFault(const std::string& address) {
  const std::string host = Host(address), port = address.substr(address.rfind(':') + 1);
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  if (error != 0) return gai_strerror(error);
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(found, freeaddrinfo);
  const int fd = socket(found->ai_family, found->ai_socktype, found->ai_protocol);
  if (fd < 0) return std::strerror(errno);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  int failed = bind(fd, found->ai_addr, found->ai_addrlen);
  if (failed == 0) failed = listen(fd, 1);
  const std::string fault = failed == 0 ? "" : std::strerror(errno);
  close(fd);
  return fault;
}

}  // namespace

absl::Status ListenFault(const config::Listener& listener) {
  if (listener.address.starts_with("unix:")) {
    return absl::UnavailableError(fmt::format("can't listen on {}", listener.address));
  }
  const std::string fault = BindFault(listener.address);
  if (!fault.empty()) {
    return absl::UnavailableError(fmt::format("can't listen on {}: {}", listener.address, fault));
  }
  if (listener.tls.has_value()) {
    return absl::InvalidArgumentError(
        fmt::format("can't listen on {}: certificate {} and key {} don't fit or can't be read",
                    listener.address, listener.tls->certificate, listener.tls->key));
  }
  return absl::OkStatus();
}

}  // namespace keyscore::rpc
