// From bytes to requests.
#include "rpc/scorecard_service.h"

#include <limits>
#include <memory>
#include <string_view>
#include <utility>

#include "rpc/scorecard_methods.h"

namespace keyscore::rpc {
namespace {

template <typename Request>
class QuestionOf final : public Question {
 public:
  // Null where the bytes are no such request.
  static std::unique_ptr<Question> Parse(Backend& backend, std::string_view bytes) {
    auto question = std::make_unique<QuestionOf>(backend);
    if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max()) ||
        !question->request_.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
      return nullptr;
    }
    return question;
  }

  explicit QuestionOf(Backend& backend) : backend_(backend) {}

  bool IsAboutNow() const override { return rpc::IsAboutNow(request_); }
  absl::StatusOr<std::shared_ptr<Answer>> Ask(const Asking& asking) override {
    return AnswerTo(backend_, request_, asking);
  }

 private:
  Backend& backend_;
  Request request_;
};

}  // namespace

template <typename Request>
grpc::ServerUnaryReactor* ScorecardService::Serve(AnswerKind kind, const char* method,
                                                  grpc::CallbackServerContext* context,
                                                  const grpc::ByteBuffer& request,
                                                  grpc::ByteBuffer* response) {
  return answers_.Serve(context, kind, method, request, response, [this](std::string_view bytes) {
    return QuestionOf<Request>::Parse(backend_, bytes);
  });
}

grpc::ServerUnaryReactor* ScorecardService::GetScorecard(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request,
                                                         grpc::ByteBuffer* response) {
  return Serve<v1::GetScorecardRequest>(AnswerKind::kGetScorecard, "GetScorecard", context,
                                        *request, response);
}

grpc::ServerUnaryReactor* ScorecardService::BatchGetScorecards(grpc::CallbackServerContext* context,
                                                               const grpc::ByteBuffer* request,
                                                               grpc::ByteBuffer* response) {
  return Serve<v1::BatchGetScorecardsRequest>(AnswerKind::kBatchGetScorecards, "BatchGetScorecards",
                                              context, *request, response);
}

grpc::ServerUnaryReactor* ScorecardService::ListScorecards(grpc::CallbackServerContext* context,
                                                           const grpc::ByteBuffer* request,
                                                           grpc::ByteBuffer* response) {
  return Serve<v1::ListScorecardsRequest>(AnswerKind::kListScorecards, "ListScorecards", context,
                                          *request, response);
}

grpc::ServerUnaryReactor* ScorecardService::ExplainKpiResult(grpc::CallbackServerContext* context,
                                                             const grpc::ByteBuffer* request,
                                                             grpc::ByteBuffer* response) {
  return Serve<v1::ExplainKpiResultRequest>(AnswerKind::kExplainKpiResult, "ExplainKpiResult",
                                            context, *request, response);
}

}  // namespace keyscore::rpc
