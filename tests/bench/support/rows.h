// The rows of `./run bench`. Each sets its own scene up and measures subject and reference in turn.
#pragma once

#include <vector>

#include "bench/support/report.h"
#include "bench/support/scene.h"

namespace keyscore::bench {

using Rows = std::vector<Row>;

// ---- A card on the wire: requests/s of a warm ten-KPI manager card ÷ those of a bare gRPC echo
// with the same request and response bytes.
Rows Serve(Scene& scene);
// p99 of the same, both at 70 % of the echo's peak.
Rows ServeP99(Scene& scene);
// The same load while 1,000 facts/s arrive ÷ without.
Rows Fresh(Scene& scene);
// No answer is kept, but measures are in memory: requests/s ÷ the echo's.
Rows Uncached(Scene& scene);
// Latency of one request at a time with 10 million facts ÷ with 100 thousand; and without kept
// answers.
Rows Grow(Scene& scene);
// A fact is appended and its card asked for: how often its effect is missing; how long that takes.
Rows Visible(Scene& scene);

// ---- All managers and all KPIs: hand-written DuckDB SQL ÷ ours, from memory and from the engine.
Rows Rank(Scene& scene);
Rows Cold(Scene& scene);
// A preview of weights over many managers and quarters ÷ scoring them one by one.
Rows Preview(Scene& scene);

// ---- Facts: start-up ÷ one pass of the aggregates in DuckDB; appends ÷ DuckDB's own appender;
// bytes of the measures in memory.
Rows Build(Scene& scene);
Rows Ingest(Scene& scene);
Rows Bytes(Scene& scene);

// ---- Plugins: a call in the process ÷ of the same function linked statically; in a worker process
// ÷ in the process, 1,000 rows; what a call of one row costs more in a worker that was called just
// before, and in one that has gone to sleep.
Rows PluginCall(Scene& scene);
Rows IsolatedCall(Scene& scene);
Rows IsolatedFixed(Scene& scene);
Rows IsolatedWoken(Scene& scene);

}  // namespace keyscore::bench
