// Random facts, corrections, deletions and moves; every aggregate, scope and watermark held against
// a naive computation in memory that shares no code with the store.
#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <set>

#include "store_fixture.h"

namespace keyscore::store {
namespace {

struct Opportunity {
  std::string id;
  std::optional<std::string> account, manager, product;
  int64_t opened = 0;  // days since 2024-01-01
  std::optional<int64_t> closed;
  std::optional<double> amount;
  std::string outcome;
};
struct Ownership {
  std::string id, account, manager;
  int64_t from = 0;
  std::optional<int64_t> until;
};
struct Role {
  std::string id, manager;
  int64_t from = 0;
  std::optional<std::string> team;
};

absl::Time Instant(int64_t day) { return At("2024-01-01") + day * absl::Hours(24); }

template <typename T>
Value Maybe(const std::optional<T>& value) {
  return value.has_value() ? Value(*value) : Value();
}
Value MaybeInstant(const std::optional<int64_t>& day) {
  return day.has_value() ? Value(Instant(*day)) : Value();
}

// Current rows by fact id, one map per watermark.
template <typename T>
using Rows = std::map<std::string, T>;
struct World {
  Rows<Opportunity> opportunities;
  Rows<Ownership> ownerships;
  Rows<Role> roles;
};

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  int64_t Below(int64_t limit) { return static_cast<int64_t>(random_() % limit); }
  bool Chance(int percent) { return Below(100) < percent; }
  std::string Name(const char* kind, int64_t count) { return kind + std::to_string(Below(count)); }

