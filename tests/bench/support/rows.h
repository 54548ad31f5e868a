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

}  // namespace keyscore::bench
