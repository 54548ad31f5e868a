// Filters in one layer, values in the next, so that a value is computed only where its filter is
// true.
#include "store/event_sql.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "absl/strings/str_join.h"
#include "store/sql_builder.h"

namespace keyscore::store {
namespace {

using Form = EventStatement::Form;

Form FormOf(const BoundMeasure& bound) {
  if (bound.value == nullptr) return Form::kNone;
  if (bound.measure.aggregate == Aggregate::kCount) return Form::kPresence;
  return bound.measure.aggregate == Aggregate::kCountDistinct ? Form::kText : Form::kNumber;
}

// A value that is nothing but a column can't fail, so it needs no filter in front, and is the same
// for all filters. Only a number's conversion could.
bool IsPlainColumn(const BoundMeasure& bound, Form form) {
  const CheckedExpression& value = *bound.value;
  if (value.columns.size() != 1 || absl::StrJoin(value.columns[0], ".") != bound.measure.value) {
    return false;
  }
  return form != Form::kNumber || bound.plain_number;
}

std::string ValueSql(const BoundMeasure& bound, Form form) {
  switch (form) {
    case Form::kPresence:
      return fmt::format("({} IS NOT NULL)", bound.value->sql);
    case Form::kNumber:
      return fmt::format("CAST({} AS DOUBLE)", bound.value->sql);
    case Form::kText:
    case Form::kNone:
      break;
  }
  return bound.value->sql;
}

// Hands out a place for each distinct text.
class Columns {
 public:
  explicit Columns(std::string name) : name_(std::move(name)) {}

  size_t PlaceOf(const std::string& sql) {
    const auto [it, is_new] = places_.try_emplace(sql, texts_.size());
    if (is_new) texts_.push_back(sql);
    return it->second;
  }
  std::string NameOf(size_t place) const { return fmt::format("\"@{}{}\"", name_, place); }
  size_t size() const { return texts_.size(); }
  // ", text AS name" for each.
  std::string List() const {
    std::string list;
    for (size_t i = 0; i < texts_.size(); ++i) {
      list += fmt::format(", {} AS {}", texts_[i], NameOf(i));
    }
    return list;
  }

