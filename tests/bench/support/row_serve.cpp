// `serve`, `serve_p99`, `uncached`: what a scorecard costs above the RPC that carries it.
#include <fmt/format.h>

#include <algorithm>

#include "bench/support/cards.h"
#include "bench/support/rows.h"
#include "bench/support/wire.h"

namespace keyscore::bench {
namespace {

Row AgainstEcho(Scene& scene, const Setup& setup, Row row) {
  const Server& server = scene.Serve(setup);
  const CardCall card = PrepareCard(server.address());
  const auto echo = StartEcho(scene.work_dir(), card);
  SteadyLoad of_echo(echo->address(), card.call, scene.load_seconds());
  SteadyLoad of_card(server.address(), card.call, scene.load_seconds());
  Alternate(
      row, scene.rounds(), [&] { return of_echo.PerSecond(); },
      [&] { return of_card.PerSecond(); });
  row.what += fmt::format(", answers of {} bytes", card.answer.size());
  return row;
}

}  // namespace

Rows Serve(Scene& scene) {
  return {AgainstEcho(scene, {},
                      MakeRow("serve", "req/s", Comparison::kRatio, Aim::kAtLeast, 0.9,
                              "a warm ten-KPI manager card / a bare gRPC echo of the same bytes, "
                              "4 clients x 16 streams"))};
}

Rows Uncached(Scene& scene) {
  return {AgainstEcho(scene, {.answers = false},
                      MakeRow("uncached", "req/s", Comparison::kRatio, Aim::kAtLeast, 0.4,
                              "measures in memory but no kept answer / the echo, 4 clients x 16 "
                              "streams"))};
}

Rows ServeP99(Scene& scene) {
  const Server& server = scene.Serve({});
  const CardCall card = PrepareCard(server.address());
  const auto echo = StartEcho(scene.work_dir(), card);
  SteadyLoad peak(echo->address(), card.call, scene.load_seconds());
  std::vector<double> peaks;
  for (int round = 0; round < 3; ++round) peaks.push_back(peak.PerSecond());

  Load load;
  load.per_second = 0.7 * Median(peaks);
  // A server that can't keep up with this rate gets a queue, and must not be waited for too long.
  const double own_peak = SteadyLoad(server.address(), card.call, scene.load_seconds()).PerSecond();
  load.requests = static_cast<int>(std::min(load.per_second, 3 * own_peak) * scene.load_seconds());
  // Requests wait on their connection's turn in the timer, not for one another.
  load.streams = 100;
  load.times = true;
  const auto p99 = [&](const Server& of) { return Fire(of.address(), card.call, load).p99_micros; };
  Row row = MakeRow("serve_p99", "us", Comparison::kRatio, Aim::kAtMost, 1.5, "");
  Alternate(
      row, scene.rounds(), [&] { return p99(*echo); }, [&] { return p99(server); });
  row.what = fmt::format(
      "99th percentile of the warm card's latency / the echo's, both at {:.0f} requests/s, 70 % of "
      "the echo's peak",
      load.per_second);
  return {row};
}

}  // namespace keyscore::bench
