// The catalogue, as the registry has it.
#include "rpc/kpi_service.h"

#include <vector>

#include "rpc/convert.h"
#include "rpc/fault.h"
#include "rpc/page_token.h"

namespace keyscore::rpc {
namespace {

absl::Status Get(const Backend& backend, const v1::GetKpiRequest& request, v1::Kpi& response) {
  const auto registry = backend.plugins.registry().Snapshot();
  const auto kpi = FindKpi("name", request.name(), *registry);
  if (!kpi.ok()) return kpi.status();
  response = ToProto((*kpi)->definition);
  return absl::OkStatus();
}

absl::Status List(const Backend& backend, const v1::ListKpisRequest& request,
                  v1::ListKpisResponse& response) {
  if (!v1::Pillar_IsValid(request.pillar())) {
    return InvalidField("pillar", "is no known pillar; leave it out for all");
  }
  const auto registry = backend.plugins.registry().Snapshot();
  std::vector<const kpis::LoadedKpi*> kpis;
  for (const kpis::LoadedKpi* kpi : registry->kpis()) {
    if (request.pillar() == v1::PILLAR_UNSPECIFIED ||
        request.pillar() == ToProto(kpi->definition.pillar)) {
      kpis.push_back(kpi);
    }
  }
  auto page = PageOf(request, request.page_size(), request.page_token(), kpis.size());
  if (!page.ok()) return page.status();
  for (size_t i = page->begin; i < page->end; ++i) {
    *response.add_kpis() = ToProto(kpis[i]->definition);
  }
  response.set_next_page_token(std::move(page->next_page_token));
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* KpiService::GetKpi(grpc::CallbackServerContext* context,
                                             const v1::GetKpiRequest* request, v1::Kpi* response) {
  return backend_.calls.Unary(
      context, "GetKpi", [=, this](const Call&) { return Get(backend_, *request, *response); });
}

grpc::ServerUnaryReactor* KpiService::ListKpis(grpc::CallbackServerContext* context,
                                               const v1::ListKpisRequest* request,
                                               v1::ListKpisResponse* response) {
  return backend_.calls.Unary(
      context, "ListKpis", [=, this](const Call&) { return List(backend_, *request, *response); });
}

}  // namespace keyscore::rpc
