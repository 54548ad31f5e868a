// A server that a benchmark starts, waits for and stops.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace keyscore::bench {

// Runs `program`, waits for a line "… ready on ADDRESS" on its standard output, and stops the
// process with SIGTERM when it goes out of scope. Exits the benchmark when the line doesn't come.
class Server {
 public:
  Server(const std::string& program, const std::vector<std::string>& arguments);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const std::string& address() const { return address_; }

 private:
  struct Process;  // Boost.Process pulls <netdb.h> in, whose NO_DATA macro the API's headers can't
                   // bear
  std::unique_ptr<Process> process_;
  std::string address_;
};

// Runs a command to its end and returns its standard output; exits the benchmark when it fails.
std::string Run(const std::string& program, const std::vector<std::string>& arguments);

// A path beside this executable: the other programs that the build made.
std::string Sibling(const std::string& name);

// Throws, so that main() stops the servers on its way out and prints the message.
[[noreturn]] void Die(const std::string& message);

}  // namespace keyscore::bench
