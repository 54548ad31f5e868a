// Target series to messages and back, field by field.
#include <utility>

#include "absl/strings/str_cat.h"
#include "weighting/checks.h"
#include "weighting/profile_proto.h"
#include "weighting/proto_fields.h"

namespace keyscore::weighting {
namespace {

TargetContent ReadContent(const v1::TargetSeries& message, Faults& faults) {
  TargetContent content;
  content.kpi_id = ReadName(message.kpi(), "kpis", "kpi", faults);
  content.selector = ReadSelector(message.selector(), faults);
  switch (message.pacing()) {
    case v1::TargetSeries::PACING_UNSPECIFIED:
    case v1::TargetSeries::PACING_LEVEL:
      content.pacing = Pacing::kLevel;
      break;
    case v1::TargetSeries::PACING_LINEAR:
      content.pacing = Pacing::kLinear;
      break;
    case v1::TargetSeries::PACING_SEASONAL:
      content.pacing = Pacing::kSeasonal;
      break;
    default:
      Add(faults, "pacing", "must be level, linear or seasonal");
  }
  for (int i = 0; i < message.points_size(); ++i) {
    const v1::TargetSeries::Point& entry = message.points(i);
    const std::string field = absl::StrCat("points[", i, "]");
    if (entry.start_date().empty()) {
      Add(faults, field + ".start_date", "is missing; say from which day on it holds");
    }
    TargetPoint point;
    const std::optional<absl::CivilDay> start =
        ReadDay(entry.start_date(), field + ".start_date", faults);
    point.from = start.value_or(absl::CivilDay());
    point.to = ReadDay(entry.end_date(), field + ".end_date", faults);
    point.value = entry.value();
    content.points.push_back(point);
  }
  content.display_name = message.display_name();
  return content;
}

}  // namespace

v1::TargetSeries ToProto(const TargetSeries& series) {
  v1::TargetSeries message;
  message.set_name(absl::StrCat("targetSeries/", series.id));
  message.set_kpi(absl::StrCat("kpis/", series.content.kpi_id));
  *message.mutable_selector() = ToProto(series.content.selector);
  message.set_pacing(static_cast<v1::TargetSeries::Pacing>(series.content.pacing));
  for (const TargetPoint& point : series.content.points) {
    v1::TargetSeries::Point* entry = message.add_points();
    entry->set_start_date(WriteDay(point.from));
    entry->set_end_date(WriteDay(point.to));
    entry->set_value(point.value);
  }
  message.set_display_name(series.content.display_name);
  message.set_reason(series.reason);
  message.set_author(series.author);
  message.set_approver(series.approver);
  message.set_state(static_cast<v1::TargetSeries::State>(series.state));
  message.set_revision(series.revision);
  message.set_etag(absl::StrCat("r", series.revision));
  WriteTime(series.create_time, message.mutable_create_time());
  return message;
}

TargetContent ContentFromProto(const v1::TargetSeries& message, Faults& faults) {
  return ReadContent(message, faults);
}

absl::StatusOr<TargetContent> ContentFromProto(const v1::TargetSeries& message) {
  Faults faults;
  TargetContent content = ReadContent(message, faults);
  if (!faults.empty()) return ToStatus(faults);
  return content;
}

std::string ToPayload(const TargetSeries& series) { return ToProto(series).SerializeAsString(); }

absl::StatusOr<TargetSeries> TargetFromPayload(const std::string& id, const std::string& payload) {
  const std::string resource = absl::StrCat("targetSeries/", id);
  v1::TargetSeries message;
  if (!message.ParseFromString(payload)) return Unreadable(resource, {});
  Faults faults;
  TargetSeries series;
  series.id = id;
  series.content = ReadContent(message, faults);
  series.revision = message.revision();
  if (message.state() < v1::TargetSeries::STATE_PENDING ||
      message.state() > v1::TargetSeries::STATE_DELETED) {
    Add(faults, "state", "is not one of the values there are");
  } else {
    series.state = static_cast<TargetState>(message.state());
  }
  series.reason = message.reason();
  series.author = message.author();
  series.approver = message.approver();
  series.create_time = ReadTime(message.create_time(), "create_time", faults);
  if (!faults.empty()) return Unreadable(resource, faults);
  return series;
}

}  // namespace keyscore::weighting
