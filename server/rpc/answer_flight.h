// Calls that wait, and what they wait for. Used by the sources of Answers alone.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "rpc/answers.h"
#include "rpc/error.h"

namespace keyscore::rpc {

inline std::string_view TextOf(const grpc::Slice& slice) {
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

// A call that is answered later.
class Answers::Waiting final : public grpc::ServerUnaryReactor {
 public:
  Waiting(Answers& answers, grpc::CallbackServerContext* context, const char* method,
          grpc::ByteBuffer* response, absl::Time start)
      : answers_(answers),
        method_(method),
        response_(response),
        start_(start),
        call_(context, answers.backend_.calls.Deadline()) {}

  void OnCancel() override { answers_.Leave(this); }
  void OnDone() override { delete this; }

  bool Stopped() const { return call_.Stopped(); }
  // One of these is called once, by who took it out of its flight; it may be gone afterwards.
  void Reply(const Answer& answer) {
    const absl::Status status = Guarded(method_, [&] {
      *response_ = OnTheWire(answer);
      return absl::OkStatus();
    });
    LogCall(method_, status, start_);
    Finish(ToGrpcStatus(status));
  }
  void Refuse(const absl::Status& why) {
    const absl::Status status = call_.Stopped() ? call_.StopStatus() : why;
    LogCall(method_, status, start_);
    Finish(ToGrpcStatus(status));
  }

  Flight* flight = nullptr;  // guarded by answers_.mutex_

 private:
  Answers& answers_;
  const char* const method_;
  grpc::ByteBuffer* const response_;
  const absl::Time start_;
  const Call call_;
};

// An answer in the making, and who waits for it.
struct Answers::Flight {
  AnswerKind kind = AnswerKind::kGetScorecard;
  const char* method = "";
  std::string_view scope;
  grpc::Slice request;
  std::unique_ptr<Question> question;
  std::optional<Newest> newest;  // absent until it can be had, and where the question is about then
  std::shared_ptr<Answer> kept;  // as in Asking
  bool listed = false;           // guarded by mutex_, as is who waits
  std::vector<Waiting*> waiting;
};

}  // namespace keyscore::rpc
