// `serve`: what a scorecard costs above the RPC that carries it.
#include <grpcpp/grpcpp.h>

#include <fstream>

#include "bench/support/child.h"
#include "bench/support/rows.h"
#include "bench/support/wire.h"
#include "keyscore/v1/directory_service.grpc.pb.h"
#include "keyscore/v1/scorecard_service.grpc.pb.h"

namespace keyscore::bench {

Row Serve(const Scene& scene) {
  const auto channel = grpc::CreateChannel(scene.server, grpc::InsecureChannelCredentials());
  v1::ListManagersRequest list;
  list.set_page_size(1);
  v1::ListManagersResponse managers;
  grpc::ClientContext list_context;
  if (!v1::DirectoryService::NewStub(channel)->ListManagers(&list_context, list, &managers).ok() ||
      managers.managers().empty()) {
    Die("the server has no managers");
  }

  v1::GetScorecardRequest request;
  request.set_name(managers.managers(0).name() + "/scorecards/2025-Q3");
  v1::Scorecard card;
  grpc::ClientContext card_context;
  const grpc::Status status =
      v1::ScorecardService::NewStub(channel)->GetScorecard(&card_context, request, &card);
  if (!status.ok()) Die("GetScorecard: " + status.error_message());
  if (card.kpis_size() < 10) Die("the card has fewer than ten KPIs");
  const std::string response_file = scene.work_dir + "/card.bin";
  std::ofstream(response_file, std::ios::binary) << card.SerializeAsString();

  const Server echo(Sibling("bench_echo"), {response_file});
  const std::string method = "keyscore.v1.ScorecardService/GetScorecard";
  const std::string body = request.SerializeAsString();
  Load of_echo;
  of_echo.requests = scene.quick ? 5'000 : 20'000;
  // A card still asks the engine each time, and so needs fewer requests for a steady figure.
  Load of_card;
  of_card.requests = scene.quick ? 40 : 100;

  Row row;
  row.name = "serve";
  row.what = "requests/s of a warm ten-KPI manager card / of a bare gRPC echo of the same bytes";
  row.unit = "req/s";
  row.aim_kind = Aim::kAtLeast;
  row.aim = 0.9;
  Alternate(
      row, scene.rounds, false,
      [&] { return RequestsPerSecond(echo.address(), method, body, of_echo); },
      [&] { return RequestsPerSecond(scene.server, method, body, of_card); });
  return row;
}

}  // namespace keyscore::bench
