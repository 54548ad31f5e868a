// A server inside a test that knows plugins and their audit log: it notes what it is asked to
// change, and by whom, and answers with what the test put in.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "absl/strings/str_cat.h"
#include "keyscore/v1/audit_service.grpc.pb.h"
#include "keyscore/v1/directory_service.grpc.pb.h"
#include "keyscore/v1/plugin_service.grpc.pb.h"
#include "unit/client/fake_server.h"

namespace keyscore::testing {

class FakePluginServer final : public v1::PluginService::Service,
                               public v1::AuditService::Service,
                               public v1::DirectoryService::Service {
 public:
  FakePluginServer() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    // Pieces of 1 MiB fit, larger ones don't.
    builder.SetMaxReceiveMessageSize((1 << 20) + 64);
    builder.RegisterService(static_cast<v1::PluginService::Service*>(this));
    builder.RegisterService(static_cast<v1::AuditService::Service*>(this));
    builder.RegisterService(static_cast<v1::DirectoryService::Service*>(this));
    server_ = builder.BuildAndStart();
    address_ = "127.0.0.1:" + std::to_string(port);
  }
  ~FakePluginServer() override { server_->Shutdown(); }

  const std::string& address() const { return address_; }

  // ---- What the test sets up (before the calls), and looks at (after them) ----
  std::vector<v1::Plugin> plugins;            // served two a page
  std::vector<v1::PluginRevision> revisions;  // likewise
  std::vector<v1::AuditEntry> audit_entries;  // likewise
  v1::ShadowReport shadow_report;
  v1::InstallPluginResponse installed;
  std::string time_zone = "UTC";
  grpc::Status answer = grpc::Status::OK;  // of every change
  std::atomic<int> failing = 0;            // this many calls fail with UNAVAILABLE first

  std::atomic<int> calls = 0;
  v1::InstallPluginRequest::Header header;
  std::string content;         // of the library, in the order in which it came
  std::vector<size_t> pieces;  // bytes of each
  // "disable plugins/a reason=why etag=e", with " revision=3" of a rollback.
  std::vector<std::string> changes;
  std::optional<std::string> user;  // metadata of the last change
  double seconds_given = 0;         // until the deadline of the last change
  std::string audited_resource;     // that entries were asked for

  grpc::Status GetPlugin(grpc::ServerContext*, const v1::GetPluginRequest* request,
                         v1::Plugin* response) override {
    for (const v1::Plugin& plugin : plugins) {
      if (plugin.name() == request->name()) {
        *response = plugin;
        return grpc::Status::OK;
      }
    }
    return RichError(grpc::StatusCode::NOT_FOUND, "there is no plugin " + request->name(),
                     "PLUGIN_NOT_FOUND");
  }

  grpc::Status ListPlugins(grpc::ServerContext*, const v1::ListPluginsRequest* request,
                           v1::ListPluginsResponse* response) override {
    ++calls;
    if (Fails()) return Unavailable();
    response->set_next_page_token(
        Page(plugins, request->page_token(), response->mutable_plugins()));
    return grpc::Status::OK;
  }

  grpc::Status InstallPlugin(grpc::ServerContext* context,
                             grpc::ServerReader<v1::InstallPluginRequest>* reader,
                             v1::InstallPluginResponse* response) override {
    Note(*context);
    v1::InstallPluginRequest part;
    while (reader->Read(&part)) {
      if (part.has_header()) {
        header = part.header();
      } else {
        pieces.push_back(part.content().size());
        content += part.content();
      }
    }
    if (Fails()) return Unavailable();
    *response = installed;
    return answer;
  }

  grpc::Status EnablePlugin(grpc::ServerContext* context, const v1::EnablePluginRequest* request,
                            v1::Plugin* response) override {
    return Change(context, "enable", *request, response);
  }
  grpc::Status DisablePlugin(grpc::ServerContext* context, const v1::DisablePluginRequest* request,
                             v1::Plugin* response) override {
    return Change(context, "disable", *request, response);
  }
  grpc::Status UninstallPlugin(grpc::ServerContext* context,
                               const v1::UninstallPluginRequest* request,
                               v1::Plugin* response) override {
    return Change(context, "uninstall", *request, response);
  }
  grpc::Status ReloadPlugin(grpc::ServerContext* context, const v1::ReloadPluginRequest* request,
                            v1::Plugin* response) override {
    return Change(context, "reload", *request, response);
  }
  grpc::Status RollbackPlugin(grpc::ServerContext* context,
                              const v1::RollbackPluginRequest* request,
                              v1::Plugin* response) override {
    const grpc::Status status = Change(context, "rollback", *request, response);
    absl::StrAppend(&changes.back(), " revision=", request->revision());
    return status;
  }
  grpc::Status PromotePlugin(grpc::ServerContext* context, const v1::PromotePluginRequest* request,
                             v1::Plugin* response) override {
    return Change(context, "promote", *request, response);
  }
  grpc::Status DiscardShadow(grpc::ServerContext* context, const v1::DiscardShadowRequest* request,
                             v1::Plugin* response) override {
    return Change(context, "discard", *request, response);
  }

  grpc::Status GetShadowReport(grpc::ServerContext*, const v1::GetShadowReportRequest* request,
                               v1::ShadowReport* response) override {
    ++calls;
    if (Fails()) return Unavailable();
    *response = shadow_report;
    response->set_name(request->name());
    return grpc::Status::OK;
  }

  grpc::Status ListPluginRevisions(grpc::ServerContext*,
                                   const v1::ListPluginRevisionsRequest* request,
                                   v1::ListPluginRevisionsResponse* response) override {
    ++calls;
    if (Fails()) return Unavailable();
    response->set_next_page_token(
        Page(revisions, request->page_token(), response->mutable_revisions()));
    return grpc::Status::OK;
  }

  grpc::Status ListAuditEntries(grpc::ServerContext*, const v1::ListAuditEntriesRequest* request,
                                v1::ListAuditEntriesResponse* response) override {
    ++calls;
    if (Fails()) return Unavailable();
    audited_resource = request->resource();
    response->set_next_page_token(
        Page(audit_entries, request->page_token(), response->mutable_audit_entries()));
    return grpc::Status::OK;
  }

  grpc::Status GetOrganization(grpc::ServerContext*, const v1::GetOrganizationRequest*,
                               v1::Organization* response) override {
    response->mutable_calendar()->set_time_zone(time_zone);
    return grpc::Status::OK;
  }

 private:
  static grpc::Status Unavailable() { return {grpc::StatusCode::UNAVAILABLE, "warming up"}; }

  bool Fails() { return failing > 0 && failing-- > 0; }

  void Note(const grpc::ServerContext& context) {
    ++calls;
    seconds_given =
        std::chrono::duration<double>(context.deadline() - std::chrono::system_clock::now())
            .count();
    const auto found = context.client_metadata().find("keyscore-user");
    user.reset();
    if (found != context.client_metadata().end()) {
      user = std::string(found->second.data(), found->second.size());
    }
  }

  template <typename Request>
  grpc::Status Change(grpc::ServerContext* context, const char* what, const Request& request,
                      v1::Plugin* response) {
    Note(*context);
    changes.push_back(absl::StrCat(what, " ", request.name(), " reason=", request.reason(),
                                   " etag=", request.etag()));
    if (Fails()) return Unavailable();
    if (!plugins.empty()) *response = plugins.front();
    return answer;
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
};

}  // namespace keyscore::testing
