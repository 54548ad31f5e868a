// SIGTERM and SIGINT as a call that returns, instead of handlers.
#pragma once

namespace keyscore::rpc {

class ShutdownSignal {
 public:
  // To be made before any thread is: threads inherit that the signals are theirs not to take.
  // SIGPIPE is ignored from here on.
  ShutdownSignal();

  // Returns when one of them comes. The next one ends the process at once, whatever it does then.
  void Wait();
};

}  // namespace keyscore::rpc
