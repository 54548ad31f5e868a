// keyscore.v1.KpiService.
#pragma once

#include "keyscore/v1/kpi_service.grpc.pb.h"
#include "rpc/backend.h"

namespace keyscore::rpc {

class KpiService final : public v1::KpiService::CallbackService {
 public:
  explicit KpiService(Backend& backend) : backend_(backend) {}

  grpc::ServerUnaryReactor* GetKpi(grpc::CallbackServerContext* context,
                                   const v1::GetKpiRequest* request, v1::Kpi* response) override;
  grpc::ServerUnaryReactor* ListKpis(grpc::CallbackServerContext* context,
                                     const v1::ListKpisRequest* request,
                                     v1::ListKpisResponse* response) override;

 private:
  Backend& backend_;
};

}  // namespace keyscore::rpc
