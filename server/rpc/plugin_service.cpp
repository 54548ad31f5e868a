// Plugins in, out and about; what a change means is for the plugin host to know.
#include "rpc/plugin_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "config/nearest.h"
#include "rpc/convert.h"
#include "rpc/fault.h"
#include "rpc/install_reactor.h"
#include "rpc/page_token.h"
#include "rpc/resource_name.h"
#include "rpc/revision_page.h"

namespace keyscore::rpc {
namespace {

// A library that is looked at again runs through all checks.
constexpr absl::Duration kChangeLimit = absl::Minutes(10);

absl::Status UnknownPlugin(const std::string& name, const std::vector<kpis::PluginView>& views) {
  std::vector<std::string> names;
  names.reserve(views.size());
  for (const kpis::PluginView& view : views) names.push_back(MakeName("plugins", view.id));
  return NotFound("PLUGIN_NOT_FOUND",
                  fmt::format("there is no {}.{}", name, config::DidYouMean(name, names)));
}

absl::Status Get(const Backend& backend, const v1::GetPluginRequest& request,
                 v1::Plugin& response) {
  const auto id = ParseName("name", "plugins", request.name());
  if (!id.ok()) return id.status();
  const std::vector<kpis::PluginView> views = backend.plugins.List();
  const auto found = std::find_if(views.begin(), views.end(),
                                  [&](const kpis::PluginView& view) { return view.id == *id; });
  if (found == views.end()) return UnknownPlugin(request.name(), views);
  response = ToProto(*found);
  return absl::OkStatus();
}

absl::Status List(const Backend& backend, const v1::ListPluginsRequest& request,
                  v1::ListPluginsResponse& response) {
  const std::vector<kpis::PluginView> views = backend.plugins.List();
  auto page = PageOf(request, request.page_size(), request.page_token(), views.size());
  if (!page.ok()) return page.status();
  for (size_t i = page->begin; i < page->end; ++i) *response.add_plugins() = ToProto(views[i]);
  response.set_next_page_token(std::move(page->next_page_token));
  return absl::OkStatus();
}

absl::Status Report(const Backend& backend, const v1::GetShadowReportRequest& request,
                    v1::ShadowReport& response) {
  const auto id = ParseName("name", "plugins", request.name());
  if (!id.ok()) return id.status();
  const auto report = backend.plugins.GetShadowReport(*id);
  if (!report.ok()) return PluginFault(report.status(), {"NO_SHADOW"});
  response = ToProto(*id, *report);
  return absl::OkStatus();
}

absl::Status Revisions(const Backend& backend, const v1::ListPluginRevisionsRequest& request,
                       v1::ListPluginRevisionsResponse& response) {
  const auto id = ParseName("parent", "plugins", request.parent());
  if (!id.ok()) return id.status();
  const auto revisions = backend.plugins.ListRevisions(*id);
  if (!revisions.ok()) return PluginFault(revisions.status(), {"PLUGIN_NOT_INSTALLED"});
  return FillRevisionPage(*revisions, request, response, [&](const kpis::PluginRevision& revision) {
    return ToProto(*id, revision);
  });
}

}  // namespace

PluginService::Reactor* PluginService::GetPlugin(Context* context,
                                                 const v1::GetPluginRequest* request,
                                                 v1::Plugin* response) {
  return backend_.calls.Unary(
      context, "GetPlugin", [=, this](const Call&) { return Get(backend_, *request, *response); });
}

PluginService::Reactor* PluginService::ListPlugins(Context* context,
                                                   const v1::ListPluginsRequest* request,
                                                   v1::ListPluginsResponse* response) {
  return backend_.calls.Unary(context, "ListPlugins", [=, this](const Call&) {
    return List(backend_, *request, *response);
  });
}

PluginService::Reactor* PluginService::GetShadowReport(Context* context,
                                                       const v1::GetShadowReportRequest* request,
                                                       v1::ShadowReport* response) {
  return backend_.calls.Unary(context, "GetShadowReport", [=, this](const Call&) {
    return Report(backend_, *request, *response);
  });
}

PluginService::Reactor* PluginService::ListPluginRevisions(
    Context* context, const v1::ListPluginRevisionsRequest* request,
    v1::ListPluginRevisionsResponse* response) {
  return backend_.calls.Unary(context, "ListPluginRevisions", [=, this](const Call&) {
    return Revisions(backend_, *request, *response);
  });
}

grpc::ServerReadReactor<grpc::ByteBuffer>* PluginService::InstallPlugin(
    Context* context, grpc::ByteBuffer* response) {
  return new InstallReactor(backend_, changes_, context, response);  // deletes itself
}

template <typename Request>
PluginService::Reactor* PluginService::Change(Context* context, const char* method,
                                              PluginReasons reasons, const Request* request,
                                              v1::Plugin* response, Apply apply) {
  return backend_.calls.UnaryWithin(
      kChangeLimit, context, method,
      [=, this, apply = std::move(apply)](const Call& call) mutable -> absl::Status {
        const auto change = changes_.Allow(CallerOf(*context), request->reason(), request->etag());
        if (!change.ok()) return change.status();
        const auto id = ParseName("name", "plugins", request->name());
        if (!id.ok()) return id.status();
        return changes_.Run(reasons, [&]() -> absl::Status {
          const auto view = apply(*id, *change, call.stop());
          if (!view.ok()) return view.status();
          *response = ToProto(*view);
          return absl::OkStatus();
        });
      });
}

PluginService::Reactor* PluginService::EnablePlugin(Context* context,
                                                    const v1::EnablePluginRequest* request,
                                                    v1::Plugin* response) {
  return Change(context, "EnablePlugin", {"PLUGIN_NOT_DISABLED"}, request, response,
                [this](const std::string& id, const kpis::Change& change, const store::StopFn&) {
                  return backend_.plugins.Enable(id, change);
                });
}

PluginService::Reactor* PluginService::DisablePlugin(Context* context,
                                                     const v1::DisablePluginRequest* request,
                                                     v1::Plugin* response) {
  return Change(context, "DisablePlugin", {"PLUGIN_NOT_ACTIVE"}, request, response,
                [this](const std::string& id, const kpis::Change& change, const store::StopFn&) {
                  return backend_.plugins.Disable(id, change);
                });
}

PluginService::Reactor* PluginService::UninstallPlugin(Context* context,
                                                       const v1::UninstallPluginRequest* request,
                                                       v1::Plugin* response) {
  return Change(context, "UninstallPlugin", {"PLUGIN_NOT_INSTALLED"}, request, response,
                [this](const std::string& id, const kpis::Change& change, const store::StopFn&) {
                  return backend_.plugins.Uninstall(id, change);
                });
}

PluginService::Reactor* PluginService::ReloadPlugin(Context* context,
                                                    const v1::ReloadPluginRequest* request,
                                                    v1::Plugin* response) {
  return Change(
      context, "ReloadPlugin", {.failed_precondition = "PLUGIN_NOT_IN_DIRECTORY", .examines = true},
      request, response,
      [this](const std::string& id, const kpis::Change& change, const store::StopFn& stop) {
        return backend_.plugins.Reload(id, change, stop);
      });
}

PluginService::Reactor* PluginService::RollbackPlugin(Context* context,
                                                      const v1::RollbackPluginRequest* request,
                                                      v1::Plugin* response) {
  return Change(context, "RollbackPlugin", {"NO_EARLIER_REVISION"}, request, response,
                [this, request](const std::string& id, const kpis::Change& change,
                                const store::StopFn&) -> absl::StatusOr<kpis::PluginView> {
                  if (request->revision() < 0) {
                    return InvalidField("revision", "must not be negative; 0 is the one before");
                  }
                  auto view = backend_.plugins.Rollback(id, request->revision(), change);
                  if (absl::IsNotFound(view.status()) && request->revision() != 0 &&
                      backend_.plugins.ListRevisions(id).ok()) {
                    return WithReason(view.status(), "REVISION_NOT_FOUND");
                  }
                  return view;
                });
}

PluginService::Reactor* PluginService::PromotePlugin(Context* context,
                                                     const v1::PromotePluginRequest* request,
                                                     v1::Plugin* response) {
  return Change(context, "PromotePlugin", {"NO_SHADOW"}, request, response,
                [this](const std::string& id, const kpis::Change& change, const store::StopFn&) {
                  return backend_.plugins.Promote(id, change);
                });
}

PluginService::Reactor* PluginService::DiscardShadow(Context* context,
                                                     const v1::DiscardShadowRequest* request,
                                                     v1::Plugin* response) {
  return Change(context, "DiscardShadow", {"NO_SHADOW"}, request, response,
                [this](const std::string& id, const kpis::Change& change, const store::StopFn&) {
                  return backend_.plugins.DiscardShadow(id, change);
                });
}

}  // namespace keyscore::rpc
