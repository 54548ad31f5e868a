// `bytes`, `bytes_per_fact`, `resident`: the memory that the measures take.
#include <fmt/format.h>

#include "bench/support/cards.h"
#include "bench/support/rows.h"
#include "bench/support/scrape.h"

namespace keyscore::bench {
namespace {

// Of a server that has just been asked for everything, so that the engine's cache is as full on
// either side.
double Resident(Scene& scene, const Setup& setup) {
  const Server& server = scene.Serve(setup);
  CardClient(server.address()).Rank(1);
  return static_cast<double>(server.ResidentBytes());
}

}  // namespace

Rows Bytes(Scene& scene) {
  const Setup with = {.answers = false, .metrics = true};
  const Server& server = scene.Serve(with);
  const std::string page = Scrape(server);
  const double bytes = Total(page, "keyscore_measure_memory_bytes");
  const auto facts = static_cast<double>(scene.facts());
  Row of_day = MakeRow("bytes", "bytes", Comparison::kRatio, Aim::kAtMost, 16,
                       "measures in memory / non-empty days of their series");
  of_day.reference.unit = "series-days";
  Settle(of_day, bytes, Total(page, "keyscore_measure_memory_series_days"));
  Row of_fact = MakeRow("bytes_per_fact", "bytes", Comparison::kRatio, Aim::kReported, 0,
                        fmt::format("measures in memory / facts, which are {:.0f} events",
                                    Total(page, "keyscore_measure_memory_events")));
  of_fact.reference.unit = "facts";
  Settle(of_fact, bytes, facts);

  const double resident = Resident(scene, with);
  const double without = Resident(scene, {.measures = false, .answers = false});
  Row process = MakeRow("resident", "MiB", Comparison::kDifference, Aim::kReported, 0, "");
  constexpr double kMiB = 1 << 20;
  Settle(process, resident / kMiB, without / kMiB);
  process.what = fmt::format(
      "resident size of the server with - without measures in memory: {:.1f} bytes a fact",
      (resident - without) / facts);
  return {of_day, of_fact, process};
}

}  // namespace keyscore::bench
