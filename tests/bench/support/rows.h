// The rows of `./run bench`. Each sets its own scene up and measures subject and reference in turn.
#pragma once

#include <string>

#include "bench/support/report.h"

namespace keyscore::bench {

struct Scene {
  std::string work_dir;    // private to this run
  std::string sample_dir;  // generated Parquet files
  std::string server;      // address of a keyscored that holds them
  bool quick = false;
  int rounds = 5;
};

// requests/s of a warm manager card ÷ requests/s of a bare gRPC echo with the same bytes.
Row Serve(const Scene& scene);
// Durable facts/s through gRPC ÷ rows/s of DuckDB's own appender on the same columns.
Row Ingest(const Scene& scene);
// Ranking of all managers by the weighted card: time of hand-written SQL ÷ ours.
Row Rank(const Scene& scene);

// Time of a call of a plugin's function in the process ÷ of the same function linked statically,
// both through the host's path, 1,000 rows.
Row PluginCall(const Scene& scene);
// … in a worker process ÷ in the process, 1,000 rows.
Row IsolatedCall(const Scene& scene);
// What a call of one row costs more in a worker process that was called just before …
Row IsolatedFixed(const Scene& scene);
// … and in one that has gone to sleep.
Row IsolatedWoken(const Scene& scene);

}  // namespace keyscore::bench
