// `./run bench --growth`: one server after the other over ever more facts and ever more managers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/support/samples.h"

namespace keyscore::bench {

// One organisation, and how the server does with it.
struct GrowthPoint {
  int64_t facts = 0;
  int64_t managers = 0;
  double import_per_second = 0;  // facts, over the API, from files
  double start_seconds = 0;      // from exec to serving
  double resident_mib = 0;       // of the process, once it has answered
  double warm_micros = 0;        // median of single requests for a ten-KPI manager card
  double uncached_micros = 0;    // … when no answer is kept
  double warm_per_second = 0;    // the same card, 4 clients x 16 streams
  double uncached_per_second = 0;
};

struct Growth {
  std::vector<GrowthPoint> by_facts;     // 10 thousand to 30 million
  std::vector<GrowthPoint> by_managers;  // 10 to 10,000 with one to two million facts, a part of
                                         // which is about managers alone
};

// Quick leaves the largest out.
Growth MeasureGrowth(Samples& samples, const std::string& work_dir, bool quick);

// Markdown: two tables and the charts' names. JSON: both lists of points.
std::string GrowthTables(const Growth& growth);
std::string GrowthJson(const Growth& growth);
// Writes the charts (SVG) into a folder.
void DrawGrowth(const Growth& growth, const std::string& folder);

}  // namespace keyscore::bench
