// Resource names after AIP-122: managers/{id}, kpis/{id}, {subject}/scorecards/{period} and so on.
//
// An id has 1 to 256 bytes of UTF-8 without '/', '%' and control characters; "-" alone is the
// wildcard of collections and no id.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "store/store.h"

namespace keyscore::rpc {

// The id of "{collection}/{id}". INVALID_ARGUMENT names `field` of the request and the expected
// form.
absl::StatusOr<std::string> ParseName(const std::string& field, const std::string& collection,
                                      const std::string& name);
std::string MakeName(std::string_view collection, std::string_view id);
// MakeName, or "" for an empty id.
std::string MakeOptionalName(std::string_view collection, std::string_view id);

struct SubjectName {
  store::SubjectKind kind = store::SubjectKind::kOrganization;
  std::string id;  // "" for the organisation

  bool operator==(const SubjectName&) const = default;
};

// managers/{id}, accounts/{id}, teams/{id} or organization.
absl::StatusOr<SubjectName> ParseSubject(const std::string& field, const std::string& name);
std::string MakeSubject(const SubjectName& subject);
// "managers", "accounts", "teams", "organization".
std::string_view CollectionOf(store::SubjectKind kind);

struct ScorecardName {
  SubjectName subject;
  std::string period;  // not yet parsed
};

// {subject}/scorecards/{period}
absl::StatusOr<ScorecardName> ParseScorecardName(const std::string& field, const std::string& name);
std::string MakeScorecardName(const SubjectName& subject, std::string_view period);

// The kind of "managers/-", "accounts/-" or "teams/-".
absl::StatusOr<store::SubjectKind> ParseSubjectCollection(const std::string& field,
                                                          const std::string& parent);

}  // namespace keyscore::rpc
