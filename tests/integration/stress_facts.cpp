// The changes, made of the sample's own rows.
#include "integration/stress_facts.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "fmt/format.h"
#include "support/facts.h"
#include "support/sample.h"

namespace keyscore::testing {
namespace {

std::string Quoted(const std::string& text) { return absl::StrCat("'", text, "'"); }

void AddQuoted(std::string* out, const std::string& text) { absl::StrAppend(out, Quoted(text)); }

}  // namespace

StressFacts::StressFacts(Duck& duck, uint64_t seed) : duck_(duck), random_(seed) {
  static const auto* const kDirectory =
      new std::set<std::string>{"account", "manager", "team", "contact", "ownership"};
  for (const std::string& dataset : SampleDatasets()) {
    const bool directory = kDirectory->count(dataset) > 0;
    if (!directory) datasets_.push_back(dataset);
    Log& log = logs_[dataset];
    for (std::string& id : Column("SELECT fact_id FROM " + dataset + " ORDER BY fact_id")) {
      (directory || Below(4) > 0 ? log.sent : log.held_back).push_back(std::move(id));
    }
  }
  accounts_ = Column("SELECT DISTINCT account_id FROM account ORDER BY 1");
  managers_ = Column("SELECT DISTINCT manager_id FROM manager ORDER BY 1");
  teams_ = Column("SELECT DISTINCT team_id FROM team ORDER BY 1");
  for (const std::string& id : managers_) subjects_.push_back("managers/" + id);
  for (const std::string& id : teams_) subjects_.push_back("teams/" + id);
  subjects_.emplace_back("organization");
  for (const std::string& id : accounts_) subjects_.push_back("accounts/" + id);
}

std::vector<v1::AppendFactsRequest> StressFacts::Start() {
  std::vector<v1::AppendFactsRequest> batches;
  for (const std::string& dataset : SampleDatasets()) {
    if (!logs_[dataset].sent.empty()) batches.push_back(Rows(dataset, logs_[dataset].sent));
  }
  return batches;
}

std::vector<v1::AppendFactsRequest> StressFacts::Next() {
  std::vector<v1::AppendFactsRequest> batches;
  for (size_t i = 1 + Below(3); i > 0; --i) batches.push_back(Change());
  return batches;
}

v1::AppendFactsRequest StressFacts::Change() {
  // A dataset whose facts were all deleted gets new ones.
  const std::string dataset = OneOf(datasets_);
  const size_t kind = Below(20);
  if (kind < 6 || logs_[dataset].sent.empty()) return New(dataset);
  if (kind < 9) return Correction(dataset);
  if (kind < 12) return Deletion(dataset);
  if (kind < 13) return Repeat(dataset);
  if (kind < 16) return Ownership();
  if (kind < 17) return Manager();
  if (kind < 18) return Account();
  return kind < 19 ? Contact() : Team();
}

v1::AppendFactsRequest StressFacts::New(const std::string& dataset) {
  Log& log = logs_[dataset];
  if (log.held_back.empty()) {
    // Another of the same kind, some days off.
    const std::string id = NewId();
    const std::string like = OneOf(Column("SELECT fact_id FROM " + dataset + " ORDER BY 1"));
    duck_.Run(
        fmt::format("INSERT INTO {0} SELECT * REPLACE ('{1}' AS fact_id, occurred_at + "
                    "INTERVAL ({2}) DAY AS occurred_at) FROM {0} WHERE fact_id = '{3}'",
                    dataset, id, static_cast<int>(Below(200)) - 100, like));
    log.held_back.push_back(id);
  }
  const std::vector<std::string> ids = Some(log.held_back, 20, /*take=*/true);
  log.sent.insert(log.sent.end(), ids.begin(), ids.end());
  return Rows(dataset, ids);
}

v1::AppendFactsRequest StressFacts::Correction(const std::string& dataset) {
  // Each becomes what another one of the dataset is, whosever that is.
  Log& log = logs_[dataset];
  const std::vector<std::string> all =
      Column("SELECT fact_id FROM " + dataset + " ORDER BY fact_id");
  std::vector<std::string> pairs;
  for (const std::string& id : Some(log.sent, 8, /*take=*/false)) {
    pairs.push_back(absl::StrCat("(", Quoted(id), ", ", Quoted(OneOf(all)), ")"));
  }
  return BatchOf(duck_, dataset,
                 fmt::format("SELECT other.* REPLACE (pair.id AS fact_id) FROM {} AS other JOIN "
                             "(VALUES {}) AS pair (id, source) ON other.fact_id = pair.source "
                             "ORDER BY fact_id",
                             dataset, absl::StrJoin(pairs, ", ")));
}

v1::AppendFactsRequest StressFacts::Deletion(const std::string& dataset) {
  Log& log = logs_[dataset];
  std::vector<std::vector<Cell>> rows;
  for (const std::string& id : Some(log.sent, 5, /*take=*/true)) {
    rows.push_back({id});
    log.held_back.push_back(id);  // it may come back
  }
  v1::AppendFactsRequest batch = Batch(dataset, {"fact_id"}, rows);
  batch.set_operation(v1::AppendFactsRequest::OPERATION_DELETE);
  return batch;
}

v1::AppendFactsRequest StressFacts::Repeat(const std::string& dataset) {
  return Rows(dataset, Some(logs_[dataset].sent, 20, /*take=*/false));
}

v1::AppendFactsRequest StressFacts::Ownership() {
  Log& log = logs_["ownership"];
  const size_t kind = Below(4);
  if (kind == 0 && log.sent.size() > accounts_.size() / 2) return Deletion("ownership");
  // A new span, or another one in the place of what there was.
  const std::string like = OneOf(Column("SELECT fact_id FROM ownership ORDER BY 1"));
  const std::string id = kind == 1 && !log.sent.empty() ? OneOf(log.sent) : NewId();
  if (std::find(log.sent.begin(), log.sent.end(), id) == log.sent.end()) log.sent.push_back(id);
  const std::string from = Day();
  return Changed(
      "ownership", like,
      fmt::format("'{}' AS fact_id, '{}' AS account_id, '{}' AS manager_id, {} AS "
                  "occurred_at, {} AS until",
                  id, OneOf(accounts_), OneOf(managers_), from,
                  Below(2) == 0 ? "NULL::TIMESTAMP"
                                : fmt::format("{} + INTERVAL {} DAY", from, 1 + Below(500))));
}

v1::AppendFactsRequest StressFacts::Manager() {
  // Another team or none, from some day on; who left may be back.
  const std::string id = OneOf(Column("SELECT fact_id FROM manager ORDER BY 1"));
  const bool new_row = Below(2) == 0;
  return Changed(
      "manager", id,
      fmt::format("{} AS fact_id, {} AS occurred_at, {} AS team_id, {} AS left_at, name || '{}' AS "
                  "name",
                  new_row ? Quoted(NewId()) : "fact_id", new_row ? Day() : "occurred_at",
                  Below(5) == 0 ? "NULL::VARCHAR" : Quoted(OneOf(teams_)),
                  Below(4) == 0 ? "TIMESTAMP '2026-03-01'" : "NULL::TIMESTAMP",
                  Below(2) == 0 ? "" : " II"));
}

v1::AppendFactsRequest StressFacts::Account() {
  // Churned, back, or called otherwise.
  const std::string id = OneOf(Column("SELECT fact_id FROM account ORDER BY 1"));
  return Changed(
      "account", id,
      fmt::format("{} AS churned_at, {} AS segment, name || '{}' AS name",
                  Below(2) == 0 ? "NULL::TIMESTAMP"
                                : fmt::format("greatest({}, occurred_at + INTERVAL 1 "
                                              "DAY)",
                                              Day()),
                  Below(3) == 0 ? "'enterprise'" : "segment", Below(2) == 0 ? "" : " & Co"));
}

v1::AppendFactsRequest StressFacts::Contact() {
  static const std::vector<std::string> kSeniorities = {"c_level", "vp", "director", "manager",
                                                        "staff"};
  const std::string id = OneOf(Column("SELECT fact_id FROM contact ORDER BY 1"));
  // The same person later or from the beginning, or somebody new.
  const size_t kind = Below(3);
  const std::string fact = NewId();
  return Changed(
      "contact", id,
      fmt::format("{} AS fact_id, {} AS contact_id, {} AS occurred_at, '{}' AS "
                  "seniority, {} AS decision_maker",
                  kind == 0 ? "fact_id" : Quoted(fact), kind == 2 ? Quoted(fact) : "contact_id",
                  kind == 0 ? "occurred_at" : Day(), OneOf(kSeniorities),
                  Below(2) == 0 ? "true" : "false"));
}

v1::AppendFactsRequest StressFacts::Team() {
  const std::string id = OneOf(Column("SELECT fact_id FROM team ORDER BY 1"));
  return Changed("team", id, fmt::format("'{} Team' AS name", NewId()));
}

v1::AppendFactsRequest StressFacts::Rows(const std::string& dataset,
                                         const std::vector<std::string>& ids) {
  return BatchOf(duck_, dataset,
                 fmt::format("SELECT * FROM {} WHERE fact_id IN ({}) ORDER BY fact_id", dataset,
                             absl::StrJoin(ids, ", ", AddQuoted)));
}

v1::AppendFactsRequest StressFacts::Changed(const std::string& dataset, const std::string& id,
                                            const std::string& changes) {
  return BatchOf(
      duck_, dataset,
      fmt::format("SELECT * REPLACE ({}) FROM {} WHERE fact_id = '{}'", changes, dataset, id));
}

std::string StressFacts::Day() {
  const absl::CivilDay day = absl::CivilDay(2023, 1, 1) + static_cast<int>(Below(1'150));
  // Midnight as often as not, where a period may begin.
  return fmt::format("TIMESTAMP '{} {:02}:00:00'", absl::FormatCivilTime(day),
                     Below(2) == 0 ? 0 : Below(24));
}

std::string StressFacts::NewId() { return absl::StrCat("stress-", ++ids_); }

size_t StressFacts::Below(size_t count) {
  return static_cast<size_t>(random_() % count);  // the bias of so small a range doesn't matter
}

std::vector<std::string> StressFacts::Some(std::vector<std::string>& list, size_t most, bool take) {
  std::vector<std::string> some;
  std::set<size_t> places;
  for (size_t i = 1 + Below(most); i > 0; --i) places.insert(Below(list.size()));
  for (auto place = places.rbegin(); place != places.rend(); ++place) {
    some.push_back(list[*place]);
    if (take) list.erase(list.begin() + static_cast<std::ptrdiff_t>(*place));
  }
  return some;
}

std::vector<std::string> StressFacts::Column(const std::string& sql) {
  std::vector<std::string> column;
  for (const auto& row : duck_.Ask(sql)) column.push_back(row[0].value_or(""));
  return column;
}

}  // namespace keyscore::testing
