// What the client streams of the API have in common, AppendFacts and InstallPlugin.
#pragma once

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <string>

#include "absl/status/status.h"
#include "rpc/call.h"

namespace keyscore::rpc {

// Reads a message, hands it to the pool, and reads the next one only when it is done: a client that
// sends faster than we work is slowed down by flow control, and a stream holds one message. Deletes
// itself when gRPC is done with it.
//
// Messages are parsed here and not by gRPC, for which a message that can't be parsed is the end of
// the stream: what follows it would be lost without a word.
class UploadReactor : public grpc::ServerReadReactor<grpc::ByteBuffer> {
 public:
  void OnReadDone(bool ok) override;
  void OnDone() override { delete this; }

 protected:
  // A stream lasts as long as its client has something to send: no default deadline. `method` is
  // for the log.
  UploadReactor(CallRunner& calls, const char* method, grpc::CallbackServerContext* context,
                grpc::ByteBuffer* response);
  // To be called at the end of the constructor.
  void Start() { StartRead(&message_); }

  // On the pool. At any time either a read or one of these is under way, never both, so the members
  // of a subclass need no lock. The stream ends with the first error.
  virtual absl::Status Take(grpc::ByteBuffer& message) = 0;
  // The client is done, or gone.
  virtual absl::Status End() = 0;
  // What an error of the stream says beside its own words.
  virtual absl::Status Described(const absl::Status& status) const { return status; }
  // The same, on the pool: may wait for what is under way.
  virtual absl::Status Settled(const absl::Status& status) { return Described(status); }

  const Call& call() const { return call_; }

  template <class Request>
  absl::Status Parse(grpc::ByteBuffer& message, Request& request) {
    if (grpc::SerializationTraits<Request>::Deserialize(&message, &request).ok()) {
      return absl::OkStatus();
    }
    return Settled(Malformed(request.GetDescriptor()->name()));
  }
  template <class Response>
  void Reply(const Response& response) const {
    bool own_buffer = false;
    grpc::SerializationTraits<Response>::Serialize(response, response_, &own_buffer);
  }

 private:
  static absl::Status Malformed(const std::string& expected);
  void Work(Handler step, bool last);

  WorkPool& pool_;
  const char* const method_;
  const Call call_;
  grpc::ByteBuffer* const response_;
  grpc::ByteBuffer message_;
};

}  // namespace keyscore::rpc
