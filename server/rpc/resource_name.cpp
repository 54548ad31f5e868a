// Taking names apart and putting them together.
#include "rpc/resource_name.h"

#include <fmt/format.h>

#include <algorithm>

#include "facts/schema.h"
#include "facts/utf8.h"
#include "rpc/fault.h"

namespace keyscore::rpc {
namespace {

constexpr char kReason[] = "INVALID_RESOURCE_NAME";
constexpr std::string_view kScorecards = "/scorecards/";
constexpr size_t kShownBytes = 80;

std::string Shown(std::string_view name) {
  return std::string(name.substr(0, kShownBytes)) + (name.size() > kShownBytes ? "…" : "");
}

// What is wrong with an id; empty = nothing.
std::string IdFault(std::string_view id) {
  if (id.empty()) return "the id is empty";
  if (id.size() > facts::kMaxIdBytes) {
    return fmt::format("the id has {} bytes, at most {} are allowed", id.size(),
                       facts::kMaxIdBytes);
  }
  if (!facts::IsStorableUtf8(id)) return "the id is no valid UTF-8";
  if (id == "-") return "'-' is no id";
  const bool odd = std::any_of(id.begin(), id.end(), [](char c) {
    return c == '/' || c == '%' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  return odd ? "the id must not hold '/', '%' or control characters" : "";
}

}  // namespace

absl::StatusOr<std::string> ParseName(const std::string& field, const std::string& collection,
                                      const std::string& name) {
  const std::string form = collection + "/{id}";
  if (name.empty()) return InvalidField(field, fmt::format("is empty; give {}", form), kReason);
  if (!facts::IsStorableUtf8(name)) return InvalidField(field, "is no valid UTF-8", kReason);
  if (!name.starts_with(collection + "/")) {
    return InvalidField(field, fmt::format("'{}' is not of the form {}", Shown(name), form),
                        kReason);
  }
  std::string id = name.substr(collection.size() + 1);
  if (const std::string fault = IdFault(id); !fault.empty()) {
    return InvalidField(
        field, fmt::format("'{}' is not of the form {}: {}", Shown(name), form, fault), kReason);
  }
  return id;
}

std::string MakeName(std::string_view collection, std::string_view id) {
  return fmt::format("{}/{}", collection, id);
}

std::string MakeOptionalName(std::string_view collection, std::string_view id) {
  return id.empty() ? "" : MakeName(collection, id);
}

std::string_view CollectionOf(store::SubjectKind kind) {
  switch (kind) {
    case store::SubjectKind::kManager:
      return "managers";
    case store::SubjectKind::kAccount:
      return "accounts";
    case store::SubjectKind::kTeam:
      return "teams";
    case store::SubjectKind::kOrganization:
      break;
  }
  return "organization";
}

absl::StatusOr<SubjectName> ParseSubject(const std::string& field, const std::string& name) {
  using store::SubjectKind;
  if (name == "organization") return SubjectName{};
  for (const SubjectKind kind :
       {SubjectKind::kManager, SubjectKind::kAccount, SubjectKind::kTeam}) {
    const std::string collection(CollectionOf(kind));
    if (!name.starts_with(collection + "/")) continue;
    absl::StatusOr<std::string> id = ParseName(field, collection, name);
    if (!id.ok()) return id.status();
    return SubjectName{kind, *std::move(id)};
  }
  const std::string shown = facts::IsStorableUtf8(name) ? Shown(name) : "(no valid UTF-8)";
  return InvalidField(field,
                      fmt::format("'{}' is no subject; give managers/{{id}}, accounts/{{id}}, "
                                  "teams/{{id}} or organization",
                                  shown),
                      kReason);
}

std::string MakeSubject(const SubjectName& subject) {
  return subject.kind == store::SubjectKind::kOrganization
             ? "organization"
             : MakeName(CollectionOf(subject.kind), subject.id);
}

absl::StatusOr<ScorecardName> ParseScorecardName(const std::string& field,
                                                 const std::string& name) {
  const size_t at = name.find(kScorecards);
  if (at == name.npos || at + kScorecards.size() == name.size()) {
    const std::string shown = facts::IsStorableUtf8(name) ? Shown(name) : "(no valid UTF-8)";
    return InvalidField(
        field,
        fmt::format("'{}' is not of the form {{subject}}/scorecards/{{period}}, such "
                    "as managers/anna-snelling/scorecards/2017-Q3",
                    shown),
        kReason);
  }
  absl::StatusOr<SubjectName> subject = ParseSubject(field, name.substr(0, at));
  if (!subject.ok()) return subject.status();
  return ScorecardName{*std::move(subject), name.substr(at + kScorecards.size())};
}

std::string MakeScorecardName(const SubjectName& subject, std::string_view period) {
  return fmt::format("{}{}{}", MakeSubject(subject), kScorecards, period);
}

absl::StatusOr<store::SubjectKind> ParseSubjectCollection(const std::string& field,
                                                          const std::string& parent) {
  using store::SubjectKind;
  for (const SubjectKind kind :
       {SubjectKind::kManager, SubjectKind::kAccount, SubjectKind::kTeam}) {
    if (parent == MakeName(CollectionOf(kind), "-")) return kind;
  }
  const std::string shown = facts::IsStorableUtf8(parent) ? Shown(parent) : "(no valid UTF-8)";
  return InvalidField(
      field, fmt::format("'{}' is not one of managers/-, accounts/- and teams/-", shown), kReason);
}

}  // namespace keyscore::rpc
