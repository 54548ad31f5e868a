// `plugin`, `isolated`, `isolated_fixed`, `isolated_woken`: what the walls around a plugin cost.
// The library is the SDK's example `delivery`, once as a plugin that is opened in this process,
// once in a worker process, and once linked into this program.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "bench/support/child.h"
#include "bench/support/clock.h"
#include "bench/support/rows.h"
#include "keyscore/kpi_abi.h"
#include "kpis/abi_function.h"
#include "kpis/descriptor.h"
#include "kpis/host.h"
#include "kpis/isolation/worker_host.h"
#include "kpis/library.h"

namespace keyscore::bench {
namespace {

constexpr char kKpi[] = "delivery.on_time_in_full";
constexpr size_t kRows = 1'000;

// A batch of made-up shipments: promised, kept, late.
class Shipments {
 public:
  explicit Shipments(size_t rows) : columns_(3) {
    std::mt19937 random(20240229);
    for (size_t row = 0; row < rows; ++row) {
      const double promised = random() % 50;
      const double kept = promised == 0 ? 0 : random() % static_cast<unsigned>(promised + 1);
      columns_[0].numbers.push_back(promised);
      columns_[1].numbers.push_back(kept);
      columns_[2].numbers.push_back(promised - kept);
    }
    batch_.row_count = rows;
    for (store::MeasureColumn& column : columns_) {
      column.valid.assign(rows, 1);
      batch_.columns.push_back(&column);
      batch_.aggregates.push_back(store::Aggregate::kCount);
    }
    context_.period_from = absl::FromUnixSeconds(1'704'067'200);
    context_.period_to = absl::FromUnixSeconds(1'711'929'600);
    context_.period_days = 91;
  }

  std::vector<kpis::RowResult> Ask(const kpis::KpiFunction& function) const {
    auto results = function.Evaluate(context_, batch_);
    if (!results.ok()) Die(results.status().ToString());
    return *std::move(results);
  }

 private:
  std::vector<store::MeasureColumn> columns_;
  kpis::EvaluationBatch batch_;
  kpis::EvaluationContext context_;
};

using Function = std::shared_ptr<const kpis::KpiFunction>;

Function Loaded(Scene& scene, bool isolated) {
  kpis::LibraryOptions options;
  options.staging_dir = scene.work_dir() + "/staging";
  if (isolated) {
    auto workers = kpis::WorkerHost::Start({.program = Sibling("keyscore-worker")});
    if (!workers.ok()) Die(std::string(workers.status().message()));
    options.workers = *std::move(workers);
    options.isolated = true;
  }
  auto library = kpis::LoadLibrary(KEYSCORE_BENCH_PLUGIN, options);
  if (!library.ok()) Die(std::string(library.status().message()));
  for (const kpis::LoadedKpi& kpi : library->kpis) {
    if (kpi.definition.id == kKpi) return kpi.function;
  }
  Die(fmt::format("{} has no {}", KEYSCORE_BENCH_PLUGIN, kKpi));
}

Function Linked() {
  kpis::Host& host = kpis::Host::Make("linked statically");
  const auto described =
      kpis::DescribeLibrary(*keyscore_kpi_library(host.abi()), "delivery", false);
  if (!described.ok()) Die(std::string(described.status().message()));
  for (const kpis::DescribedKpi& kpi : described->kpis) {
    if (kpi.definition.id != kKpi) continue;
    auto function = kpis::MakeAbiFunction(kpi.definition, kpi.functions, host.abi());
    if (!function.ok()) Die(std::string(function.status().message()));
    return *std::move(function);
  }
  Die(fmt::format("no {} is linked in", kKpi));
}

// Both must answer alike.
void Compare(const Shipments& shipments, const Function& one, const Function& other) {
  const auto first = shipments.Ask(*one);
  const auto second = shipments.Ask(*other);
  if (first.size() != second.size()) Die("another number of rows");
  for (size_t row = 0; row < first.size(); ++row) {
    if (first[row].state != second[row].state || first[row].value != second[row].value ||
        first[row].details != second[row].details) {
      Die(fmt::format("row {}: {} and {}", row, first[row].value, second[row].value));
    }
  }
}

// The median of so many calls, in microseconds, each after a pause.
double MicrosPerCall(const Shipments& shipments, const Function& function, int calls,
                     std::chrono::microseconds pause = {}) {
  std::vector<double> times;
  for (int i = 0; i < calls; ++i) {
    if (pause.count() > 0) std::this_thread::sleep_for(pause);
    const Stopwatch watch;
    shipments.Ask(*function);
    times.push_back(watch.Micros());
  }
  std::nth_element(times.begin(), times.begin() + calls / 2, times.end());
  return times[static_cast<size_t>(calls / 2)];
}

Rows Measure(Scene& scene, Row row, size_t rows, const Function& reference, const Function& subject,
             int calls, std::chrono::microseconds pause = {}) {
  const Shipments shipments(rows);
  Compare(shipments, reference, subject);
  Alternate(
      row, scene.rounds(), [&] { return MicrosPerCall(shipments, reference, calls, pause); },
      [&] { return MicrosPerCall(shipments, subject, calls, pause); });
  return {row};
}

}  // namespace

Rows PluginCall(Scene& scene) {
  return Measure(scene,
                 MakeRow("plugin", "us", Comparison::kRatio, Aim::kAtMost, 1.1,
                         "a call with 1,000 rows: of a loaded plugin / of its source linked in"),
                 kRows, Linked(), Loaded(scene, false), scene.quick() ? 500 : 3'000);
}

Rows IsolatedCall(Scene& scene) {
  return Measure(scene,
                 MakeRow("isolated", "us", Comparison::kRatio, Aim::kAtMost, 2,
                         "a call with 1,000 rows: in a worker process / in this one"),
                 kRows, Loaded(scene, false), Loaded(scene, true), scene.quick() ? 500 : 3'000);
}

Rows IsolatedFixed(Scene& scene) {
  return Measure(
      scene,
      MakeRow("isolated_fixed", "us", Comparison::kDifference, Aim::kAtMost, 30,
              "a call with 1 row, right after another: in a worker process - in this one"),
      1, Loaded(scene, false), Loaded(scene, true), scene.quick() ? 2'000 : 20'000);
}

Rows IsolatedWoken(Scene& scene) {
  return Measure(
      scene,
      MakeRow("isolated_woken", "us", Comparison::kDifference, Aim::kReported, 0,
              "a call with 1 row, 2 ms after another: in a worker process - in this one"),
      1, Loaded(scene, false), Loaded(scene, true), scene.quick() ? 100 : 500,
      std::chrono::milliseconds(2));
}

}  // namespace keyscore::bench
