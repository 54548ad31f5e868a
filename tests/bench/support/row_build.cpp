// `build`: how long a start takes with the measures in memory.
#include "bench/support/clock.h"
#include "bench/support/duck.h"
#include "bench/support/rows.h"
#include "bench/support/sql_files.h"

namespace keyscore::bench {

Rows Build(Scene& scene) {
  const std::string reference = scene.LargeReference();
  const std::string data = scene.FreeData();
  const std::string sql = ReadSql("attribution.sql") + ReadSql("span.sql") + ReadSql("build.sql");
  Row row = MakeRow("build", "s", Comparison::kRatio, Aim::kAtMost, 1.5,
                    "start-up until serving / opening a DuckDB file and one pass of the additive "
                    "measures by manager and day");
  Alternate(
      row, scene.few_rounds(),
      [&] {
        const Stopwatch watch;
        Duck duck(reference);
        duck.Run(sql);
        return watch.Seconds();
      },
      [&] { return StartKeyscored(data, {})->seconds_to_ready(); });
  return {row};
}

}  // namespace keyscore::bench
