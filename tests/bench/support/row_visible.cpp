// `visible`, `visible_latency`: who wrote a fact reads its effect, always.
#include <fmt/format.h>

#include "bench/support/cards.h"
#include "bench/support/clock.h"
#include "bench/support/fact_stream.h"
#include "bench/support/rows.h"
#include "keyscore/v1/fact_service.grpc.pb.h"

namespace keyscore::bench {
namespace {

// Interactions of the quarter that stand behind a card.
double InteractionsOf(const v1::Scorecard& card) {
  for (const v1::KpiResult& kpi : card.kpis()) {
    if (kpi.kpi() != "kpis/account_engagement") continue;
    for (const v1::InputValue& input : kpi.inputs()) {
      if (input.name() == "interactions") return input.value();
    }
  }
  Die("the card shows no interactions");
}

}  // namespace

Rows Visible(Scene& scene) {
  const Server& server = scene.Serve({});
  const size_t trials = scene.quick() ? 200 : 1'000;
  const std::vector<std::string> managers = Managers(server.address(), trials / 4);
  const std::vector<Person> people = People(server.address(), 1'000);
  const auto writer = v1::FactService::NewStub(Channel(server.address()));
  // Cards come over another connection than facts go.
  CardClient reader(server.address());

  size_t missing = 0;
  std::vector<double> before_millis, after_millis;
  for (size_t trial = 0; trial < trials; ++trial) {
    const std::string& manager = managers[trial % managers.size()];
    reader.Get(manager);  // so that there is an old answer to be wrong with
    const Stopwatch warm;
    const double before = InteractionsOf(reader.Get(manager));
    before_millis.push_back(warm.Millis());

    grpc::ClientContext context;
    v1::AppendFactsResponse response;
    const auto stream = writer->AppendFacts(&context, &response);
    stream->Write(Interactions(fmt::format("visible-{}", trial), static_cast<int64_t>(trial), 1,
                               BareIds({manager}), people));
    stream->WritesDone();
    const grpc::Status status = stream->Finish();
    if (!status.ok()) Die("AppendFacts: " + status.error_message());
    if (response.rows_inserted() != 1) Die("the fact was not new");

    const Stopwatch watch;
    const double after = InteractionsOf(reader.Get(manager));
    after_millis.push_back(watch.Millis());
    missing += after == before + 1 ? 0 : 1;
  }
  Row row = MakeRow("visible", "", Comparison::kRatio, Aim::kAtMost, 0,
                    "facts whose effect is missing in a card asked for right after the "
                    "acknowledgement / facts");
  row.subject.unit = "missing";
  row.reference.unit = "facts";
  Settle(row, static_cast<double>(missing), static_cast<double>(trials));
  Row latency = MakeRow("visible_latency", "ms", Comparison::kRatio, Aim::kReported, 0,
                        "median time of that card / of the warm card just before the fact");
  Settle(latency, Median(after_millis), Median(before_millis));
  return {row, latency};
}

}  // namespace keyscore::bench
