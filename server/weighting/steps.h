// What the ledger's changes have in common: the errors, and the documents and audit entries that
// they write. Used by the ledger's own sources alone.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "weighting/book.h"
#include "weighting/ledger.h"

namespace keyscore::weighting {

// Whom nobody has named.
inline constexpr char kAnonymous[] = "anonymous";

inline std::string ProfileName(absl::string_view id) { return absl::StrCat("weightProfiles/", id); }
inline std::string TargetName(absl::string_view id) { return absl::StrCat("targetSeries/", id); }
inline std::string OverrideName(absl::string_view id) {
  return absl::StrCat("scoreOverrides/", id);
}

absl::Status NotFound(const std::string& resource);
absl::Status AlreadyExists(const std::string& resource);

// ABORTED where an etag is given and is not that of the revision.
absl::Status CheckEtag(const Change& change, const std::string& resource, int64_t revision);

// Whether somebody may approve what `authors` wrote. Without four eyes anybody may.
absl::Status CheckApprover(const LedgerOptions& options, const std::string& approver,
                           const std::vector<std::string>& authors, const std::string& resource);

// With somebody added; sorted, each once.
std::vector<std::string> WithAuthor(std::vector<std::string> authors, const std::string& author);

// What is written for a revision.
store::ConfigWrite Written(const WeightProfile& profile);
store::ConfigWrite Written(const TargetSeries& series);
store::ConfigWrite Written(const ScoreOverride& exception, const std::string& author);
// The profile's revisions, and before the first change of the default the built-in one.
std::vector<store::ConfigWrite> WrittenAfter(const Book& book,
                                             const std::vector<WeightProfile>& profiles);

// What the audit log says of a revision beside its digest.
std::map<std::string, std::string> DetailsOf(const WeightProfile& profile);
std::map<std::string, std::string> DetailsOf(const TargetSeries& series);
std::map<std::string, std::string> DetailsOf(const ScoreOverride& exception);

// What is wrong with a profile that would be published: by itself, by the KPIs there are, and by
// the others that count.
Faults CheckForPublishing(const Book& book, const WeightProfile& profile,
                          const kpis::RegistrySnapshot& registry);
// FAILED_PRECONDITION (PROFILE_NEEDED) where, with the revision in the book, some day from `from`
// on would have no profile for everyone.
absl::Status CheckEveryoneServed(const Book& book, const WeightProfile& profile,
                                 absl::CivilDay from);
// Versions of all profiles, with these revisions in the book.
std::vector<Version> VersionsWith(const Book& book, const std::vector<WeightProfile>& profiles);

}  // namespace keyscore::weighting
