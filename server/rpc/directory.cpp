// Looks subjects up.
#include "rpc/directory.h"

#include <fmt/format.h>

#include <utility>

#include "config/nearest.h"
#include "rpc/fault.h"

namespace keyscore::rpc {
namespace {

using store::SubjectKind;

// The span that holds at the period's end: the last one that starts before it, else the first.
const DirectorySpan& SpanFor(const std::vector<DirectorySpan>& spans,
                             const measures::Period& period) {
  const DirectorySpan* best = &spans.front();
  for (const DirectorySpan& span : spans) {
    if (span.from < period.to) best = &span;
  }
  return *best;
}

bool Overlaps(const std::vector<DirectorySpan>& spans, const measures::Period& period) {
  for (const DirectorySpan& span : spans) {
    if (span.from < period.to && span.until > period.from) return true;
  }
  return false;
}

// Who owns the account at the period's last instant; "" = nobody. Of spans that overlap the latest
// start wins, as it does where facts are attributed.
std::string OwnerOf(const std::vector<DirectorySpan>& spans, const measures::Period& period) {
  std::string owner;
  for (const DirectorySpan& span : spans) {
    if (span.from < period.to && span.until >= period.to) owner = span.group;
  }
  return owner;
}

scoring::SubjectInfo Plain(SubjectKind kind, const std::string& id, const std::string& name) {
  scoring::SubjectInfo info;
  info.facts.kind = kind;
  info.facts.id = id;
  info.display_name = name;
  return info;
}

template <typename Map>
absl::Status Unknown(const SubjectName& subject, const Map& known) {
  std::vector<std::string> names;
  names.reserve(known.size());
  for (const auto& entry : known) names.push_back(entry.first);
  const std::string nearest = config::Nearest(subject.id, names);
  const std::string name = MakeSubject(subject);
  absl::Status status = NotFound(
      "SUBJECT_NOT_FOUND",
      fmt::format("there is no {}{}", name,
                  nearest.empty()
                      ? ""
                      : fmt::format("; did you mean {}?", MakeSubject({subject.kind, nearest}))));
  return WithMetadata(std::move(status), "subject", name);
}

}  // namespace

Directory::Directory(Spans managers, Spans accounts, std::map<std::string, std::string> team_names,
                     Spans owners)
    : managers_(std::move(managers)),
      accounts_(std::move(accounts)),
      owners_(std::move(owners)),
      teams_(std::move(team_names)) {
  for (const auto& [id, spans] : managers_) {
    for (const DirectorySpan& span : spans) {
      if (!span.group.empty()) teams_.emplace(span.group, span.group);
    }
  }
}

scoring::SubjectInfo Directory::Describe(SubjectKind kind, const std::string& id,
                                         const DirectorySpan& span, const measures::Period& period,
                                         const measures::Calendar& calendar) const {
  scoring::SubjectInfo info = Plain(kind, id, span.name.empty() ? id : span.name);
  if (kind == SubjectKind::kManager) {
    info.facts.team_id = span.group;
    info.facts.role_started = calendar.DayOf(span.from);
    return info;
  }
  info.facts.segment = span.group;
  if (const auto owned = owners_.find(id); owned != owners_.end()) {
    info.facts.manager_id = OwnerOf(owned->second, period);
  }
  if (const auto owner = managers_.find(info.facts.manager_id); owner != managers_.end()) {
    info.facts.team_id = SpanFor(owner->second, period).group;
  }
  return info;
}

absl::StatusOr<scoring::SubjectInfo> Directory::Find(const SubjectName& subject,
                                                     const measures::Period& period,
                                                     const measures::Calendar& calendar,
                                                     const std::string& organization_name) const {
  if (subject.kind == SubjectKind::kOrganization) {
    return Plain(subject.kind, "", organization_name);
  }
  if (subject.kind == SubjectKind::kTeam) {
    const auto found = teams_.find(subject.id);
    if (found == teams_.end()) return Unknown(subject, teams_);
    return Plain(subject.kind, found->first, found->second);
  }
  const Spans& spans = subject.kind == SubjectKind::kManager ? managers_ : accounts_;
  const auto found = spans.find(subject.id);
  if (found == spans.end()) return Unknown(subject, spans);
  return Describe(subject.kind, found->first, SpanFor(found->second, period), period, calendar);
}

std::vector<scoring::SubjectInfo> Directory::List(SubjectKind kind, const measures::Period& period,
                                                  const measures::Calendar& calendar) const {
  std::vector<scoring::SubjectInfo> subjects;
  if (kind == SubjectKind::kTeam) {
    for (const auto& [id, name] : teams_) subjects.push_back(Plain(kind, id, name));
    return subjects;
  }
  for (const auto& [id, spans] : kind == SubjectKind::kManager ? managers_ : accounts_) {
    if (!Overlaps(spans, period)) continue;
    subjects.push_back(Describe(kind, id, SpanFor(spans, period), period, calendar));
  }
  return subjects;
}

std::string Directory::AccountName(const std::string& account_id) const {
  const auto found = accounts_.find(account_id);
  if (found == accounts_.end() || found->second.back().name.empty()) return account_id;
  return found->second.back().name;
}

}  // namespace keyscore::rpc
