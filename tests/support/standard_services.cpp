// A generic stub, and a request of HTTP by hand.
#include "support/standard_services.h"

#include <arpa/inet.h>
#include <grpcpp/generic/generic_stub.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <regex>
#include <vector>

namespace keyscore::testing {

std::string Field(int number, const std::string& bytes) {
  return std::string(1, static_cast<char>(number << 3 | 2)) +
         std::string(1, static_cast<char>(bytes.size())) + bytes;
}

Reply Ask(const std::string& address, const std::string& method, const std::string& request) {
  const auto channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareCall(&context, method, &queue);
  const auto wait = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  Reply reply;
  call->StartCall(nullptr);
  bool alive = wait();
  const grpc::Slice slice(request);
  const grpc::ByteBuffer message(&slice, 1);
  if (alive) {
    call->Write(message, nullptr);
    alive = wait();
  }
  if (alive) {
    grpc::ByteBuffer answer;
    call->Read(&answer, nullptr);
    if (wait()) {
      std::vector<grpc::Slice> slices;
      answer.Dump(&slices);
      for (const grpc::Slice& part : slices) {
        reply.bytes.append(reinterpret_cast<const char*>(part.begin()), part.size());
      }
    }
    call->WritesDone(nullptr);
    wait();
  }
  call->Finish(&reply.status, nullptr);
  wait();
  queue.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue.Next(&tag, &ok)) {
  }
  return reply;
}

std::string Health(const std::string& address, const std::string& name) {
  const Reply reply = Ask(address, kHealth, Field(1, name));
  if (!reply.status.ok()) return reply.status.error_message();
  // The one field `status`: 1 = SERVING, 2 = NOT_SERVING.
  if (reply.bytes == "\x08\x01") return "SERVING";
  return reply.bytes == "\x08\x02" ? "NOT_SERVING" : "UNKNOWN";
}

std::string Scrape(const std::string& log) {
  std::smatch address;
  if (!std::regex_search(log, address, std::regex("metrics on http://127.0.0.1:(\\d+)/metrics"))) {
    return "the log names no address:\n" + log;
  }
  sockaddr_in to = {};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(std::stoi(address[1])));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int peer = socket(AF_INET, SOCK_STREAM, 0);
  std::string answer;
  if (connect(peer, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) {
    const std::string request = "GET /metrics HTTP/1.0\r\nConnection: close\r\n\r\n";
    if (write(peer, request.data(), request.size()) < 0) answer = "the listener takes no request";
    char part[4096];
    for (ssize_t got = 0; (got = read(peer, part, sizeof part)) > 0;) {
      answer.append(part, static_cast<size_t>(got));
    }
  }
  close(peer);
  return answer;
}

}  // namespace keyscore::testing
