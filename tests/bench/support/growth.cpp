// Measures each organisation with a server of its own.
#include "bench/support/growth.h"

#include <fmt/format.h>

#include <filesystem>

#include "bench/support/cards.h"
#include "bench/support/report.h"
#include "bench/support/wire.h"

namespace keyscore::bench {
namespace {

constexpr size_t kMostManagers = 100'000;
constexpr double kMiB = 1 << 20;
constexpr int kRounds = 3;

struct Speed {
  double micros = 0;
  double per_second = 0;
};

Speed Measure(const Server& server) {
  const CardCall card = PrepareCard(server.address());
  SteadyLoad load(server.address(), card.call, 1);
  std::vector<double> micros, rates;
  for (int round = 0; round < kRounds; ++round) {
    micros.push_back(SingleMicros(server.address(), card.call, 1));
    rates.push_back(load.PerSecond());
  }
  return {Median(micros), Median(rates)};
}

GrowthPoint Measure(Samples& samples, const Organisation& organisation, const std::string& data) {
  const Sample sample = samples.ImportedByThisServer(organisation);
  fmt::print(stderr, "Measuring with {} facts\n", sample.facts);
  Copy(sample.data, data);
  GrowthPoint point;
  point.facts = sample.facts;
  point.import_per_second = static_cast<double>(sample.facts) / sample.import_seconds;
  {
    const auto server = StartKeyscored(data, {});
    point.start_seconds = server->seconds_to_ready();
    point.managers = static_cast<int64_t>(Managers(server->address(), kMostManagers).size());
    const Speed warm = Measure(*server);
    point.warm_micros = warm.micros;
    point.warm_per_second = warm.per_second;
    point.resident_mib = static_cast<double>(server->ResidentBytes()) / kMiB;
  }
  const Speed uncached = Measure(*StartKeyscored(data, {.answers = false}));
  point.uncached_micros = uncached.micros;
  point.uncached_per_second = uncached.per_second;
  std::filesystem::remove_all(data);
  return point;
}

}  // namespace

Growth MeasureGrowth(Samples& samples, const std::string& work_dir, bool quick) {
  std::vector<double> scales = {0.05, 0.5, 5, 50, 150};
  std::vector<Organisation> by_managers = {{.scale = 1, .managers = 10, .accounts = 3'000},
                                           {.scale = 1, .managers = 100, .accounts = 3'000},
                                           {.scale = 1, .managers = 1'000, .accounts = 3'000},
                                           {.scale = 2, .managers = 5'000, .accounts = 1'500}};
  if (quick) {
    scales.resize(3);
    by_managers.resize(2);
  }
  Growth growth;
  const std::string data = work_dir + "/growth";
  for (const double scale : scales) {
    growth.by_facts.push_back(Measure(samples, {.scale = scale}, data));
  }
  for (const Organisation& organisation : by_managers) {
    growth.by_managers.push_back(Measure(samples, organisation, data));
  }
  return growth;
}

}  // namespace keyscore::bench
