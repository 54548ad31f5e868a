// `./run bench`: Keyscore held against what it is built from, side by side in one run.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>

#include "bench/support/child.h"
#include "bench/support/growth.h"
#include "bench/support/page.h"
#include "bench/support/rows.h"

namespace {

using namespace keyscore::bench;  // NOLINT(google-build-using-namespace): a main of its own

struct Entry {
  const char* name;
  Rows (*run)(Scene&);
  // Rows run in this order: those that share a server after each other, those that add facts to the
  // large data last.
  int turn;
};
// In the order in which they are shown.
constexpr Entry kRows[] = {{"serve", Serve, 40},
                           {"serve_p99", ServeP99, 41},
                           {"fresh", Fresh, 50},
                           {"uncached", Uncached, 10},
                           {"rank", Rank, 11},
                           {"cold", Cold, 30},
                           {"grow", Grow, 42},
                           {"build", Build, 31},
                           {"ingest", Ingest, 1},
                           {"visible", Visible, 51},
                           {"bytes", Bytes, 20},
                           {"plugin", PluginCall, 0},
                           {"isolated", IsolatedCall, 0},
                           {"isolated_fixed", IsolatedFixed, 0},
                           {"isolated_woken", IsolatedWoken, 0},
                           {"preview", Preview, 2}};
constexpr size_t kRowCount = std::size(kRows);

struct Options {
  std::string json;
  std::vector<std::string> only;
  bool quick = false;
  bool growth = false;
  bool docs = false;
  int rounds = 5;
  double scale = 0;
};

std::string PagePath() { return std::string(KEYSCORE_BENCH_SOURCE) + "/docs/performance.md"; }

void WriteJson(const Options& options, const std::string& text) {
  if (options.json.empty()) return;
  std::ofstream file(options.json);
  file << text << '\n';
  if (!file.flush()) Die("can't write " + options.json);
}

// Returns how many rows could not be measured.
int MeasureRows(const Options& options, Samples& samples, const std::string& work) {
  std::vector<size_t> turns;
  for (size_t i = 0; i < kRowCount; ++i) {
    if (options.only.empty() ||
        std::find(options.only.begin(), options.only.end(), kRows[i].name) != options.only.end()) {
      turns.push_back(i);
    }
  }
  std::stable_sort(turns.begin(), turns.end(),
                   [](size_t a, size_t b) { return kRows[a].turn < kRows[b].turn; });
  Scene scene(work, samples, options.scale, options.quick, options.rounds);
  std::vector<Rows> measured(kRowCount);
  int failures = 0;
  for (const size_t i : turns) {
    fmt::print(stderr, "Measuring {}\n", kRows[i].name);
    try {
      measured[i] = kRows[i].run(scene);
    } catch (const std::exception& error) {
      fmt::print(stderr, "{} could not be measured: {}\n", kRows[i].name, error.what());
      scene.StopServing();
      ++failures;
    }
  }
  std::vector<Row> rows;
  for (const Rows& of : measured) rows.insert(rows.end(), of.begin(), of.end());
  const Conditions conditions{options.quick, static_cast<double>(scene.facts())};
  const std::string table = Table(rows, conditions);
  fmt::print("{}", table);
  WriteJson(options, Json(rows, conditions));
  if (options.docs) {
    ReplaceSection(PagePath(), "rows",
                   fmt::format("On a machine with {}:\n\n{}", Machine(), MarkdownTable(rows)));
  }
  return failures;
}

void ShowGrowth(const Options& options, Samples& samples, const std::string& work) {
  const Growth growth = MeasureGrowth(samples, work, options.quick);
  const std::string tables = GrowthTables(growth);
  fmt::print("{}", tables);
  WriteJson(options, GrowthJson(growth));
  if (options.quick) return;  // the page shows whole runs
  DrawGrowth(growth, std::string(KEYSCORE_BENCH_SOURCE) + "/docs/performance");
  ReplaceSection(PagePath(), "growth",
                 fmt::format("On a machine with {}:\n\n{}", Machine(), tables));
}

int Main(int argc, char** argv) {
  CLI::App app("Measures Keyscore against references, in ratios taken side by side.");
  std::vector<std::string> names;
  for (const Entry& entry : kRows) names.emplace_back(entry.name);
  Options options;
  app.add_option("--json", options.json, "Also write the figures to this file");
  app.add_option("--only", options.only, "Run just these rows")
      ->delimiter(',')
      ->check(CLI::IsMember(names));
  app.add_flag("--quick", options.quick, "Smaller data, fewer requests");
  app.add_option("--rounds", options.rounds, "Measured rounds a row")->check(CLI::Range(1, 101));
  app.add_option("--scale", options.scale,
                 "Of keyscore-sample; default 50 (10 million facts), 5 with --quick")
      ->check(CLI::Range(0.5, 1'000.0));
  app.add_flag("--docs", options.docs, "Also write the rows into docs/performance.md");
  app.add_flag("--growth", options.growth,
               "Measure growing data in place of the rows, and write the tables and charts of "
               "docs/performance.md");
  CLI11_PARSE(app, argc, argv);
  if (options.scale == 0) options.scale = options.quick ? 5 : 50;

  char work[] = "/tmp/keyscore-bench-XXXXXX";
  if (mkdtemp(work) == nullptr) Die("can't make a temporary directory");
  Samples samples(Sibling("../bench-data"));
  int failures = 0;
  std::string error;
  try {
    if (options.growth) {
      ShowGrowth(options, samples, work);
    } else {
      failures = MeasureRows(options, samples, work);
    }
  } catch (const std::exception& thrown) {
    error = thrown.what();
  }
  std::filesystem::remove_all(work);
  if (!error.empty()) Die(error);
  return failures == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return Main(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench: {}\n", error.what());
    return 1;
  }
}
