// The worker's life: takes requests from the server until it is told to quit or the server is gone.
#pragma once

#include <string>
#include <vector>

#include "kpis/abi_call.h"
#include "kpis/descriptor.h"
#include "kpis/worker/shared_block.h"

namespace keyscore::kpis {

struct SessionOptions {
  std::string library;  // the staged file
  std::string file_id;
  bool builtin = false;
};

class Session {
 public:
  explicit Session(SessionOptions options) : options_(std::move(options)) {}

  // Returns the exit code. The instances have been destroyed when it was told to quit.
  int Run();

 private:
  // Waits for the next request or message of the socket; false at the end of the session.
  bool Wait();
  bool TakeMessage();
  void Do(CallBlock& block);
  CallOutcome Describe(CallBlock& block);
  CallOutcome Create(const CallBlock& block);
  CallOutcome Evaluate(CallBlock& block, bool fit);
  void DestroyInstances();

  const SessionOptions options_;
  SharedBlock block_;
  uint32_t done_ = 0;  // number of the last request that was done in block_
  bool quit_ = false;
  std::string description_;  // encoded; made once
  std::vector<DescribedKpi> kpis_;
  std::vector<void*> instances_;
};

}  // namespace keyscore::kpis
