// Sample, corner cases, server; and the periods, whose days are written down by hand.
#include "integration/oracle/world.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "fmt/format.h"
#include "integration/oracle/corner_cases.h"
#include "integration/oracle/engine_path.h"
#include "support/sample.h"

namespace keyscore::testing {
namespace {

std::vector<AskedPeriod> CalendarYearPeriods() {
  return {
      {"2024-02", "2024-02-01", "2024-03-01", "2023-02-01", "2023-03-01"},
      {"2023-Q1", "2023-01-01", "2023-04-01", "2022-01-01", "2022-04-01"},
      {"2025-Q3", "2025-07-01", "2025-10-01", "2024-07-01", "2024-10-01"},
      {"2024", "2024-01-01", "2025-01-01", "2023-01-01", "2024-01-01"},
      {"2024-02-11..2024-05-03", "2024-02-11", "2024-05-03", "2023-02-11", "2023-05-03"},
      // Berlin's clocks go forward on this day, and back on the next one.
      {"2024-03-31", "2024-03-31", "2024-04-01", "2023-03-31", "2023-04-01"},
      {"2024-10-27", "2024-10-27", "2024-10-28", "2023-10-27", "2023-10-28"},
      // A year before a period that begins or ends with 29 February there is the 28th.
      {"2024-02-29", "2024-02-29", "2024-03-01", "2023-02-28", "2023-03-01"},
      {"trailing-90d@2024-02-29", "2023-12-01", "2024-02-29", "2022-12-01", "2023-03-01"},
      {"trailing-90d@2025-12-31", "2025-10-02", "2025-12-31", "2024-10-02", "2024-12-31"},
      // The accounts are there, but nothing is recorded yet.
      {"2022-05", "2022-05-01", "2022-06-01", "2021-05-01", "2021-06-01"},
  };
}

// A fiscal year is named by the calendar year in which it starts; months stay what they are.
std::vector<AskedPeriod> PeriodsOfYearsFromApril() {
  return {
      {"2024-11", "2024-11-01", "2024-12-01", "2023-11-01", "2023-12-01"},
      {"2023-Q4", "2024-01-01", "2024-04-01", "2023-01-01", "2023-04-01"},
      {"2024-Q2", "2024-07-01", "2024-10-01", "2023-07-01", "2023-10-01"},
      {"2024", "2024-04-01", "2025-04-01", "2023-04-01", "2024-04-01"},
      {"2023-12-17..2024-02-29", "2023-12-17", "2024-02-29", "2022-12-17", "2023-03-01"},
      // New York's clocks go forward on this day, and back on the next one.
      {"2024-03-10", "2024-03-10", "2024-03-11", "2023-03-10", "2023-03-11"},
      {"2024-11-03", "2024-11-03", "2024-11-04", "2023-11-03", "2023-11-04"},
      {"2024-02-29", "2024-02-29", "2024-03-01", "2023-02-28", "2023-03-01"},
      {"trailing-91d@2025-12-31", "2025-10-01", "2025-12-31", "2024-10-01", "2024-12-31"},
      {"2021-Q4", "2022-01-01", "2022-04-01", "2021-01-01", "2021-04-01"},
  };
}

}  // namespace

void PrintTo(const WorldSettings& settings, std::ostream* out) {
  *out << fmt::format("seed {} in {}, years from month {}{}", settings.seed, settings.time_zone,
                      settings.fiscal_year_start_month,
                      settings.engine_only ? ", by the engine" : "");
}

absl::StatusOr<std::unique_ptr<World>> World::Make(const WorldSettings& settings) {
  std::unique_ptr<World> world(new World);
  world->periods_ =
      settings.fiscal_year_start_month == 1 ? CalendarYearPeriods() : PeriodsOfYearsFromApril();
  const TempDir files;
  absl::Status status =
      WriteSample(files.path().string(),
                  {"--managers", "9", "--accounts", "80", "--seed", std::to_string(settings.seed)});
  if (!status.ok()) return status;
  Duck& duck = world->duck_;
  ReadSample(files.path().string(), duck);
  MakeClock(duck, settings.time_zone);
  AddFactsAtEdges(duck, world->periods_);
  AddLivesAtEdges(duck, world->periods_);
  MakeSubjects(duck);

  ServerOptions& options = world->options_;
  options.data = world->data_.path();
  options.time_zone = settings.time_zone;
  options.fiscal_year_start_month = settings.fiscal_year_start_month;
  if (settings.engine_only) options.more_config = kEngineOnly;
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(options);
  if (!server.ok()) return server.status();
  world->server_ = *std::move(server);
  status = SendSample(duck, world->client());
  if (!status.ok()) return status;
  return world;
}

const AskedPeriod& World::period(const std::string& expression) const {
  const auto found = std::find_if(
      periods_.begin(), periods_.end(),
      [&expression](const AskedPeriod& period) { return period.expression == expression; });
  if (found != periods_.end()) return *found;
  std::fprintf(stderr, "this world has no period %s\n", expression.c_str());
  std::abort();
}

std::vector<std::string> World::Subjects() {
  std::vector<std::string> subjects;
  for (const auto& row : duck_.Ask("SELECT subject FROM subject ORDER BY subject")) {
    subjects.push_back(*row[0]);
  }
  return subjects;
}

absl::StatusOr<v1::BatchGetScorecardsResponse> World::Cards(const AskedPeriod& period,
                                                            const std::vector<std::string>& kpis) {
  MakePeriod(duck_, period);
  v1::BatchGetScorecardsRequest request;
  for (const std::string& subject : Subjects()) {
    request.add_names(subject + "/scorecards/" + period.expression);
  }
  for (const std::string& kpi : kpis) request.add_kpis("kpis/" + kpi);
  return client().BatchGetScorecards(request);
}

}  // namespace keyscore::testing
