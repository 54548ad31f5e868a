// A server inside a test that knows weightings, their audit log and the operations of a preview: it
// keeps what it is asked, and answers with what the test put in.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "google/longrunning/operations.grpc.pb.h"
#include "keyscore/v1/audit_service.grpc.pb.h"
#include "keyscore/v1/weighting_service.grpc.pb.h"
#include "unit/client/fake_server.h"

namespace keyscore::testing {

class FakeWeightServer final : public v1::WeightingService::Service,
                               public v1::AuditService::Service,
                               public google::longrunning::Operations::Service {
 public:
  FakeWeightServer() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(static_cast<v1::WeightingService::Service*>(this));
    builder.RegisterService(static_cast<v1::AuditService::Service*>(this));
    builder.RegisterService(static_cast<google::longrunning::Operations::Service*>(this));
    server_ = builder.BuildAndStart();
    address_ = absl::StrCat("127.0.0.1:", port);
  }
  ~FakeWeightServer() override { server_->Shutdown(); }

  const std::string& address() const { return address_; }

  // ---- What the test sets up (before the calls), and looks at (after them) ----
  v1::WeightResolution resolution;
  v1::ResolutionExplanation explanation;
  v1::WeightProfile profile;
  std::vector<v1::WeightProfile> profiles;  // served two a page
  v1::CompareWeightProfileRevisionsResponse comparison;
  v1::WeightSet exported;
  v1::ValidateWeightsResponse faults;
  v1::ApplyWeightsResponse applied;
  v1::LintWeightsResponse lint;
  v1::WeightPreview preview;
  int waits_until_done = 0;  // how often a preview is looked at before it is done; -1 = never
  v1::ScoreOverride exception;
  std::vector<v1::TargetSeries> targets;
  std::vector<v1::AuditEntry> audit_entries;  // likewise
  v1::VerifyAuditLogResponse verified;
  grpc::Status answer = grpc::Status::OK;  // of every change

  // Methods with what they were asked, in short, e.g. "approve weightProfiles/a reason=r etag=e".
  std::vector<std::string> calls() const {
    absl::MutexLock lock(&mutex_);
    return calls_;
  }
  v1::ResolveWeightsRequest resolve_request;
  v1::ExplainResolutionRequest explain_request;
  v1::ApplyWeightsRequest apply_request;
  v1::ValidateWeightsRequest validate_request;
  v1::PreviewWeightsRequest preview_request;
  v1::LintWeightsRequest lint_request;
  v1::CreateScoreOverrideRequest create_override_request;

