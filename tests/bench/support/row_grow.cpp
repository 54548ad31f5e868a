// `grow`, `grow_uncached`: what a hundred times the data does to the latency of a card.
#include "bench/support/cards.h"
#include "bench/support/rows.h"
#include "bench/support/wire.h"

namespace keyscore::bench {
namespace {

Row Compare(Scene& scene, const Setup& setup, Row row) {
  const auto small = scene.ServeOther(scene.Small(), setup);
  const Server& large = scene.Serve(setup);
  const CardCall of_small = PrepareCard(small->address());
  const CardCall of_large = PrepareCard(large.address());
  const double seconds = scene.load_seconds() / 3;
  Alternate(
      row, scene.rounds(), [&] { return SingleMicros(small->address(), of_small.call, seconds); },
      [&] { return SingleMicros(large.address(), of_large.call, seconds); });
  return row;
}

}  // namespace

Rows Grow(Scene& scene) {
  return {Compare(scene, {},
                  MakeRow("grow", "us", Comparison::kRatio, Aim::kAtMost, 1.1,
                          "median latency of a warm card, one request at a time: with the large "
                          "data / with a hundredth of it")),
          Compare(scene, {.answers = false},
                  MakeRow("grow_uncached", "us", Comparison::kRatio, Aim::kReported, 0,
                          "the same without kept answers"))};
}

}  // namespace keyscore::bench