  Opportunity MakeOpportunity() {
    Opportunity fact{.id = Name("o", 150), .opened = Below(100), .outcome = "open"};
    if (Chance(90)) fact.account = Name("acc", 6);
    if (!fact.account.has_value() || Chance(50)) fact.manager = Name("mgr", 5);
    if (Chance(70)) fact.closed = fact.opened + Below(40);
    if (fact.closed.has_value()) fact.outcome = Chance(60) ? "won" : "lost";
    if (Chance(85)) fact.amount = static_cast<double>(Below(100'000)) / 100 - 50;
    if (Chance(80)) fact.product = Name("product ", 4);
    return fact;
  }
  Ownership MakeOwnership() {
    Ownership fact{.id = Name("w", 20),
                   .account = Name("acc", 6),
                   .manager = Name("mgr", 5),
                   .from = Below(100)};
    if (Chance(60)) fact.until = fact.from + Below(60);
    return fact;
  }
  Role MakeRole() {
    Role fact{.id = Name("m", 12), .manager = Name("mgr", 5), .from = Below(100)};
    if (Chance(80)) fact.team = Name("team", 3);
    return fact;
  }

 private:
  std::mt19937_64 random_;
};

Fields FieldsOf(const Opportunity& fact) {
  return {{"fact_id", fact.id},
          {"account_id", Maybe(fact.account)},
          {"manager_id", Maybe(fact.manager)},
          {"occurred_at", Instant(fact.opened)},
          {"closed_at", MaybeInstant(fact.closed)},
          {"amount", Maybe(fact.amount)},
          {"outcome", fact.outcome},
          {"product", Maybe(fact.product)}};
}
Fields FieldsOf(const Ownership& fact) {
  return {{"fact_id", fact.id},
          {"account_id", fact.account},
          {"manager_id", fact.manager},
          {"occurred_at", Instant(fact.from)},
          {"until", MaybeInstant(fact.until)}};
}
Fields FieldsOf(const Role& fact) {
  return {{"fact_id", fact.id},
          {"manager_id", fact.manager},
          {"occurred_at", Instant(fact.from)},
          {"team_id", Maybe(fact.team)}};
}

// ---- The naive computation ---------------------------------------------------------------------

std::optional<std::string> OwnerOf(const World& world, const std::string& account, int64_t day) {
  const Ownership* best = nullptr;
  for (const auto& [id, row] : world.ownerships) {
    if (row.account != account || row.from > day || (row.until && *row.until <= day)) continue;
    if (best == nullptr || std::pair(row.from, row.id) > std::pair(best->from, best->id)) {
      best = &row;
    }
  }
  return best == nullptr ? std::nullopt : std::optional(best->manager);
}

std::optional<std::string> TeamOf(const World& world, const std::string& manager) {
  const Role* latest = nullptr;
  for (const auto& [id, row] : world.roles) {
    if (row.manager != manager) continue;
    if (latest == nullptr || std::pair(row.from, row.id) > std::pair(latest->from, latest->id)) {
      latest = &row;
    }
  }
  return latest == nullptr ? std::nullopt : latest->team;
}

std::optional<std::string> SubjectOf(const World& world, const Opportunity& fact,
                                     SubjectKind kind) {
  if (kind == SubjectKind::kOrganization) return "";
  if (kind == SubjectKind::kAccount) return fact.account;
  std::optional<std::string> manager = fact.manager;
  if (!manager && fact.account) manager = OwnerOf(world, *fact.account, fact.opened);
  if (!manager || kind == SubjectKind::kManager) return manager;
  return TeamOf(world, *manager);
}

// What one measure of the test means: a window over a time column, and maybe a filter.
struct Asked {
  Aggregate aggregate;
  bool by_close = false;  // time column closed_at
  bool only_won = false;
  bool open_at = false;  // the span [opened, closed) contains `from`
  int64_t from = 0, to = 0;
};

bool Counts(const Asked& asked, const Opportunity& fact) {
  if (asked.only_won && fact.outcome != "won") return false;
  if (asked.open_at)
    return fact.opened <= asked.from && (!fact.closed || *fact.closed > asked.from);
  const std::optional<int64_t> day = asked.by_close ? fact.closed : std::optional(fact.opened);
  return day && *day >= asked.from && *day < asked.to;
}

ResolvedMeasure ToMeasure(const Asked& asked) {
  const bool distinct = asked.aggregate == Aggregate::kCountDistinct;
  ResolvedMeasure measure =
      MeasureOf("opportunity", asked.aggregate,
                asked.aggregate == Aggregate::kCount ? ""
                : distinct                           ? "product"
                                                     : "amount",
                asked.only_won ? "outcome = 'won'" : "", Instant(asked.from), Instant(asked.to));
  if (asked.by_close) measure.time_column = "closed_at";
  if (asked.open_at) {
    measure.window = WindowKind::kAt;
    measure.end_column = "closed_at";
  }
  return measure;
}

struct Cell {
  std::vector<double> values;  // one number, or a list
  int64_t fact_count = 0;
  bool operator==(const Cell&) const = default;
};

Cell Compute(const Asked& asked, std::vector<const Opportunity*> facts) {
  std::sort(facts.begin(), facts.end(), [&](const Opportunity* a, const Opportunity* b) {
    return std::pair(asked.by_close ? *a->closed : a->opened, a->id) <
           std::pair(asked.by_close ? *b->closed : b->opened, b->id);
  });
  Cell cell{.fact_count = static_cast<int64_t>(facts.size())};
  std::set<std::string> products;
  std::vector<double> amounts;
  int64_t cents = 0;
  for (const Opportunity* fact : facts) {
    if (fact->product) products.insert(*fact->product);
    if (fact->amount) amounts.push_back(*fact->amount);
    if (fact->amount) cents += std::llround(*fact->amount * 100);
  }
  switch (asked.aggregate) {
    case Aggregate::kCount:
      cell.values = {static_cast<double>(facts.size())};
      break;
    case Aggregate::kCountDistinct:
      cell.values = {static_cast<double>(products.size())};
      break;
    case Aggregate::kSum:
      cell.values = {static_cast<double>(cents) / 100};
      break;
    case Aggregate::kList:
      cell.values = amounts;
      break;
    case Aggregate::kMin:
      if (!amounts.empty()) cell.values = {*std::min_element(amounts.begin(), amounts.end())};
      break;
    case Aggregate::kMax:
      if (!amounts.empty()) cell.values = {*std::max_element(amounts.begin(), amounts.end())};
      break;
    case Aggregate::kFirst:
      if (!amounts.empty()) cell.values = {amounts.front()};
      break;
    case Aggregate::kLast:
      if (!amounts.empty()) cell.values = {amounts.back()};
      break;
  }
  return cell;
}

using Key = std::pair<std::string, std::string>;  // subject, account

std::map<Key, std::vector<Cell>> Expected(const World& world, const std::vector<Asked>& asked,
                                          const Scope& scope) {
  std::map<Key, std::vector<std::vector<const Opportunity*>>> groups;
  for (const auto& [id, fact] : world.opportunities) {
    const auto subject = SubjectOf(world, fact, scope.kind);
    if (!subject || (scope.by_account && !fact.account)) continue;
    if (!scope.subject_ids.empty() && scope.kind != SubjectKind::kOrganization &&
        std::count(scope.subject_ids.begin(), scope.subject_ids.end(), *subject) == 0) {
      continue;
    }
    for (size_t i = 0; i < asked.size(); ++i) {
      if (!Counts(asked[i], fact)) continue;
      auto& group = groups[{*subject, scope.by_account ? *fact.account : ""}];
      group.resize(asked.size());
      group[i].push_back(&fact);
    }
  }
  std::map<Key, std::vector<Cell>> expected;
  for (const auto& [key, facts] : groups) {
    for (size_t i = 0; i < asked.size(); ++i) {
      expected[key].push_back(Compute(asked[i], facts[i]));
    }
  }
  return expected;
}

std::map<Key, std::vector<Cell>> Actual(const MeasureTable& table, const std::vector<Asked>& asked,
                                        const Scope& scope) {
  std::map<Key, std::vector<Cell>> actual;
  for (size_t row = 0; row < table.subject_ids.size(); ++row) {
    for (size_t i = 0; i < asked.size(); ++i) {
      const MeasureColumn& column = table.columns[i];
      Cell cell{.fact_count = column.fact_count[row]};
      if (asked[i].aggregate == Aggregate::kList) {
        cell.values = column.lists[row];
      } else if (column.valid[row] != 0) {
        cell.values = {column.numbers[row]};
      }
      // Sums of cents: the nearest double to the exact sum of the inexact cents is not always the
      // double nearest to the sum.
      if (asked[i].aggregate == Aggregate::kSum) {
        cell.values[0] = static_cast<double>(std::llround(cell.values[0] * 100)) / 100;
      }
      actual[{table.subject_ids[row], scope.by_account ? table.account_ids[row] : ""}].push_back(
          cell);
    }
  }
  return actual;
}

class OracleTest : public StoreTest, public ::testing::WithParamInterface<int> {
 protected:
  template <typename T>
  void Change(const char* dataset, const std::vector<T>& made, Rows<T>& rows) {
    std::map<std::string, T> by_id;
    for (const T& fact : made) by_id[fact.id] = fact;
    std::vector<Fields> fields;
    for (const auto& [id, fact] : by_id) {
      rows[id] = fact;
      fields.push_back(FieldsOf(fact));
    }
    Append(dataset, fields);
  }
  template <typename T>
  void Remove(const char* dataset, const std::string& id, Rows<T>& rows) {
    rows.erase(id);
    Append(Deletion(dataset, {id}));
  }
};

INSTANTIATE_TEST_SUITE_P(Seeds, OracleTest, ::testing::Range(1, 7));

TEST_P(OracleTest, EveryAggregateAgreesAtEveryWatermark) {
  Generator generator(GetParam());
  World world;
  std::map<int64_t, World> known;  // by watermark
  for (int step = 0; step < 12; ++step) {
    std::vector<Opportunity> opportunities;
    for (int i = 0; i < 30; ++i) opportunities.push_back(generator.MakeOpportunity());
    Change("opportunity", opportunities, world.opportunities);
    known[*store_->Watermark()] = world;
    std::vector<Ownership> ownerships;
    for (int i = 0; i < 3; ++i) ownerships.push_back(generator.MakeOwnership());
    Change("ownership", ownerships, world.ownerships);
    known[*store_->Watermark()] = world;
    Change<Role>("manager", {generator.MakeRole()}, world.roles);
    known[*store_->Watermark()] = world;
    Remove("opportunity", generator.Name("o", 150), world.opportunities);
    Remove("ownership", generator.Name("w", 20), world.ownerships);
    known[*store_->Watermark()] = world;
  }

  const std::vector<Aggregate> aggregates = {
      Aggregate::kCount, Aggregate::kSum,  Aggregate::kMin,           Aggregate::kMax,
      Aggregate::kFirst, Aggregate::kLast, Aggregate::kCountDistinct, Aggregate::kList};
  const std::vector<Scope> scopes = {
      kEverything,        {.kind = SubjectKind::kOrganization, .by_account = true},
      Managers(),         Managers({}, true),
      Managers({"mgr1"}), Managers({"mgr0", "mgr3"}, true),
      Accounts(),         {.kind = SubjectKind::kAccount, .by_account = true},
      Accounts({"acc2"}), Teams(),
      Teams({"team1"}),   {.kind = SubjectKind::kTeam, .by_account = true}};
  size_t cells = 0;
  for (const Scope& scope : scopes) {
    for (const int64_t newest : {*store_->Watermark(), generator.Below(*store_->Watermark()) + 1}) {
      const auto at = std::prev(known.upper_bound(newest));
      std::vector<Asked> asked;
      for (const Aggregate aggregate : aggregates) {
        const int64_t from = generator.Below(100);
        asked.push_back({.aggregate = aggregate,
                         .by_close = generator.Chance(40),
                         .only_won = generator.Chance(40),
                         .from = from,
                         .to = from + generator.Below(60)});
        asked.push_back({.aggregate = aggregate, .open_at = true, .from = from, .to = from});
      }
      std::vector<ResolvedMeasure> measures;
      for (const Asked& one : asked) measures.push_back(ToMeasure(one));
      const auto expected = Expected(at->second, asked, scope);
      const auto actual = Actual(Table(measures, scope, at->first), asked, scope);
      ASSERT_EQ(expected.size(), actual.size());
      for (const auto& [key, row] : expected) {
        ASSERT_TRUE(actual.contains(key)) << key.first << '/' << key.second;
        for (size_t i = 0; i < asked.size(); ++i) {
          const Cell& cell = actual.at(key)[i];
          EXPECT_EQ(cell.values, row[i].values)
              << key.first << '/' << key.second << " measure " << i << " at " << at->first;
          EXPECT_EQ(cell.fact_count, row[i].fact_count);
          ++cells;
        }
      }
    }
  }
  EXPECT_GT(cells, 500U);  // the comparison was not empty
}

}  // namespace
}  // namespace keyscore::store