  grpc::Status ResolveWeights(grpc::ServerContext*, const v1::ResolveWeightsRequest* request,
                              v1::WeightResolution* response) override {
    resolve_request = *request;
    *response = resolution;
    return grpc::Status::OK;
  }
  grpc::Status ExplainResolution(grpc::ServerContext*, const v1::ExplainResolutionRequest* request,
                                 v1::ResolutionExplanation* response) override {
    explain_request = *request;
    *response = explanation;
    return grpc::Status::OK;
  }
  grpc::Status GetWeightProfile(grpc::ServerContext*, const v1::GetWeightProfileRequest* request,
                                v1::WeightProfile* response) override {
    Note("get " + request->name());
    *response = profile;
    return grpc::Status::OK;
  }
  grpc::Status ListWeightProfiles(grpc::ServerContext*,
                                  const v1::ListWeightProfilesRequest* request,
                                  v1::ListWeightProfilesResponse* response) override {
    response->set_next_page_token(
        Page(profiles, request->page_token(), response->mutable_weight_profiles()));
    return grpc::Status::OK;
  }
  grpc::Status ListWeightProfileRevisions(
      grpc::ServerContext*, const v1::ListWeightProfileRevisionsRequest* request,
      v1::ListWeightProfileRevisionsResponse* response) override {
    Note("log " + request->parent());
    response->set_next_page_token(
        Page(profiles, request->page_token(), response->mutable_revisions()));
    return grpc::Status::OK;
  }
  grpc::Status CompareWeightProfileRevisions(
      grpc::ServerContext*, const v1::CompareWeightProfileRevisionsRequest* request,
      v1::CompareWeightProfileRevisionsResponse* response) override {
    Note(absl::StrCat("compare ", request->name(), " ", request->revision(), " ",
                      request->with_revision()));
    *response = comparison;
    return grpc::Status::OK;
  }
  grpc::Status ApproveWeightProfile(grpc::ServerContext*,
                                    const v1::ApproveWeightProfileRequest* request,
                                    v1::WeightProfile* response) override {
    return Change("approve", *request, response);
  }
  grpc::Status PublishWeightProfile(grpc::ServerContext*,
                                    const v1::PublishWeightProfileRequest* request,
                                    v1::WeightProfile* response) override {
    return Change("publish", *request, response,
                  absl::StrCat(" effective=", request->effective_date()));
  }
  grpc::Status RollbackWeightProfile(grpc::ServerContext*,
                                     const v1::RollbackWeightProfileRequest* request,
                                     v1::WeightProfile* response) override {
    return Change(
        "rollback", *request, response,
        absl::StrCat(" revision=", request->revision(), " effective=", request->effective_date()));
  }
  grpc::Status DiscardWeightDraft(grpc::ServerContext*,
                                  const v1::DiscardWeightDraftRequest* request,
                                  v1::WeightProfile* response) override {
    return Change("discard", *request, response);
  }
  grpc::Status ReviewWeightProfile(grpc::ServerContext*,
                                   const v1::ReviewWeightProfileRequest* request,
                                   v1::WeightProfile* response) override {
    return Change("review", *request, response);
  }
  grpc::Status DeleteWeightProfile(grpc::ServerContext*,
                                   const v1::DeleteWeightProfileRequest* request,
                                   v1::WeightProfile* response) override {
    return Change("delete", *request, response);
  }
  grpc::Status ExportWeights(grpc::ServerContext*, const v1::ExportWeightsRequest*,
                             v1::WeightSet* response) override {
    *response = exported;
    return grpc::Status::OK;
  }
  grpc::Status ValidateWeights(grpc::ServerContext*, const v1::ValidateWeightsRequest* request,
                               v1::ValidateWeightsResponse* response) override {
    Note("validate");
    validate_request = *request;
    *response = faults;
    return grpc::Status::OK;
  }
  grpc::Status ApplyWeights(grpc::ServerContext*, const v1::ApplyWeightsRequest* request,
                            v1::ApplyWeightsResponse* response) override {
    Note(absl::StrCat("apply reason=", request->reason(), " etag=", request->etag(),
                      request->validate_only() ? " dry" : ""));
    apply_request = *request;
    *response = applied;
    return answer;
  }
  grpc::Status LintWeights(grpc::ServerContext*, const v1::LintWeightsRequest* request,
                           v1::LintWeightsResponse* response) override {
    Note("lint " + request->name());
    lint_request = *request;
    *response = lint;
    return grpc::Status::OK;
  }
  grpc::Status GetScoreOverride(grpc::ServerContext*, const v1::GetScoreOverrideRequest* request,
                                v1::ScoreOverride* response) override {
    Note("get " + request->name());
    *response = exception;
    return grpc::Status::OK;
  }
  grpc::Status ListScoreOverrides(grpc::ServerContext*,
                                  const v1::ListScoreOverridesRequest* request,
                                  v1::ListScoreOverridesResponse* response) override {
    Note("list overrides of " + request->subject());
    *response->add_score_overrides() = exception;
    return grpc::Status::OK;
  }
  grpc::Status CreateScoreOverride(grpc::ServerContext*,
                                   const v1::CreateScoreOverrideRequest* request,
                                   v1::ScoreOverride* response) override {
    create_override_request = *request;
    *response = exception;
    return answer;
  }
  grpc::Status ApproveScoreOverride(grpc::ServerContext*,
                                    const v1::ApproveScoreOverrideRequest* request,
                                    v1::ScoreOverride* response) override {
    Note(absl::StrCat("approve ", request->name(), " reason=", request->reason()));
    *response = exception;
    return answer;
  }
  grpc::Status RevokeScoreOverride(grpc::ServerContext*,
                                   const v1::RevokeScoreOverrideRequest* request,
                                   v1::ScoreOverride* response) override {
    Note(absl::StrCat("revoke ", request->name(), " from=", request->revoke_date(),
                      " reason=", request->reason()));
    *response = exception;
    return answer;
  }
  grpc::Status ListTargetSeries(grpc::ServerContext*, const v1::ListTargetSeriesRequest* request,
                                v1::ListTargetSeriesResponse* response) override {
    Note("list targets of " + request->kpi());
    response->set_next_page_token(
        Page(targets, request->page_token(), response->mutable_target_series()));
    return grpc::Status::OK;
  }

