// `rank`, `cold`: every manager and all KPIs for a quarter, against the SQL that a good engineer
// would write for them: one pass per dataset, straight over native DuckDB tables.
#include <fmt/format.h>

#include <cmath>
#include <map>

#include "bench/support/cards.h"
#include "bench/support/clock.h"
#include "bench/support/duck.h"
#include "bench/support/rows.h"
#include "bench/support/sql_files.h"

namespace keyscore::bench {
namespace {

constexpr int kLargestPage = 1'000;

// How many values of the page agree with the SQL's. Both sides must have answered the same
// question: dies where a value differs by more than 1e-9, or is on one side only.
size_t Compare(const Duck::Table& reference, const v1::ListScorecardsResponse& subject) {
  std::map<std::string, size_t> columns;
  for (size_t i = 1; i < reference.columns.size(); ++i) {
    columns["kpis/" + reference.columns[i]] = i - 1;
  }
  std::map<std::string, const Duck::Line*> by_manager;
  for (const Duck::Line& line : reference.lines) by_manager["managers/" + line.key] = &line;
  size_t compared = 0;
  for (const v1::Scorecard& card : subject.scorecards()) {
    const auto line = by_manager.find(card.subject());
    if (line == by_manager.end()) Die("no reference for " + card.subject());
    for (const v1::KpiResult& kpi : card.kpis()) {
      const auto column = columns.find(kpi.kpi());
      if (column == columns.end()) continue;  // the model
      const double expected = line->second->values[column->second];
      if (!kpi.has_value() && std::isnan(expected)) continue;
      if (!kpi.has_value() ||
          !(std::abs(kpi.value() - expected) <= 1e-9 * std::max(1.0, std::abs(expected)))) {
        Die(fmt::format("{} of {}: {} here, {} by SQL", kpi.kpi(), card.subject(),
                        kpi.has_value() ? fmt::format("{}", kpi.value()) : kpi.state_reason(),
                        expected));
      }
      ++compared;
    }
  }
  if (compared < static_cast<size_t>(subject.scorecards_size()) * columns.size() / 2) {
    Die("too few values to compare");
  }
  return compared;
}

Rows AgainstSql(Scene& scene, const Setup& setup, Row row) {
  Duck duck(scene.LargeReference());
  duck.Run(ReadSql("attribution.sql"));
  const std::string spans = ReadSql("span.sql");
  const std::string sql = ReadSql("rank_inputs.sql") + ReadSql("rank_values.sql");
  CardClient client(scene.Serve(setup).address());
  Duck::Table by_sql;
  grpc::ByteBuffer answer;
  Alternate(
      row, scene.few_rounds(),
      [&] {
        const Stopwatch watch;
        duck.Run(spans);
        by_sql = duck.Query(sql);
        return watch.Millis();
      },
      [&] {
        const Stopwatch watch;
        answer = client.Rank(kLargestPage);
        return watch.Millis();
      });
  const v1::ListScorecardsResponse cards = ParseRanking(answer);
  row.what += fmt::format(
      "; {} managers ranked, the first page of {} cards ({:.1f} MB) fetched, {} values equal to "
      "1e-9",
      cards.total_size(), cards.scorecards_size(), static_cast<double>(answer.Length()) / 1e6,
      Compare(by_sql, cards));
  return {row};
}

}  // namespace

Rows Rank(Scene& scene) {
  return AgainstSql(
      scene, {.answers = false},
      MakeRow("rank", "ms", Comparison::kInverse, Aim::kAtLeast, 50,
              "all managers x all KPIs of a quarter: hand-written DuckDB SQL / ours"));
}

Rows Cold(Scene& scene) {
  return AgainstSql(scene, {.measures = false, .answers = false},
                    MakeRow("cold", "ms", Comparison::kInverse, Aim::kAtLeast, 0.9,
                            "the same question with nothing in memory"));
}

}  // namespace keyscore::bench
