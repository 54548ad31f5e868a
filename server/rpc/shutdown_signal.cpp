// sigwait() on a thread that does nothing else.
#include "rpc/shutdown_signal.h"

#include <unistd.h>
#include <csignal>
#include <thread>

namespace keyscore::rpc {
namespace {

constexpr int kExitImpatient = 1;

sigset_t Signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

int Next() {
  const sigset_t signals = Signals();
  int signal = 0;
  while (sigwait(&signals, &signal) != 0) {
  }
  return signal;
}

}  // namespace

ShutdownSignal::ShutdownSignal() {
  const sigset_t signals = Signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

void ShutdownSignal::Wait() {
  Next();
  std::thread([] {
    Next();
    _exit(kExitImpatient);
  }).detach();
}

}  // namespace keyscore::rpc
