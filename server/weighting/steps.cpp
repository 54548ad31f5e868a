// Errors, documents and audit details of the ledger's changes.
#include "weighting/steps.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "weighting/checks.h"
#include "weighting/profile_proto.h"

namespace keyscore::weighting {
namespace {

std::string StateWord(ProfileState state) {
  switch (state) {
    case ProfileState::kDraft:
      return "draft";
    case ProfileState::kApproved:
      return "approved";
    case ProfileState::kPublished:
      return "published";
    case ProfileState::kDeleted:
      return "deleted";
  }
  return "";
}

std::string DayOrAlways(std::optional<absl::CivilDay> day) {
  return day ? InWords(*day) : "always";
}

}  // namespace

absl::Status NotFound(const std::string& resource) {
  return absl::NotFoundError(absl::StrCat(resource, " does not exist; list those that do"));
}

absl::Status AlreadyExists(const std::string& resource) {
  return absl::AlreadyExistsError(
      absl::StrCat(resource, " exists already; update it, or choose another id"));
}

absl::Status CheckEtag(const Change& change, const std::string& resource, int64_t revision) {
  if (change.etag.empty() || change.etag == EtagOf(revision)) return absl::OkStatus();
  return absl::AbortedError(absl::StrCat(resource, " is at etag ", EtagOf(revision), ", not ",
                                         absl::CHexEscape(change.etag.substr(0, kMaxIdLength)),
                                         ": somebody changed it; read it again"));
}

absl::Status CheckApprover(const LedgerOptions& options, const std::string& approver,
                           const std::vector<std::string>& authors, const std::string& resource) {
  if (!options.four_eyes) return absl::OkStatus();
  if (approver.empty() || approver == kAnonymous) {
    return absl::FailedPreconditionError(
        absl::StrCat("NAME_MISSING: weighting.four_eyes asks for two people, and who approves ",
                     resource, " gave no name; connect with a certificate, or name yourself"));
  }
  if (std::find(authors.begin(), authors.end(), approver) == authors.end()) {
    return absl::OkStatus();
  }
  return absl::PermissionDeniedError(
      absl::StrCat("OWN_CHANGE: ", approver, " has written part of ", resource,
                   "; weighting.four_eyes asks for somebody else to approve it"));
}

std::vector<std::string> WithAuthor(std::vector<std::string> authors, const std::string& author) {
  const auto at = std::lower_bound(authors.begin(), authors.end(), author);
  if (at == authors.end() || *at != author) authors.insert(at, author);
  return authors;
}

store::ConfigWrite Written(const WeightProfile& profile) {
  return {.kind = kProfileKind,
          .id = profile.id,
          .expected_revision = profile.revision - 1,
          .author = profile.author,
          .payload = ToPayload(profile),
          .deleted = profile.state == ProfileState::kDeleted};
}

store::ConfigWrite Written(const TargetSeries& series) {
  return {.kind = kTargetKind,
          .id = series.id,
          .expected_revision = series.revision - 1,
          .author = series.author,
          .payload = ToPayload(series),
          .deleted = series.state == TargetState::kDeleted};
}

store::ConfigWrite Written(const ScoreOverride& exception, const std::string& author) {
  return {.kind = kOverrideKind,
          .id = exception.id,
          .expected_revision = exception.revision - 1,
          .author = author,
          .payload = ToPayload(exception)};
}

std::vector<store::ConfigWrite> WrittenAfter(const Book& book,
                                             const std::vector<WeightProfile>& profiles) {
  std::vector<store::ConfigWrite> writes;
  bool with_default = false;
  for (const WeightProfile& profile : profiles) with_default |= profile.id == kDefaultProfileId;
  if (book.default_unwritten && with_default) writes.push_back(Written(DefaultProfile()));
  for (const WeightProfile& profile : profiles) writes.push_back(Written(profile));
  return writes;
}

std::map<std::string, std::string> DetailsOf(const WeightProfile& profile) {
  std::map<std::string, std::string> details = {
      {"revision", absl::StrCat(profile.revision)},
      {"state", StateWord(profile.state)},
      {"effective_date", DayOrAlways(profile.content.effective_date)}};
  if (!profile.draft_authors.empty()) {
    details["draft_authors"] = absl::StrJoin(profile.draft_authors, ", ");
  }
  if (!profile.approver.empty()) details["approver"] = profile.approver;
  return details;
}

std::map<std::string, std::string> DetailsOf(const TargetSeries& series) {
  std::map<std::string, std::string> details = {
      {"revision", absl::StrCat(series.revision)},
      {"state", series.state == TargetState::kPending  ? "pending"
                : series.state == TargetState::kActive ? "active"
                                                       : "deleted"},
      {"kpi", absl::StrCat("kpis/", series.content.kpi_id)}};
  if (!series.approver.empty()) details["approver"] = series.approver;
  return details;
}

std::map<std::string, std::string> DetailsOf(const ScoreOverride& exception) {
  std::map<std::string, std::string> details = {
      {"revision", absl::StrCat(exception.revision)},
      {"state", exception.state == OverrideState::kPending  ? "pending"
                : exception.state == OverrideState::kActive ? "active"
                                                            : "revoked"},
      {"subject", ToProto(exception).subject()},
      {"kpi", absl::StrCat("kpis/", exception.kpi_id)},
      {"score", exception.score ? absl::StrCat(*exception.score) : "exempt"},
      {"start_date", InWords(exception.start_date)}};
  if (exception.expire_date) details["expire_date"] = InWords(*exception.expire_date);
  if (exception.revoke_date) details["revoke_date"] = InWords(*exception.revoke_date);
  if (!exception.approver.empty()) details["approver"] = exception.approver;
  return details;
}

std::vector<Version> VersionsWith(const Book& book, const std::vector<WeightProfile>& profiles) {
  std::map<std::string, std::vector<WeightProfile>> changed;
  for (const WeightProfile& profile : profiles) {
    const auto known = book.profiles.find(profile.id);
    auto& history = changed[profile.id];
    if (history.empty() && known != book.profiles.end()) history = *known->second;
    history.push_back(profile);
  }
  std::vector<Version> versions;
  for (const Version& version : book.rules->versions) {
    if (!changed.contains(version.profile.id)) versions.push_back(version);
  }
  for (const auto& [id, history] : changed) {
    std::vector<Version> replayed = Replay(history, book.time_zone);
    std::move(replayed.begin(), replayed.end(), std::back_inserter(versions));
  }
  return versions;
}

Faults CheckForPublishing(const Book& book, const WeightProfile& profile,
                          const kpis::RegistrySnapshot& registry) {
  Faults faults = CheckProfile(profile, registry);
  WeightProfile published = profile;
  published.state = ProfileState::kPublished;
  published.action = "publish";
  const std::vector<Version> versions = VersionsWith(book, {published});
  for (const Clash& clash : FindClashes(versions)) {
    const bool first = clash.first->profile.id == profile.id;
    if (!first && clash.second->profile.id != profile.id) continue;
    const WeightProfile& other = (first ? clash.second : clash.first)->profile;
    Add(faults, "selector",
        absl::StrCat(ProfileName(other.id), " is for ", InWords(other.content.selector),
                     " too and counts on some of the same days, so it would not be clear which of "
                     "the two does; change the selector, or update that profile instead"));
  }
  return faults;
}

absl::Status CheckEveryoneServed(const Book& book, const WeightProfile& profile,
                                 absl::CivilDay from) {
  const std::optional<absl::CivilDay> bare =
      FirstDayWithoutProfile(VersionsWith(book, {profile}), from);
  if (!bare) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "PROFILE_NEEDED: without ", ProfileName(profile.id), " no profile would be for everyone on ",
      InWords(*bare), "; there must always be one"));
}

}  // namespace keyscore::weighting
