// `fresh`: the load of `serve` while facts arrive.
#include <fmt/format.h>

#include "bench/support/cards.h"
#include "bench/support/fact_stream.h"
#include "bench/support/rows.h"
#include "bench/support/wire.h"

namespace keyscore::bench {

Rows Fresh(Scene& scene) {
  constexpr int kFactsPerSecond = 1'000;
  const Server& server = scene.Serve({});
  const std::vector<std::string> managers = BareIds(Managers(server.address(), 2'000));
  const std::vector<Person> people = People(server.address(), 30'000);
  CardCall card = PrepareCard(server.address());
  card.call.answer_varies = true;
  SteadyLoad quiet(server.address(), card.call, scene.load_seconds());
  SteadyLoad busy(server.address(), card.call, scene.load_seconds());
  std::vector<double> arrived;
  Row row = MakeRow("fresh", "req/s", Comparison::kRatio, Aim::kAtLeast, 0.7, "");
  Alternate(
      row, scene.rounds(), [&] { return quiet.PerSecond(); },
      [&] {
        FactStream facts(server.address(), managers, people, kFactsPerSecond);
        const double rate = busy.PerSecond();
        arrived.push_back(facts.Stop());
        return rate;
      });
  row.what = fmt::format(
      "the warm card while 1,000 facts/s about {} managers arrive / without ({:.0f} facts/s were "
      "acknowledged)",
      managers.size(), Median(arrived));
  return {row};
}

}  // namespace keyscore::bench
