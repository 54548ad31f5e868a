// Programs that a benchmark starts, waits for and stops.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace keyscore::bench {

// Runs `program`, waits for a line "… ready on ADDRESS" on its standard output, and stops the
// process with SIGTERM when it goes out of scope. Dies with the end of its log when the line
// doesn't come.
class Server {
 public:
  Server(const std::string& program, const std::vector<std::string>& arguments);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const std::string& address() const { return address_; }
  double seconds_to_ready() const { return seconds_to_ready_; }  // from exec to that line
  std::string Log() const;        // what it wrote to standard error so far
  int64_t ResidentBytes() const;  // of the process, now

 private:
  struct Process;  // Boost.Process pulls <netdb.h> in, whose NO_DATA macro the API's headers can't
                   // bear
  void Stop();

  std::unique_ptr<Process> process_;
  std::string log_file_;
  std::string address_;
  double seconds_to_ready_ = 0;
};

// How a keyscored is set up.
struct Setup {
  bool measures = true;  // measures in memory
  bool answers = true;   // the cache of answers
  bool metrics = false;  // figures for Prometheus, on a free port that the log names

  bool operator==(const Setup&) const = default;
};

// A keyscored over a data directory.
std::unique_ptr<Server> StartKeyscored(const std::string& data, const Setup& setup);

// Runs a command to its end and returns its standard output; dies when it fails.
std::string Run(const std::string& program, const std::vector<std::string>& arguments);

// A path beside this executable: the other programs that the build made.
std::string Sibling(const std::string& name);

// Throws, so that main() stops the servers on its way out and prints the message.
[[noreturn]] void Die(const std::string& message);

}  // namespace keyscore::bench