  // A preview, which takes as many looks as the test says.
  grpc::Status PreviewWeights(grpc::ServerContext*, const v1::PreviewWeightsRequest* request,
                              google::longrunning::Operation* response) override {
    preview_request = *request;
    response->set_name("operations/1");
    Look(response);
    return grpc::Status::OK;
  }
  grpc::Status WaitOperation(grpc::ServerContext*,
                             const google::longrunning::WaitOperationRequest* request,
                             google::longrunning::Operation* response) override {
    response->set_name(request->name());
    Look(response);
    return grpc::Status::OK;
  }
  grpc::Status CancelOperation(grpc::ServerContext*,
                               const google::longrunning::CancelOperationRequest* request,
                               google::protobuf::Empty*) override {
    Note("cancel " + request->name());
    absl::MutexLock lock(&mutex_);
    cancelled_ = true;
    return grpc::Status::OK;
  }
  grpc::Status DeleteOperation(grpc::ServerContext*,
                               const google::longrunning::DeleteOperationRequest* request,
                               google::protobuf::Empty*) override {
    Note("forget " + request->name());
    return grpc::Status::OK;
  }
  bool waited_for() const {  // whether somebody looked at a preview that is not done
    absl::MutexLock lock(&mutex_);
    return looks_ > 1;
  }

  grpc::Status ListAuditEntries(grpc::ServerContext*, const v1::ListAuditEntriesRequest* request,
                                v1::ListAuditEntriesResponse* response) override {
    Note("entries of " + request->resource());
    response->set_next_page_token(
        Page(audit_entries, request->page_token(), response->mutable_audit_entries()));
    return grpc::Status::OK;
  }
  grpc::Status VerifyAuditLog(grpc::ServerContext*, const v1::VerifyAuditLogRequest*,
                              v1::VerifyAuditLogResponse* response) override {
    *response = verified;
    return grpc::Status::OK;
  }

 private:
  void Note(std::string call) {
    absl::MutexLock lock(&mutex_);
    calls_.push_back(std::move(call));
  }

  template <typename Request>
  grpc::Status Change(const char* what, const Request& request, v1::WeightProfile* response,
                      const std::string& more = "") {
    Note(absl::StrCat(what, " ", request.name(), " reason=", request.reason(),
                      " etag=", request.etag(), more));
    *response = profile;
    return answer;
  }

  void Look(google::longrunning::Operation* operation) {
    absl::MutexLock lock(&mutex_);
    v1::PreviewProgress progress;
    progress.set_subjects_done(looks_);
    progress.set_subjects_total(10);
    operation->mutable_metadata()->PackFrom(progress);
    if (cancelled_) {
      operation->set_done(true);
      operation->mutable_error()->set_code(1);
      operation->mutable_error()->set_message("cancelled");
    } else if (looks_ == waits_until_done) {
      operation->set_done(true);
      operation->mutable_response()->PackFrom(preview);
    }
    ++looks_;
  }

  // Two items from where the token says; returns the token of the next page.
  template <typename Item, typename Items>
  static std::string Page(const std::vector<Item>& all, const std::string& token, Items* page) {
    const size_t from = token.empty() ? 0 : std::stoul(token);
    const size_t to = std::min(all.size(), from + 2);
    for (size_t i = from; i < to; ++i) *page->Add() = all[i];
    return to < all.size() ? std::to_string(to) : "";
  }

  std::unique_ptr<grpc::Server> server_;
  std::string address_;
  mutable absl::Mutex mutex_;
  std::vector<std::string> calls_ ABSL_GUARDED_BY(mutex_);
  int looks_ ABSL_GUARDED_BY(mutex_) = 0;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace keyscore::testing
