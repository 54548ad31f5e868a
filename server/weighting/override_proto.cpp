// Exceptions to messages and back, field by field.
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "weighting/checks.h"
#include "weighting/profile_proto.h"
#include "weighting/proto_fields.h"

namespace keyscore::weighting {
namespace {

constexpr char kOrganization[] = "organization";

std::string SubjectName(const ScoreOverride& exception) {
  switch (exception.subject_kind) {
    case store::SubjectKind::kManager:
      return absl::StrCat("managers/", exception.subject_id);
    case store::SubjectKind::kAccount:
      return absl::StrCat("accounts/", exception.subject_id);
    case store::SubjectKind::kTeam:
      return absl::StrCat("teams/", exception.subject_id);
    case store::SubjectKind::kOrganization:
      return kOrganization;
  }
  return "";
}

void ReadSubject(const std::string& name, ScoreOverride& exception, Faults& faults) {
  if (name == kOrganization) {
    exception.subject_kind = store::SubjectKind::kOrganization;
  } else if (absl::StartsWith(name, "managers/")) {
    exception.subject_kind = store::SubjectKind::kManager;
    exception.subject_id = ReadName(name, "managers", "subject", faults);
  } else if (absl::StartsWith(name, "accounts/")) {
    exception.subject_kind = store::SubjectKind::kAccount;
    exception.subject_id = ReadName(name, "accounts", "subject", faults);
  } else if (absl::StartsWith(name, "teams/")) {
    exception.subject_kind = store::SubjectKind::kTeam;
    exception.subject_id = ReadName(name, "teams", "subject", faults);
  } else {
    Add(faults, "subject", "must be managers/, accounts/ or teams/ and an id, or organization");
  }
}

ScoreOverride ReadContent(const v1::ScoreOverride& message, absl::CivilDay today, Faults& faults) {
  ScoreOverride exception;
  ReadSubject(message.subject(), exception, faults);
  exception.kpi_id = ReadName(message.kpi(), "kpis", "kpi", faults);
  switch (message.exception_case()) {
    case v1::ScoreOverride::kScore:
      exception.score = message.score();
      break;
    case v1::ScoreOverride::kExempt:
      if (!message.exempt()) Add(faults, "exempt", "must be true, or give a score");
      break;
    case v1::ScoreOverride::EXCEPTION_NOT_SET:
      Add(faults, "score", "is missing; give a score, or set exempt");
  }
  exception.start_date = ReadDay(message.start_date(), "start_date", faults).value_or(today);
  exception.expire_date = ReadDay(message.expire_date(), "expire_date", faults);
  exception.reason = message.reason();
  return exception;
}

}  // namespace

v1::ScoreOverride ToProto(const ScoreOverride& exception) {
  v1::ScoreOverride message;
  message.set_name(absl::StrCat("scoreOverrides/", exception.id));
  message.set_subject(SubjectName(exception));
  message.set_kpi(absl::StrCat("kpis/", exception.kpi_id));
  if (exception.score) {
    message.set_score(*exception.score);
  } else {
    message.set_exempt(true);
  }
  message.set_start_date(WriteDay(exception.start_date));
  message.set_expire_date(WriteDay(exception.expire_date));
  message.set_reason(exception.reason);
  message.set_author(exception.author);
  message.set_approver(exception.approver);
  message.set_state(static_cast<v1::ScoreOverride::State>(exception.state));
  message.set_revoke_date(WriteDay(exception.revoke_date));
  message.set_revoke_reason(exception.revoke_reason);
  message.set_etag(absl::StrCat("r", exception.revision));
  message.set_revision(exception.revision);
  WriteTime(exception.create_time, message.mutable_create_time());
  return message;
}

ScoreOverride ContentFromProto(const v1::ScoreOverride& message, absl::CivilDay today,
                               Faults& faults) {
  return ReadContent(message, today, faults);
}

absl::StatusOr<ScoreOverride> ContentFromProto(const v1::ScoreOverride& message,
                                               absl::CivilDay today) {
  Faults faults;
  ScoreOverride exception = ReadContent(message, today, faults);
  if (!faults.empty()) return ToStatus(faults);
  return exception;
}

std::string ToPayload(const ScoreOverride& exception) {
  return ToProto(exception).SerializeAsString();
}

absl::StatusOr<ScoreOverride> OverrideFromPayload(const std::string& id,
                                                  const std::string& payload) {
  const std::string resource = absl::StrCat("scoreOverrides/", id);
  v1::ScoreOverride message;
  if (!message.ParseFromString(payload)) return Unreadable(resource, {});
  Faults faults;
  ScoreOverride exception = ReadContent(message, absl::CivilDay(), faults);
  exception.id = id;
  exception.author = message.author();
  exception.approver = message.approver();
  if (message.state() < v1::ScoreOverride::STATE_PENDING ||
      message.state() > v1::ScoreOverride::STATE_REVOKED) {
    Add(faults, "state", "is not one of the values there are");
  } else {
    exception.state = static_cast<OverrideState>(message.state());
  }
  exception.revoke_date = ReadDay(message.revoke_date(), "revoke_date", faults);
  exception.revoke_reason = message.revoke_reason();
  exception.revision = message.revision();
  exception.create_time = ReadTime(message.create_time(), "create_time", faults);
  if (!faults.empty()) return Unreadable(resource, faults);
  return exception;
}

}  // namespace keyscore::weighting
