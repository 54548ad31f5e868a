// Child processes by Boost.Process.
#include "bench/support/child.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <boost/filesystem.hpp>
#include <boost/process.hpp>
#include <boost/process/extend.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "bench/support/clock.h"

namespace keyscore::bench {
namespace bp = boost::process;
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A child goes when the benchmark is killed.
const auto kDieWithParent =
    bp::extend::on_exec_setup([](auto&) { prctl(PR_SET_PDEATHSIG, SIGTERM); });

}  // namespace

struct Server::Process {
  Process(const std::string& program, const std::vector<std::string>& arguments,
          const std::string& log)
      : child(program, bp::args(arguments), bp::std_out > output, bp::std_err > log,
              kDieWithParent) {}

  bp::ipstream output;
  bp::child child;
};

Server::Server(const std::string& program, const std::vector<std::string>& arguments) {
  char log[] = "/tmp/keyscore-bench-log-XXXXXX";
  const int file = mkstemp(log);
  if (file < 0) Die("can't write a temporary file");
  close(file);
  log_file_ = log;
  const Stopwatch watch;
  process_ = std::make_unique<Process>(program, arguments, log_file_);
  std::string line;
  while (address_.empty() && std::getline(process_->output, line)) {
    const std::string mark = " ready on ";
    const size_t at = line.find(mark);
    if (at != std::string::npos) address_ = line.substr(at + mark.size());
  }
  seconds_to_ready_ = watch.Seconds();
  if (address_.empty()) {
    const std::string said = Log();
    Stop();
    Die(program + " did not start:\n" + said);
  }
}

Server::~Server() { Stop(); }

void Server::Stop() {
  std::error_code ignored;
  if (process_->child.running(ignored)) kill(process_->child.id(), SIGTERM);
  process_->child.wait(ignored);
  std::filesystem::remove(log_file_, ignored);
}

std::string Server::Log() const { return ReadFile(log_file_); }

int64_t Server::ResidentBytes() const {
  std::ifstream statm(fmt::format("/proc/{}/statm", process_->child.id()));
  int64_t size = 0, resident = 0;  // in pages
  statm >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

std::unique_ptr<Server> StartKeyscored(const std::string& data, const Setup& setup) {
  // Nothing is cut off for being slow.
  std::string config = "limits:\n  default_deadline: 30m\n";
  if (!setup.measures) config += "  measure_memory: 0\n";
  if (!setup.answers) config += "  answer_cache: 0\n";
  if (setup.metrics) config += "metrics:\n  address: 127.0.0.1:0\n";
  const std::string file = data + ".yaml";
  std::ofstream(file) << config;
  const std::vector<std::string> arguments = {"--data",      data,       "--listen",
                                              "127.0.0.1:0", "--config", file};
  return std::make_unique<Server>(Sibling("keyscored"), arguments);
}

std::string Run(const std::string& program, const std::vector<std::string>& arguments) {
  bp::ipstream output;
  bp::child child(program, bp::args(arguments), bp::std_out > output, kDieWithParent);
  std::string text((std::istreambuf_iterator<char>(output)), std::istreambuf_iterator<char>());
  child.wait();
  if (child.exit_code() != 0) Die(program + " failed");
  return text;
}

std::string Sibling(const std::string& name) {
  return (boost::filesystem::read_symlink("/proc/self/exe").parent_path() / name).string();
}

void Die(const std::string& message) { throw std::runtime_error(message); }

}  // namespace keyscore::bench
