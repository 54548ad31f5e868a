// A sample organisation with its corner cases, twice: as tables of the oracle and in a server.
#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "integration/oracle/raw_facts.h"
#include "support/duck.h"
#include "support/server.h"

namespace keyscore::testing {

struct WorldSettings {
  int seed = 1;
  std::string time_zone = "UTC";
  int fiscal_year_start_month = 1;  // 1 or 4
  bool engine_only = false;         // the server keeps no measures and no answers in memory
};

void PrintTo(const WorldSettings& settings, std::ostream* out);

class World {
 public:
  static absl::StatusOr<std::unique_ptr<World>> Make(const WorldSettings& settings);

  Duck& duck() { return duck_; }
  client::Client& client() { return server_->client(); }
  // What the server was started with.
  const ServerOptions& options() const { return options_; }
  // A month, a quarter, a year, odd intervals, leap days and days on which clocks change.
  const std::vector<AskedPeriod>& periods() const { return periods_; }
  // By how they are asked for.
  const AskedPeriod& period(const std::string& expression) const;
  std::vector<std::string> Subjects();

  // The scorecards of all subjects in a period, with the results of these KPIs; makes the oracle's
  // tables of the period.
  absl::StatusOr<v1::BatchGetScorecardsResponse> Cards(const AskedPeriod& period,
                                                       const std::vector<std::string>& kpis);

 private:
  World() = default;

  std::vector<AskedPeriod> periods_;
  Duck duck_;
  TempDir data_;  // the server's
  ServerOptions options_;
  std::unique_ptr<Server> server_;
};

}  // namespace keyscore::testing
