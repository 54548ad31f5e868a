// Previews as messages.
#include "rpc/convert.h"
#include "rpc/resource_name.h"
#include "rpc/weight_preview.h"

namespace keyscore::rpc {
namespace {

v1::WeightPreview::Driver ToProto(const scoring::Driver& driver) {
  v1::WeightPreview::Driver message;
  message.set_kpi(MakeName("kpis", driver.kpi_id));
  message.set_points(driver.points);
  message.set_weight_before(driver.weight_before);
  message.set_weight_after(driver.weight_after);
  return message;
}

v1::WeightPreview::Change ToProto(const scoring::SubjectChange& change) {
  v1::WeightPreview::Change message;
  message.set_subject(NameOf(change.subject.facts));
  message.set_display_name(change.subject.display_name);
  if (change.total_before.has_value()) message.set_total_before(*change.total_before);
  if (change.total_after.has_value()) message.set_total_after(*change.total_after);
  message.set_rank_before(static_cast<uint32_t>(change.rank_before));
  message.set_rank_after(static_cast<uint32_t>(change.rank_after));
  message.set_coverage_before(change.coverage_before);
  message.set_coverage_after(change.coverage_after);
  message.set_tenure_band_before(change.band_before);
  message.set_tenure_band_after(change.band_after);
  message.set_profile_before(MakeOptionalName("weightProfiles", change.profile_before));
  message.set_profile_after(MakeOptionalName("weightProfiles", change.profile_after));
  for (const scoring::Driver& driver : change.drivers) *message.add_drivers() = ToProto(driver);
  return message;
}

v1::WeightPreview::PeriodPreview ToProto(const scoring::PeriodPreview& preview,
                                         const measures::Calendar& calendar) {
  v1::WeightPreview::PeriodPreview message;
  *message.mutable_period() = rpc::ToProto(preview.period, calendar);
  for (const scoring::SubjectChange& change : preview.changes) {
    *message.add_changes() = ToProto(change);
  }
  message.set_winners(static_cast<uint32_t>(preview.winners));
  message.set_losers(static_cast<uint32_t>(preview.losers));
  message.set_unchanged(static_cast<uint32_t>(preview.unchanged));
  message.set_newly_scored(static_cast<uint32_t>(preview.newly_scored));
  message.set_no_longer_scored(static_cast<uint32_t>(preview.no_longer_scored));
  message.set_mean_before(preview.mean_before.value_or(0));
  message.set_mean_after(preview.mean_after.value_or(0));
  message.set_coverage_before(preview.coverage_before);
  message.set_coverage_after(preview.coverage_after);
  for (const scoring::Migration& migration : preview.migrations) {
    v1::WeightPreview::Migration& moved = *message.add_migrations();
    moved.set_from(migration.from);
    moved.set_to(migration.to);
    moved.set_subjects(static_cast<uint32_t>(migration.subjects));
  }
  for (const scoring::Driver& driver : preview.drivers) *message.add_drivers() = ToProto(driver);
  message.set_rank_correlation(preview.rank_correlation.value_or(0));
  return message;
}

}  // namespace

v1::WeightPreview ToProto(const std::vector<scoring::PeriodPreview>& periods,
                          const measures::Calendar& calendar) {
  v1::WeightPreview message;
  for (const scoring::PeriodPreview& period : periods) {
    *message.add_periods() = ToProto(period, calendar);
  }
  return message;
}

}  // namespace keyscore::rpc
