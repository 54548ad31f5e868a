// The words that several services share.
#include "rpc/convert.h"
#include "rpc/convert_time.h"

namespace keyscore::rpc {

// Both sides number their values alike, ours from 0 and the API's from 1.
static_assert(static_cast<int>(store::Aggregate::kCount) + 1 == v1::AGGREGATE_COUNT &&
              static_cast<int>(store::Aggregate::kFirst) + 1 == v1::AGGREGATE_FIRST &&
              static_cast<int>(store::Aggregate::kCountDistinct) + 1 ==
                  v1::AGGREGATE_COUNT_DISTINCT &&
              static_cast<int>(store::Aggregate::kList) + 1 == v1::AGGREGATE_LIST);
static_assert(static_cast<int>(measures::Window::kPeriod) + 1 == v1::WINDOW_PERIOD &&
              static_cast<int>(measures::Window::kTrailing) + 1 == v1::WINDOW_TRAILING &&
              static_cast<int>(measures::Window::kFollowing) + 1 == v1::WINDOW_FOLLOWING);
static_assert(static_cast<int>(kpis::Pillar::kRelationships) == v1::PILLAR_RELATIONSHIPS &&
              static_cast<int>(kpis::Pillar::kRetention) == v1::PILLAR_RETENTION &&
              static_cast<int>(kpis::Pillar::kLearning) == v1::PILLAR_LEARNING);

void WriteName(std::string_view collection, std::string_view id, std::string& name) {
  name.clear();
  name.reserve(collection.size() + 1 + id.size());
  name.append(collection).append(1, '/').append(id);
}

v1::Pillar ToProto(kpis::Pillar pillar) { return static_cast<v1::Pillar>(pillar); }

v1::Aggregate ToProto(store::Aggregate aggregate) {
  return static_cast<v1::Aggregate>(static_cast<int>(aggregate) + 1);
}

v1::Window ToProto(measures::Window window) {
  return static_cast<v1::Window>(static_cast<int>(window) + 1);
}

v1::CurvePoint ToProto(const kpis::CurvePoint& point) {
  v1::CurvePoint message;
  message.set_value(point.value);
  message.set_score(point.score);
  return message;
}

v1::Calendar ToProto(const measures::Calendar& calendar) {
  v1::Calendar message;
  Fill(calendar, message);
  return message;
}

void Fill(const measures::Calendar& calendar, v1::Calendar& message) {
  message.set_time_zone(calendar.time_zone_name);
  message.set_week_start(static_cast<uint32_t>(calendar.week_start));
  message.set_fiscal_year_start_month(static_cast<uint32_t>(calendar.fiscal_year_start_month));
}

v1::Period ToProto(const measures::Period& period, const measures::Calendar& calendar) {
  v1::Period message;
  Fill(period, calendar, message);
  return message;
}

void Fill(const measures::Period& period, const measures::Calendar& calendar, v1::Period& message) {
  message.set_expression(period.expression);
  Fill(period.from, *message.mutable_start_time());
  Fill(period.to, *message.mutable_end_time());
  message.set_start_date(FormatDay(period.from_day));
  message.set_end_date(FormatDay(period.to_day));
  message.set_days(static_cast<uint32_t>(period.days()));
  Fill(calendar, *message.mutable_calendar());
}

}  // namespace keyscore::rpc
