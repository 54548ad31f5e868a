// Random facts and their comparison.
#include "memory_world.h"

#include <fmt/format.h>

#include <bit>
#include <map>

namespace keyscore::measures {
namespace {

using store::Aggregate;
using store::Fields;
using store::Value;

MeasureSpec Spec(const char* dataset, Aggregate aggregate, const char* value = "",
                 const char* filter = "", const char* time_column = "occurred_at") {
  MeasureSpec spec;
  spec.dataset = dataset;
  spec.aggregate = aggregate;
  spec.value = value;
  spec.filter = filter;
  spec.time_column = time_column;
  return spec;
}

MeasureSpec SpanSpec(const char* dataset, Aggregate aggregate, const char* value,
                     const char* filter, const char* end_column) {
  MeasureSpec spec = Spec(dataset, aggregate, value, filter);
  spec.end_column = end_column;
  spec.window = Window::kAtEnd;
  return spec;
}

// The cells of a table by subject and account.
using Rows = std::map<std::pair<std::string, std::string>, size_t>;
Rows RowsOf(const store::MeasureTable& table) {
  Rows rows;
  for (size_t row = 0; row < table.subject_ids.size(); ++row) {
    rows[{table.subject_ids[row], table.account_ids.empty() ? "" : table.account_ids[row]}] = row;
  }
  return rows;
}

std::string CellText(const store::MeasureColumn& column, size_t row, Aggregate aggregate) {
  std::string text = fmt::format("{} facts", column.fact_count[row]);
  if (column.newest[row] != absl::InfinitePast()) {
    text += fmt::format(", newest {}", absl::ToUnixMicros(column.newest[row]));
  }
  if (aggregate == Aggregate::kList) {
    for (const double value : column.lists[row]) {
      text += fmt::format(" {:x}", std::bit_cast<uint64_t>(value));
    }
    return text;
  }
  if (column.valid[row] == 0) return text + ", no value";
  return text + fmt::format(", {} = {:x}", column.numbers[row],
                            std::bit_cast<uint64_t>(column.numbers[row]));
}

// What a subject without facts has; the same as no row.
std::string NothingText(Aggregate aggregate) {
  store::MeasureColumn column;
  column.fact_count = {0};
  column.newest = {absl::InfinitePast()};
  column.numbers = {0};
  column.lists = {{}};
  column.valid = {aggregate == Aggregate::kCount || aggregate == Aggregate::kCountDistinct ||
                  aggregate == Aggregate::kSum};
  return CellText(column, 0, aggregate);
}

}  // namespace

std::vector<MeasureSpec> EveryKindOfInput() {
  return {
      Spec("interaction", Aggregate::kCount),
      Spec("interaction", Aggregate::kCount, "minutes"),
      Spec("interaction", Aggregate::kSum, "minutes"),
      Spec("interaction", Aggregate::kSum, "coalesce(quality, 3) / 7", "direction = 'inbound'"),
      Spec("interaction", Aggregate::kCount, "", "contact.seniority in ('c_level', 'vp')"),
      Spec("interaction", Aggregate::kCountDistinct, "contact_id"),
      Spec("interaction", Aggregate::kCountDistinct, "contact_id", "contact.decision_maker"),
      Spec("interaction", Aggregate::kCountDistinct, "contact.department"),
      Spec("interaction", Aggregate::kLast, "unix_seconds(occurred_at)"),
      Spec("interaction", Aggregate::kFirst, "minutes"),
      Spec("interaction", Aggregate::kList, "quality", "check_in"),
      Spec("interaction", Aggregate::kMin, "minutes"),
      Spec("interaction", Aggregate::kMax, "minutes", "topic = 'price'"),
      Spec("invoice_line", Aggregate::kCount),
      Spec("invoice_line", Aggregate::kSum, "amount"),
      Spec("invoice_line", Aggregate::kSum, "amount", "sale_kind = 'upsell'"),
      Spec("invoice_line", Aggregate::kSum, "amount - cost"),
      Spec("invoice_line", Aggregate::kList, "amount", "amount >= 0"),
      Spec("invoice_line", Aggregate::kCountDistinct, "invoice_id"),
      Spec("opportunity", Aggregate::kCount, "", "outcome = 'won'", "closed_at"),
      Spec("opportunity", Aggregate::kSum, "days_between(occurred_at, closed_at)", "", "closed_at"),
      Spec("opportunity", Aggregate::kCount, "", "account.segment = 'large'"),
      SpanSpec("opportunity", Aggregate::kCount, "", "closed_at is not null or outcome = 'open'",
               "closed_at"),
      SpanSpec("opportunity", Aggregate::kSum, "amount", "", "closed_at"),
      SpanSpec("book", Aggregate::kCountDistinct, "account_id", "", "ended_at"),
      SpanSpec("book", Aggregate::kMin, "unix_seconds(started_at)", "", "ended_at"),
      Spec("book", Aggregate::kCount),
      SpanSpec("manager", Aggregate::kCountDistinct, "manager_id", "", "left_at"),
      Spec("contact", Aggregate::kCountDistinct, "contact_id"),
      Spec("learning", Aggregate::kSum, "hours", "kind = 'coaching'"),
      // The engine's: they name the period, or look where changes can't be followed.
      Spec("opportunity", Aggregate::kCount, "", "closed_at < period_to"),
      Spec("book", Aggregate::kSum,
           "days_between(occurred_at, least(coalesce(ended_at, period_to), period_to))"),
      Spec("invoice_line", Aggregate::kSum, "amount", "occurred_at < period_from"),
  };
}

absl::Time RandomLog::Instant() {
  const absl::Time day = store::At("2024-01-01") + absl::Hours(24) * Below(366);
  // Some on the stroke of midnight, some at the same instants as others, some in between seconds.
  if (Chance(30)) return day;
  return day + absl::Hours(Below(24)) +
         (Chance(10) ? absl::Microseconds(Below(1'000'000)) : absl::ZeroDuration());
}

Fields RandomLog::Fact(const std::string& dataset) {
  const auto maybe = [this](int percent, Value value) { return Chance(percent) ? value : Value(); };
  const absl::Time when = Instant();
  Fields fact = {{"fact_id", Name(dataset.substr(0, 3).c_str(), dataset == "contact" ? 30 : 400)},
                 {"occurred_at", when}};
  if (dataset == "account") {
    fact["fact_id"] = Name("life", 16);
    fact["account_id"] = Name("acc", 12);
    fact["segment"] = maybe(80, std::string(Chance(50) ? "large" : "small"));
    fact["churned_at"] = maybe(25, when + absl::Hours(24) * Below(200));
  } else if (dataset == "ownership") {
    fact["fact_id"] = Name("own", 30);
    fact["account_id"] = Name("acc", 12);
    fact["manager_id"] = Name("mgr", 6);
    fact["until"] = maybe(40, when + absl::Hours(24) * Below(200));
  } else if (dataset == "manager") {
    fact["fact_id"] = Name("role", 14);
    fact["manager_id"] = Name("mgr", 6);
    fact["team_id"] = maybe(85, Name("team", 3));
    fact["left_at"] = maybe(15, when + absl::Hours(24) * Below(200));
  } else if (dataset == "contact") {
    fact["account_id"] = Name("acc", 12);
    fact["contact_id"] = Name("who", 20);
    fact["seniority"] = std::string(Chance(40) ? "vp" : "staff");
    fact["decision_maker"] = Chance(30);
    fact["department"] = maybe(70, Name("department ", 4));
  } else if (dataset == "learning") {
    fact["manager_id"] = Name("mgr", 6);
    fact["kind"] = std::string(Chance(60) ? "coaching" : "training");
    fact["hours"] = maybe(80, static_cast<double>(Below(40)) / 8);
  } else {
    fact["account_id"] = maybe(92, Name("acc", 12));
    const bool orphan = std::holds_alternative<std::monostate>(fact["account_id"]);
    fact["manager_id"] = maybe(orphan ? 100 : 30, Name("mgr", 6));
  }
  if (dataset == "interaction") {
    fact["contact_id"] = maybe(80, Name("who", 20));
    fact["direction"] = std::string(Chance(50) ? "inbound" : "outbound");
    fact["minutes"] = maybe(70, static_cast<double>(Below(200)));
    fact["quality"] = maybe(70, static_cast<double>(1 + Below(5)));
    fact["topic"] = maybe(60, std::string(Chance(50) ? "price" : "service"));
    fact["check_in"] = Chance(40);
  } else if (dataset == "invoice_line") {
    fact["invoice_id"] = Name("inv", 60);
    // Cents, whole units, and figures that no fixed number of bits holds.
    const double cents = static_cast<double>(Below(2'000'000)) / 100 - 500;
    fact["amount"] = Chance(4) ? cents * 1e25 : Chance(4) ? cents * 1e-9 : cents;
    fact["cost"] = maybe(60, static_cast<double>(Below(5'000)));
    fact["sale_kind"] = std::string(Chance(20) ? "upsell" : "base");
  } else if (dataset == "opportunity") {
    fact["closed_at"] = maybe(60, when + absl::Hours(24) * Below(120));
    fact["outcome"] = std::string(Chance(40) ? "won" : Chance(50) ? "lost" : "open");
    fact["amount"] = maybe(80, static_cast<double>(Below(1'000'000)) / 10);
  }
  return fact;
}

std::vector<std::string> RandomLog::SomeIds(const std::string& dataset) {
  std::set<std::string> ids;
  const std::string prefix = dataset == "account"     ? "life"
                             : dataset == "ownership" ? "own"
                             : dataset == "manager"   ? "role"
                                                      : dataset.substr(0, 3);
  for (int64_t i = 0; i <= Below(8); ++i) {
    ids.insert(prefix +
               std::to_string(Below(prefix.size() == 3 && dataset != "ownership" ? 400 : 20)));
  }
  return {ids.begin(), ids.end()};
}

void RandomLog::Step(store::Store& store) {
  static const std::vector<std::string> kFacts = {"interaction", "invoice_line", "opportunity",
                                                  "learning"};
  static const std::vector<std::string> kDirectory = {"account", "ownership", "manager", "contact"};
  const auto& kinds = Chance(75) ? kFacts : kDirectory;
  const std::string& dataset =
      kinds[static_cast<size_t>(Below(static_cast<int64_t>(kinds.size())))];
  facts::ColumnBatch batch;
  if (Chance(15)) {
    batch = store::Deletion(dataset, SomeIds(dataset));
  } else {
    std::map<std::string, Fields> rows;  // a fact_id once a batch
    const int64_t count = kinds == kFacts ? 1 + Below(60) : 1 + Below(4);
    for (int64_t i = 0; i < count; ++i) {
      Fields fact = Fact(dataset);
      rows[std::get<std::string>(fact["fact_id"])] = fact;
    }
    std::vector<Fields> facts;
    for (auto& [id, fact] : rows) facts.push_back(std::move(fact));
    batch = store::Batch(dataset, facts);
  }
  const auto appended = store.Append(batch);
  ASSERT_TRUE(appended.ok()) << appended.status();
}

Period RandomLog::RandomPeriod() {
  const absl::CivilDay first(2023, 11, 1);
  const absl::CivilDay from = first + Below(400);
  const absl::CivilDay to = from + 1 + Below(Chance(50) ? 31 : 366);
  const Calendar calendar;
  return {.expression = "random",
          .from_day = from,
          .to_day = to,
          .from = calendar.StartOf(from),
          .to = calendar.StartOf(to)};
}

store::Scope RandomLog::RandomScope() {
  store::Scope scope;
  const auto some = [this](const char* kind, int64_t count) {
    std::vector<std::string> ids;
    for (int64_t i = 0; i < count; ++i) {
      if (Chance(60)) ids.push_back(kind + std::to_string(i));
    }
    ids.push_back(std::string(kind) + "-unknown");
    return ids;
  };
  switch (Below(6)) {
    case 0:
      scope.kind = store::SubjectKind::kManager;
      scope.subject_ids = some("mgr", 6);
      break;
    case 1:
      scope.kind = store::SubjectKind::kManager;
      scope.subject_ids = some("mgr", 6);
      scope.by_account = true;
      break;
    case 2:
      scope.kind = store::SubjectKind::kAccount;
      if (Chance(80)) scope.subject_ids = some("acc", 12);
      break;
    case 3:
      scope.kind = store::SubjectKind::kTeam;
      scope.subject_ids = some("team", 3);
      scope.by_account = Chance(50);
      break;
    case 4:
      scope.by_account = true;
      break;
    default:
      break;
  }
  return scope;
}

std::string Difference(const std::vector<store::ResolvedMeasure>& measures,
                       const store::MeasureTable& memory, const store::MeasureTable& engine) {
  const Rows ours = RowsOf(memory), theirs = RowsOf(engine);
  std::set<std::pair<std::string, std::string>> keys;
  for (const auto& [key, row] : ours) keys.insert(key);
  for (const auto& [key, row] : theirs) keys.insert(key);
  for (const auto& key : keys) {
    for (size_t i = 0; i < measures.size(); ++i) {
      const auto text = [&](const store::MeasureTable& table, const Rows& rows) {
        const auto row = rows.find(key);
        return row == rows.end() ? NothingText(measures[i].aggregate)
                                 : CellText(table.columns[i], row->second, measures[i].aggregate);
      };
      const std::string of_memory = text(memory, ours), of_engine = text(engine, theirs);
      if (of_memory != of_engine) {
        return fmt::format("{}/{}: {}({}) where {} of {} by {}: {} in memory, {} by the engine",
                           key.first, key.second, static_cast<int>(measures[i].aggregate),
                           measures[i].value, measures[i].filter, measures[i].dataset,
                           measures[i].time_column, of_memory, of_engine);
      }
    }
  }
  return "";
}

}  // namespace keyscore::measures
