// Puts base rows, attribution, subjects and references together.
#include "store/source_query.h"

#include <fmt/format.h>

#include <vector>

#include "absl/strings/str_join.h"
#include "store/owner_books.h"
#include "store/sql_builder.h"

namespace keyscore::store {
namespace {

constexpr char kTrue[] = "TRUE";
constexpr char kBase[] = "\"@base\"";  // the base rows, where they are few

// Which parts a request takes.
struct Shape {
  bool is_book = false;
  bool has_owner = false;    // @owner is computed
  bool looks_up = false;     // … also by who owned the account
  bool teams = false;        // managers are mapped to teams
  std::string subject_list;  // ('a', 'b'); "" = all
};

absl::StatusOr<Shape> ShapeOf(const AsOf& as_of, const SourceRequest& request,
                              const DatasetState& state) {
  Shape shape;
  shape.is_book = request.dataset == "book" && state.schema.kind == facts::DatasetKind::kDerived;
  const SubjectKind kind =
      request.scope.has_value() ? request.scope->kind : SubjectKind::kOrganization;
  const bool own_team = kind == SubjectKind::kTeam && request.dataset == "team";
  shape.has_owner = request.with_owner || kind == SubjectKind::kManager ||
                    (kind == SubjectKind::kTeam && !own_team);
  shape.teams = kind == SubjectKind::kTeam && !own_team;
  shape.looks_up = shape.has_owner && !shape.is_book && state.unattributed_count > 0 &&
                   as_of.catalog.Find("ownership") != nullptr;
  if (request.scope.has_value() && kind != SubjectKind::kOrganization &&
      !request.scope->subject_ids.empty()) {
    absl::StatusOr<std::string> list = TextList(request.scope->subject_ids);
    if (!list.ok()) return list.status();
    shape.subject_list = *std::move(list);
  }
  return shape;
}

// What of the subject can be decided on the base row, before any join.
std::string BasePredicate(const SourceRequest& request, const Shape& shape) {
  std::vector<std::string> parts;
  if (!request.predicate.empty()) parts.push_back(fmt::format("({})", request.predicate));
  if (request.scope.has_value()) {
    const Scope& scope = *request.scope;
    const bool needs_account = scope.by_account || scope.kind == SubjectKind::kAccount;
    if (needs_account) parts.push_back("account_id IS NOT NULL");
    if (!shape.subject_list.empty() && scope.kind == SubjectKind::kAccount) {
      parts.push_back("account_id IN " + shape.subject_list);
    }
    if (!shape.subject_list.empty() && scope.kind == SubjectKind::kManager) {
      parts.push_back(fmt::format("(manager_id IN {}{})", shape.subject_list,
                                  shape.looks_up ? " OR manager_id IS NULL" : ""));
    }
  }
  return absl::StrJoin(parts, " AND ");
}

std::vector<std::string> BaseColumns(const SourceRequest& request, const Shape& shape) {
  absl::btree_set<std::string> columns = request.needs.own;
  if (request.scope.has_value()) columns.insert("account_id");
  if (shape.has_owner) columns.insert("manager_id");
  if (shape.looks_up) columns.insert({"account_id", "occurred_at"});
  if (request.scope.has_value() && request.scope->kind == SubjectKind::kTeam && !shape.teams) {
    columns.insert("team_id");
  }
  if (request.with_seq) columns.insert("_seq");
  if (request.with_version) columns.insert("_version");
  return {columns.begin(), columns.end()};
}

absl::StatusOr<std::string> BaseRows(const AsOf& as_of, const SourceRequest& request,
                                     const Shape& shape) {
  const std::string predicate = BasePredicate(request, shape);
  if (!shape.is_book) {
    return CurrentRowsSql(as_of, request.dataset, BaseColumns(request, shape), predicate,
                          request.versions);
  }
  const bool of_accounts =
      request.scope.has_value() && request.scope->kind == SubjectKind::kAccount;
  absl::StatusOr<std::string> book = BookSql(as_of, of_accounts);
  if (!book.ok()) return book.status();
  return fmt::format("SELECT * FROM ({}) WHERE {}", *book, predicate.empty() ? kTrue : predicate);
}

// Adds @owner. Moving an account moves its future, not its past: the owner is the one at
// occurred_at.
absl::StatusOr<std::string> WithOwner(const AsOf& as_of, std::string rows, const Shape& shape) {
  if (!shape.has_owner) return rows;
  if (!shape.looks_up) {
    return fmt::format("SELECT *, manager_id AS {} FROM ({})", kOwner, rows);
  }
  absl::StatusOr<int64_t> book = as_of.owners->BookAt(as_of.catalog, as_of.watermark);
  if (!book.ok()) return book.status();
  return fmt::format(
      "SELECT *, coalesce(manager_id, owner_at({}::BIGINT, account_id, occurred_at)) AS {} "
      "FROM ({})",
      *book, kOwner, rows);
}

absl::StatusOr<std::string> WithSubject(const AsOf& as_of, std::string rows,
                                        const SourceRequest& request, const Shape& shape) {
  if (!request.scope.has_value()) return rows;
  std::string subject;
  switch (request.scope->kind) {
    case SubjectKind::kOrganization:
      return fmt::format("SELECT *, '' AS {} FROM ({})", kSubject, rows);
    case SubjectKind::kAccount:
      return fmt::format("SELECT *, account_id AS {} FROM ({})", kSubject, rows);
    case SubjectKind::kManager:
      subject = kOwner;
      break;
    case SubjectKind::kTeam:
      subject = "team_id";
      break;
  }
  std::string condition = fmt::format("{} IS NOT NULL", subject);
  if (!shape.subject_list.empty()) condition = fmt::format("{} IN {}", subject, shape.subject_list);
  if (!shape.teams && request.with_unowned && shape.subject_list.empty()) {
    // A condition here would make the engine look the owner up twice.
    return fmt::format("SELECT *, {} AS {} FROM ({})", subject, kSubject, rows);
  }
  if (!shape.teams) {
    return fmt::format("SELECT *, {} AS {} FROM ({}) WHERE {}", subject, kSubject, rows, condition);
  }
  absl::StatusOr<std::string> managers =
      LatestByKeySql(as_of, "manager", "manager_id", {"team_id"});
  if (!managers.ok()) return managers.status();
  return fmt::format(
      "SELECT f.*, m.team_id AS {} FROM ({}) f JOIN (SELECT * FROM ({}) WHERE {}) m "
      "ON m.manager_id = f.{}",
      kSubject, rows, *managers, condition, kOwner);
}

// Which keys of a reference's dataset are wanted; "" = all.
absl::StatusOr<std::string> KeyCondition(const SourceRequest& request, const std::string& alias,
                                         const std::string& key, const std::string& column) {
  const auto keys = request.keys.find(alias);
  if (keys == request.keys.end()) {
    return request.few
               ? fmt::format("{} IN (SELECT {} FROM {})", QuoteName(key), QuoteName(column), kBase)
               : "";
  }
  if (keys->second.empty()) return "FALSE";
  absl::StatusOr<std::string> list = TextList(keys->second);
  if (!list.ok()) return list.status();
  return fmt::format("{} IN {}", QuoteName(key), *list);
}

absl::StatusOr<std::string> WithReferences(const AsOf& as_of, std::string rows,
                                           const SourceRequest& request,
                                           const DatasetState& state) {
  int number = 0;
  for (const auto& [alias, names] : request.needs.referred) {
    const facts::ColumnSchema* reference = FindReference(state.schema, alias);
    const DatasetState* referred =
        reference == nullptr ? nullptr : as_of.catalog.Find(reference->references);
    if (referred == nullptr) {
      return absl::FailedPreconditionError(fmt::format("'{}' refers to no dataset", alias));
    }
    const std::string& key = referred->schema.key_column;
    absl::StatusOr<std::string> keys = KeyCondition(request, alias, key, reference->name);
    if (!keys.ok()) return keys.status();
    absl::StatusOr<std::string> latest =
        LatestByKeySql(as_of, referred->schema.id, key,
                       std::vector<std::string>(names.begin(), names.end()), *keys);
    if (!latest.ok()) return latest.status();
    const std::string fields = absl::StrJoin(names, ", ", [](std::string* out, const auto& name) {
      out->append(fmt::format("{0} := {0}", QuoteName(name)));
    });
    rows = fmt::format(
        "SELECT f.*, r.refers AS {} FROM ({}) f LEFT JOIN (SELECT {} AS \"@key{}\", "
        "struct_pack({}) AS refers FROM ({})) r ON r.\"@key{}\" = f.{}",
        QuoteName(alias), rows, QuoteName(key), number, fields, *latest, number,
        QuoteName(reference->name));
    ++number;
  }
  return rows;
}

}  // namespace

absl::StatusOr<std::string> SourceSql(const AsOf& as_of, const SourceRequest& request) {
  const DatasetState* state = as_of.catalog.Find(request.dataset);
  if (state == nullptr) {
    return absl::NotFoundError(fmt::format("there is no dataset '{}'", request.dataset));
  }
  absl::StatusOr<Shape> shape = ShapeOf(as_of, request, *state);
  if (!shape.ok()) return shape.status();
  absl::StatusOr<std::string> base = BaseRows(as_of, request, *shape);
  if (!base.ok()) return base.status();
  const bool named = request.few && !request.needs.referred.empty() && request.keys.empty();
  absl::StatusOr<std::string> rows = named ? fmt::format("SELECT * FROM {}", kBase) : *base;
  if (rows.ok()) rows = WithOwner(as_of, *std::move(rows), *shape);
  if (rows.ok()) rows = WithSubject(as_of, *std::move(rows), request, *shape);
  if (rows.ok()) rows = WithReferences(as_of, *std::move(rows), request, *state);
  if (rows.ok() && named) {
    rows = fmt::format("WITH {} AS MATERIALIZED ({}) {}", kBase, *base, *rows);
  }
  return rows;
}

std::string WindowPredicate(const ResolvedMeasure& measure) {
  const std::string time = QuoteName(measure.time_column);
  if (measure.window == WindowKind::kAt) {
    const std::string end = QuoteName(measure.end_column);
    const std::string at = InstantLiteral(measure.from);
    return fmt::format("({} <= {} AND ({} IS NULL OR {} > {}))", time, at, end, end, at);
  }
  std::string predicate = fmt::format("{} IS NOT NULL", time);
  if (measure.from != absl::InfinitePast()) {
    predicate = fmt::format("{} >= {}", time, InstantLiteral(measure.from));
  }
  if (measure.to != absl::InfiniteFuture()) {
    predicate += fmt::format(" AND {} < {}", time, InstantLiteral(measure.to));
  }
  return fmt::format("({})", predicate);
}

}  // namespace keyscore::store
