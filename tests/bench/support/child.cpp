// Child processes by Boost.Process.
#include "bench/support/child.h"

#include <signal.h>

#include <boost/filesystem.hpp>
#include <boost/process.hpp>
#include <iterator>
#include <stdexcept>

namespace keyscore::bench {
namespace bp = boost::process;

struct Server::Process {
  Process(const std::string& program, const std::vector<std::string>& arguments)
      : child(program, bp::args(arguments), bp::std_out > output, bp::std_err > bp::null) {}

  bp::ipstream output;
  bp::child child;
};

Server::Server(const std::string& program, const std::vector<std::string>& arguments)
    : process_(std::make_unique<Process>(program, arguments)) {
  std::string line;
  while (address_.empty() && std::getline(process_->output, line)) {
    const std::string mark = " ready on ";
    const size_t at = line.find(mark);
    if (at != std::string::npos) address_ = line.substr(at + mark.size());
  }
  if (address_.empty()) Die(program + " did not start");
}

Server::~Server() {
  kill(process_->child.id(), SIGTERM);
  std::error_code ignored;
  process_->child.wait(ignored);
}

std::string Run(const std::string& program, const std::vector<std::string>& arguments) {
  bp::ipstream output;
  bp::child child(program, bp::args(arguments), bp::std_out > output);
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
