// The bare gRPC echo that `serve` is held against: the same method name, the same request bytes in,
// fixed response bytes out, nothing parsed, nothing computed.
//
//   bench_echo RESPONSE_FILE
#include <grpcpp/grpcpp.h>
#include <signal.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/synchronization/mutex.h"
#include "keyscore/v1/scorecard_service.grpc.pb.h"

namespace {

using keyscore::v1::ScorecardService;

class Echo final
    : public ScorecardService::WithRawCallbackMethod_GetScorecard<ScorecardService::Service> {
 public:
  explicit Echo(const std::string& response) : slice_(response) {}

  grpc::ServerUnaryReactor* GetScorecard(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer*,
                                         grpc::ByteBuffer* response) override {
    *response = grpc::ByteBuffer(&slice_, 1);
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  grpc::Slice slice_;
};

}  // namespace

int main(int argc, char** argv) {
  // As the server does.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  if (argc != 2) {
    std::fprintf(stderr, "usage: bench_echo RESPONSE_FILE\n");
    return 2;
  }
  std::ifstream file(argv[1], std::ios::binary);
  Echo service(std::string((std::istreambuf_iterator<char>(file)), {}));
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  std::printf("bench_echo ready on 127.0.0.1:%d\n", port);
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  server->Shutdown(std::chrono::system_clock::now());
  return 0;
}
