// `./run bench`: Keyscore held against what it is built from, side by side in one run.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include "bench/support/child.h"
#include "bench/support/rows.h"

namespace {

using namespace keyscore::bench;  // NOLINT(google-build-using-namespace): a main of its own

struct Entry {
  const char* name;
  Row (*run)(const Scene&);
  bool needs_sample;
};
constexpr Entry kRows[] = {{"serve", Serve, true},
                           {"ingest", Ingest, false},
                           {"rank", Rank, true},
                           {"plugin", PluginCall, false},
                           {"isolated", IsolatedCall, false},
                           {"isolated_fixed", IsolatedFixed, false},
                           {"isolated_woken", IsolatedWoken, false}};

int Main(int argc, char** argv) {
  CLI::App app("Measures Keyscore against references, in ratios taken side by side.");
  std::vector<std::string> names;
  for (const Entry& entry : kRows) names.emplace_back(entry.name);
  std::string json;
  std::vector<std::string> only;
  bool quick = false;
  int rounds = 5;
  double scale = 0;
  app.add_option("--json", json, "Also write the rows to this file");
  app.add_option("--only", only, "Run just these rows")
      ->delimiter(',')
      ->check(CLI::IsMember(names));
  app.add_flag("--quick", quick, "Smaller data, fewer requests");
  app.add_option("--rounds", rounds, "Measured rounds a row")->check(CLI::Range(1, 101));
  app.add_option("--scale", scale, "Of the sample; default 5 (a million facts), 0.5 with --quick")
      ->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  if (scale == 0) scale = quick ? 0.5 : 5;

  char work[] = "/tmp/keyscore-bench-XXXXXX";
  if (mkdtemp(work) == nullptr) Die("can't make a temporary directory");
  Scene scene{work, std::string(work) + "/sample", "", quick, rounds};
  const auto wanted = [&](const Entry& entry) {
    return only.empty() || std::find(only.begin(), only.end(), entry.name) != only.end();
  };

  std::optional<Server> server;
  for (const Entry& entry : kRows) {
    if (!wanted(entry) || !entry.needs_sample || server.has_value()) continue;
    fmt::print(stderr, "Making and importing a sample at scale {:g}\n", scale);
    Run(Sibling("keyscore-sample"),
        {"--out", scene.sample_dir, "--scale", fmt::format("{:g}", scale)});
    server.emplace(
        Sibling("keyscored"),
        std::vector<std::string>{"--data", std::string(work) + "/data", "--listen", "127.0.0.1:0"});
    scene.server = server->address();
    Run(Sibling("keyscore"),
        {"--server", scene.server, "import", "--mapping", "keyscore", scene.sample_dir});
  }

  std::vector<Row> rows;
  for (const Entry& entry : kRows) {
    if (!wanted(entry)) continue;
    fmt::print(stderr, "Measuring {}\n", entry.name);
    rows.push_back(entry.run(scene));
  }
  server.reset();
  std::filesystem::remove_all(work);

  fmt::print("{}", Table(rows));
  if (!json.empty()) {
    std::ofstream(json) << Json(rows) << '\n';
  }
  return 0;
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