 private:
  const std::string name_;
  std::map<std::string, size_t> places_;
  std::vector<std::string> texts_;
};

// Which facts, as of which batch.
struct Moment {
  int64_t watermark;
  SourceRequest request;
};

absl::StatusOr<Moment> MomentOf(const EventScan& scan, bool is_book, const VersionRuns& removed) {
  Moment moment{scan.watermark, {.dataset = scan.dataset, .with_owner = true}};
  SourceRequest& request = moment.request;
  request.with_version = !is_book;
  std::vector<std::string> conditions = {
      fmt::format("{} IS NOT NULL", QuoteName(scan.time_column))};
  switch (scan.rows) {
    case EventScan::Rows::kAll:
      break;
    case EventScan::Rows::kAdded:
      request.versions.written_after = scan.after;
      break;
    case EventScan::Rows::kRemoved:
      // What a batch after `after` superseded was current right after `after`, if it was there.
      moment.watermark = scan.after;
      request.versions.with_superseded = true;
      request.versions.runs = removed;
      if (!removed.empty()) break;
      conditions.push_back(
          fmt::format("_version IN (SELECT version FROM {} WHERE by_seq > {} AND by_seq <= {})",
                      SupersededTable(scan.dataset), scan.after, scan.watermark));
      break;
    case EventScan::Rows::kOfAccounts: {
      absl::StatusOr<std::string> accounts = TextList(scan.account_ids);
      if (!accounts.ok()) return accounts.status();
      conditions.push_back(scan.account_ids.empty() ? "FALSE" : "account_id IN " + *accounts);
      break;
    }
  }
  request.few = scan.rows != EventScan::Rows::kAll && !is_book;
  request.predicate = absl::StrJoin(conditions, " AND ");
  if (is_book && scan.of_accounts) request.scope = Scope{.kind = SubjectKind::kAccount};
  request.needs.own = {"fact_id", "account_id", scan.time_column};
  if (!scan.end_column.empty()) request.needs.own.insert(scan.end_column);
  return moment;
}

}  // namespace

absl::StatusOr<EventStatement> EventSql(const EventScan& scan, const AsOf& as_of,
                                        const std::vector<BoundMeasure>& bound,
                                        const VersionRuns& removed, const ReferredKeys& keys) {
  const facts::DatasetSchema& schema = as_of.catalog.Find(scan.dataset)->schema;
  const bool is_book = schema.kind == facts::DatasetKind::kDerived;
  absl::StatusOr<Moment> moment = MomentOf(scan, is_book, removed);
  if (!moment.ok()) return moment.status();

  moment->request.keys = keys;

  EventStatement statement;
  const size_t first = scan.end_column.empty() ? 5 : 6;
  Columns filters("hit"), values("value");
  for (const BoundMeasure& one : bound) {
    moment->request.needs.Add(one.needs);
    if (one.filter != nullptr) filters.PlaceOf(one.filter->sql);
  }
  for (const BoundMeasure& one : bound) {
    EventStatement::Cells cells{.form = FormOf(one)};
    if (one.filter != nullptr) cells.filter = filters.PlaceOf(one.filter->sql);
    if (cells.form != Form::kNone) {
      std::string sql = ValueSql(one, cells.form);
      if (cells.filter.has_value() && !IsPlainColumn(one, cells.form)) {
        sql = fmt::format("CASE WHEN {} THEN {} END", filters.NameOf(*cells.filter), sql);
      }
      cells.value = first + filters.size() + values.PlaceOf(sql);
    }
    if (cells.filter.has_value()) *cells.filter += first;
    statement.cells.push_back(cells);
  }
  absl::StatusOr<std::string> source =
      SourceSql(AsOf{as_of.catalog, moment->watermark, as_of.owners}, moment->request);
  if (!source.ok()) return source.status();
  std::string names;
  for (size_t i = 0; i < filters.size(); ++i) names += ", " + filters.NameOf(i);
  statement.sql =
      fmt::format("SELECT {}, account_id, fact_id, {}, {}{}{}{} FROM (SELECT *{} FROM ({}))",
                  kOwner, is_book ? "0::BIGINT" : "_version", QuoteName(scan.time_column),
                  scan.end_column.empty() ? "" : ", " + QuoteName(scan.end_column), names,
                  values.List(), filters.List(), *source);
  return statement;
}

absl::StatusOr<ReferredKeysStatement> ReferredKeysSql(const EventScan& scan, const AsOf& as_of,
                                                      const std::vector<BoundMeasure>& bound,
                                                      const VersionRuns& removed) {
  const facts::DatasetSchema& schema = as_of.catalog.Find(scan.dataset)->schema;
  const bool is_book = schema.kind == facts::DatasetKind::kDerived;
  absl::StatusOr<Moment> moment = MomentOf(scan, is_book, removed);
  if (!moment.ok()) return moment.status();
  ReferredKeysStatement statement;
  NeededColumns needs;
  for (const BoundMeasure& one : bound) needs.Add(one.needs);
  if (!moment->request.few || needs.referred.empty()) return statement;
  SourceRequest request = moment->request;
  request.with_owner = false;
  std::vector<std::string> columns;
  for (const auto& [alias, names] : needs.referred) {
    const std::string& column = FindReference(schema, alias)->name;
    request.needs.own.insert(column);
    columns.push_back(QuoteName(column));
    statement.aliases.push_back(alias);
  }
  absl::StatusOr<std::string> source =
      SourceSql(AsOf{as_of.catalog, moment->watermark, as_of.owners}, request);
  if (!source.ok()) return source.status();
  statement.sql =
      fmt::format("SELECT DISTINCT {} FROM ({})", absl::StrJoin(columns, ", "), *source);
  return statement;
}

}  // namespace keyscore::store
