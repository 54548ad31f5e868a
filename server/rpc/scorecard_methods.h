// The methods of ScorecardService: from a parsed request to an answer. Used by the service alone.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "keyscore/v1/scorecard_service.pb.h"
#include "rpc/answers.h"
#include "rpc/backend.h"
#include "rpc/resource_name.h"

namespace keyscore::rpc {

using MadeAnswer = absl::StatusOr<std::shared_ptr<Answer>>;

// scorecard_get.cpp
MadeAnswer AnswerTo(Backend& backend, const v1::GetScorecardRequest& request, const Asking& asking);
MadeAnswer AnswerTo(Backend& backend, const v1::BatchGetScorecardsRequest& request,
                    const Asking& asking);
// scorecard_list.cpp
MadeAnswer AnswerTo(Backend& backend, const v1::ListScorecardsRequest& request,
                    const Asking& asking);
// scorecard_explain.cpp
MadeAnswer AnswerTo(Backend& backend, const v1::ExplainKpiResultRequest& request,
                    const Asking& asking);

// Whether a request is about the newest state; else it says itself as of when.
inline bool IsAboutNow(const v1::GetScorecardRequest& request) {
  return !request.has_known_time() && !request.has_replay();
}
inline bool IsAboutNow(const v1::BatchGetScorecardsRequest& request) {
  return !request.has_known_time() && !request.has_replay();
}
inline bool IsAboutNow(const v1::ListScorecardsRequest& request) {
  return !request.has_known_time() && request.page_token().empty();
}
inline bool IsAboutNow(const v1::ExplainKpiResultRequest& request) {
  return !request.has_known_time();
}

// scorecard_methods.cpp

// The state that a request without a receipt is about.
template <typename Request>
absl::StatusOr<View> ViewFor(const Backend& backend, const Request& request, const Asking& asking) {
  if (asking.newest != nullptr) return ViewOf(backend, *asking.newest, asking.call);
  return ViewKnownAt(backend, request.has_known_time() ? &request.known_time() : nullptr,
                     asking.call);
}

// What a request is answered from, and by which weights.
struct Seen {
  View view;
  scoring::WeightsOf weights_of = scoring::WeightsOf::kPeriod;
};

// A card that was asked for by name, ready to be made.
struct Asked {
  SubjectName subject;
  scoring::SubjectInfo info;
  measures::Period period;
};
absl::StatusOr<Asked> Resolve(const std::string& field, const std::string& name, const View& view,
                              const Backend& backend);

scoring::CardRequest CardRequestFor(const Asked& asked, const Seen& seen, const Call& call);

}  // namespace keyscore::rpc
