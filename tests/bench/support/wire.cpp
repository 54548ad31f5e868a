// Runs h2load and reads what it prints.
#include "bench/support/wire.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/process.hpp>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <regex>

#include "bench/support/child.h"

namespace keyscore::bench {
namespace {

// gRPC's framing: one byte "not compressed", the length in network order, the message.
constexpr size_t kFrameBytes = 5;
std::string Framed(const std::string& message) {
  const uint32_t length = htonl(static_cast<uint32_t>(message.size()));
  std::string frame(1, '\0');
  frame.append(reinterpret_cast<const char*>(&length), sizeof(length));
  return frame + message;
}

// A file that goes with the object.
class TemporaryFile {
 public:
  TemporaryFile() {
    const int file = mkstemp(path_.data());
    if (file < 0) Die("can't write a temporary file");
    close(file);
  }
  ~TemporaryFile() { std::remove(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/keyscore-bench-XXXXXX";
};

double Number(const std::string& text, const char* pattern) {
  std::smatch match;
  if (!std::regex_search(text, match, std::regex(pattern))) {
    Die("h2load said something else:\n" + text);
  }
  return std::stod(match[1]);
}

// "traffic: 1.86MB (1950000) total, 1.14KB (1170) headers …, 1.76MB (1845000) data": an error of
// gRPC is a success of HTTP without data.
void CheckAnswers(const std::string& text, const Call& call, const Load& load) {
  if (Number(text, "([0-9]+) succeeded") != load.requests) {
    Die("not every request succeeded:\n" + text);
  }
  const double data = Number(text, "\\(([0-9]+)\\) data");
  const double expected =
      static_cast<double>(load.requests) * static_cast<double>(call.answer_bytes + kFrameBytes);
  const double slack = call.answer_varies ? 0.05 : 0.001;
  if (data < expected * (1 - slack) || data > expected * (1 + slack)) {
    Die(fmt::format("answers of {} have {:.0f} bytes in place of {:.0f}", call.method, data,
                    expected));
  }
}

// Lines of "start, status, microseconds".
std::vector<double> ReadTimes(const std::string& path) {
  std::ifstream file(path);
  std::vector<double> times;
  for (int64_t start = 0, status = 0, micros = 0; file >> start >> status >> micros;) {
    times.push_back(static_cast<double>(micros));
  }
  if (times.empty()) Die("h2load noted no times");
  std::sort(times.begin(), times.end());
  return times;
}

}  // namespace

Shot Fire(const std::string& address, const Call& call, const Load& load) {
  const std::string h2load = boost::process::search_path("h2load").string();
  if (h2load.empty()) Die("h2load is missing: install nghttp2-client");
  const TemporaryFile body, log;
  std::ofstream(body.path(), std::ios::binary) << Framed(call.request);
  std::vector<std::string> arguments = {"-n", std::to_string(load.requests),
                                        "-c", std::to_string(load.clients),
                                        "-m", std::to_string(load.streams),
                                        "-H", "content-type: application/grpc",
                                        "-H", "te: trailers",
                                        "-d", body.path()};
  if (load.per_second > 0) {
    arguments.push_back(fmt::format("--rps={:.1f}", load.per_second / load.clients));
  }
  if (load.times) arguments.push_back("--log-file=" + log.path());
  arguments.push_back("http://" + address + "/" + call.method);
  const std::string text = Run(h2load, arguments);
  CheckAnswers(text, call, load);
  Shot shot;
  shot.per_second = Number(text, "finished in .*, ([0-9.]+) req/s");
  if (load.times) {
    const std::vector<double> times = ReadTimes(log.path());
    shot.median_micros = times[times.size() / 2];
    shot.p99_micros = times[times.size() * 99 / 100];
  }
  return shot;
}

double SteadyLoad::PerSecond() {
  Load load;
  if (rate_ == 0) {
    // From few to many, until the rate is known to some per cent.
    for (load.requests = 64;; load.requests *= 4) {
      rate_ = Fire(address_, call_, load).per_second;
      if (load.requests / rate_ > seconds_ / 8) break;
    }
  }
  load.requests = std::max(64, static_cast<int>(rate_ * seconds_));
  rate_ = Fire(address_, call_, load).per_second;
  return rate_;
}

double SingleMicros(const std::string& address, const Call& call, double seconds) {
  Load load;
  load.clients = load.streams = 1;
  load.times = true;
  load.requests = 20;
  const double rate = Fire(address, call, load).per_second;
  load.requests = std::clamp(static_cast<int>(rate * seconds), 20, 20'000);
  return Fire(address, call, load).median_micros;
}

}  // namespace keyscore::bench
