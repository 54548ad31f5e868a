// Weight profiles to messages and back, field by field.
#include "weighting/profile_proto.h"

#include <limits>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace keyscore::weighting {
namespace {

// What google.protobuf.Timestamp may hold: years 1 to 9999.
constexpr int64_t kMinSeconds = -62'135'596'800;
constexpr int64_t kMaxSeconds = 253'402'300'799;
constexpr int kNanosPerSecond = 1'000'000'000;

absl::Status Fault(absl::string_view field, absl::string_view phrase) {
  return absl::InvalidArgumentError(absl::StrCat(field, ": ", phrase));
}

void SetTimestamp(absl::Time time, google::protobuf::Timestamp* message) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  message->set_seconds(seconds);
  message->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
}

absl::StatusOr<absl::Time> ReadTimestamp(const google::protobuf::Timestamp& message,
                                         absl::string_view field) {
  if (message.seconds() < kMinSeconds || message.seconds() > kMaxSeconds || message.nanos() < 0 ||
      message.nanos() >= kNanosPerSecond) {
    return Fault(field, "must lie in the years 1 to 9999");
  }
  return absl::FromUnixSeconds(message.seconds()) + absl::Nanoseconds(message.nanos());
}

// The id after `collection`/, which must be there.
absl::StatusOr<std::string> ReadName(absl::string_view name, absl::string_view collection,
                                     absl::string_view field) {
  absl::string_view id = name;
  if (!absl::ConsumePrefix(&id, collection) || !absl::ConsumePrefix(&id, "/") || id.empty()) {
    return Fault(field, absl::StrCat("\"", absl::CHexEscape(name), "\" must be ", collection,
                                     "/ and an id"));
  }
  return std::string(id);
}

template <typename Repeated>
void WritePillars(const std::vector<PillarWeight>& pillars, Repeated* messages) {
  for (const PillarWeight& pillar : pillars) {
    v1::PillarWeight* message = messages->Add();
    message->set_pillar(static_cast<v1::Pillar>(pillar.pillar));
    message->set_weight(pillar.weight);
  }
}

template <typename Repeated>
absl::StatusOr<std::vector<PillarWeight>> ReadPillars(const Repeated& messages,
                                                      const std::string& field) {
  std::vector<PillarWeight> pillars;
  for (const v1::PillarWeight& message : messages) {
    if (message.pillar() < v1::PILLAR_RELATIONSHIPS || message.pillar() > v1::PILLAR_LEARNING) {
      return Fault(absl::StrCat(field, "[", pillars.size(), "].pillar"),
                   "must be one of the four pillars");
    }
    pillars.push_back({static_cast<kpis::Pillar>(message.pillar()), message.weight()});
  }
  return pillars;
}

absl::StatusOr<TenureBand> ReadBand(const v1::TenureBand& message, const std::string& field) {
  constexpr uint32_t kMaxInt = std::numeric_limits<int>::max();
  if (message.from_months() > kMaxInt || message.to_months() > kMaxInt) {
    return Fault(field, "months are out of range");
  }
  TenureBand band;
  band.from_months = static_cast<int>(message.from_months());
  if (message.has_to_months()) band.to_months = static_cast<int>(message.to_months());
  band.display_name = message.display_name();
  absl::StatusOr<std::vector<PillarWeight>> pillars =
      ReadPillars(message.pillars(), field + ".pillars");
  if (!pillars.ok()) return pillars.status();
  band.pillars = *std::move(pillars);
  return band;
}

absl::StatusOr<KpiWeight> ReadKpi(const v1::KpiWeight& message, const std::string& field) {
  absl::StatusOr<std::string> id = ReadName(message.kpi(), "kpis", field + ".kpi");
  if (!id.ok()) return id.status();
  KpiWeight kpi;
  kpi.kpi_id = *std::move(id);
  kpi.weight = message.weight();
  for (const v1::CurvePoint& point : message.curve()) {
    kpi.curve.push_back({point.value(), point.score()});
  }
  if (message.has_target()) kpi.target = message.target();
  return kpi;
}

void WriteSelector(const Selector& selector, v1::WeightSelector* message) {
  switch (selector.kind) {
    case SelectorKind::kEveryone:
      return;
    case SelectorKind::kSegment:
      return message->set_segment(selector.id);
    case SelectorKind::kTeam:
      return message->set_team(absl::StrCat("teams/", selector.id));
    case SelectorKind::kManager:
      return message->set_manager(absl::StrCat("managers/", selector.id));
    case SelectorKind::kAccount:
      return message->set_account(absl::StrCat("accounts/", selector.id));
  }
}

absl::StatusOr<Selector> ReadSelector(const v1::WeightSelector& message) {
  Selector selector;
  absl::StatusOr<std::string> id;
  switch (message.selector_case()) {
    case v1::WeightSelector::SELECTOR_NOT_SET:
      return selector;
    case v1::WeightSelector::kSegment:
      return Selector{SelectorKind::kSegment, message.segment()};
    case v1::WeightSelector::kTeam:
      selector.kind = SelectorKind::kTeam;
      id = ReadName(message.team(), "teams", "selector.team");
      break;
    case v1::WeightSelector::kManager:
      selector.kind = SelectorKind::kManager;
      id = ReadName(message.manager(), "managers", "selector.manager");
      break;
    case v1::WeightSelector::kAccount:
      selector.kind = SelectorKind::kAccount;
      id = ReadName(message.account(), "accounts", "selector.account");
      break;
  }
  if (!id.ok()) return id.status();
  selector.id = *std::move(id);
  return selector;
}

}  // namespace

v1::WeightProfile ToProto(const WeightProfile& profile) {
  v1::WeightProfile message;
  message.set_name(absl::StrCat("weightProfiles/", profile.id));
  message.set_display_name(profile.display_name);
  WriteSelector(profile.selector, message.mutable_selector());
  for (const TenureBand& band : profile.bands) {
    v1::TenureBand* entry = message.add_tenure_bands();
    entry->set_from_months(static_cast<uint32_t>(band.from_months));
    if (band.to_months) entry->set_to_months(static_cast<uint32_t>(*band.to_months));
    WritePillars(band.pillars, entry->mutable_pillars());
    entry->set_display_name(band.display_name);
  }
  WritePillars(profile.untenured_pillars, message.mutable_untenured_pillars());
  for (const KpiWeight& kpi : profile.kpis) {
    v1::KpiWeight* entry = message.add_kpis();
    entry->set_kpi(absl::StrCat("kpis/", kpi.kpi_id));
    entry->set_weight(kpi.weight);
    for (const kpis::CurvePoint& point : kpi.curve) {
      v1::CurvePoint* added = entry->add_curve();
      added->set_value(point.value);
      added->set_score(point.score);
    }
    if (kpi.target) entry->set_target(*kpi.target);
  }
  message.set_minimum_coverage(profile.minimum_coverage);
  // Absent = always was in effect.
  if (profile.effective_time != absl::InfinitePast()) {
    SetTimestamp(profile.effective_time, message.mutable_effective_time());
  }
  message.set_revision(profile.revision);
  message.set_etag(absl::StrCat("r", profile.revision));
  message.set_reason(profile.reason);
  message.set_author(profile.author);
  SetTimestamp(profile.create_time, message.mutable_create_time());
  return message;
}

absl::StatusOr<WeightProfile> FromProto(const v1::WeightProfile& message) {
  WeightProfile profile;
  absl::StatusOr<std::string> id = ReadName(message.name(), "weightProfiles", "name");
  if (!id.ok()) return id.status();
  profile.id = *std::move(id);
  profile.display_name = message.display_name();

  absl::StatusOr<Selector> selector = ReadSelector(message.selector());
  if (!selector.ok()) return selector.status();
  profile.selector = *std::move(selector);

  for (const v1::TenureBand& entry : message.tenure_bands()) {
    absl::StatusOr<TenureBand> band =
        ReadBand(entry, absl::StrCat("tenure_bands[", profile.bands.size(), "]"));
    if (!band.ok()) return band.status();
    profile.bands.push_back(*std::move(band));
  }
  absl::StatusOr<std::vector<PillarWeight>> untenured =
      ReadPillars(message.untenured_pillars(), "untenured_pillars");
  if (!untenured.ok()) return untenured.status();
  profile.untenured_pillars = *std::move(untenured);
  for (const v1::KpiWeight& entry : message.kpis()) {
    absl::StatusOr<KpiWeight> kpi = ReadKpi(entry, absl::StrCat("kpis[", profile.kpis.size(), "]"));
    if (!kpi.ok()) return kpi.status();
    profile.kpis.push_back(*std::move(kpi));
  }
  profile.minimum_coverage = message.minimum_coverage();

  if (message.has_effective_time()) {
    absl::StatusOr<absl::Time> time = ReadTimestamp(message.effective_time(), "effective_time");
    if (!time.ok()) return time.status();
    profile.effective_time = *time;
  }
  if (message.has_create_time()) {
    absl::StatusOr<absl::Time> time = ReadTimestamp(message.create_time(), "create_time");
    if (!time.ok()) return time.status();
    profile.create_time = *time;
  }
  profile.revision = message.revision();
  profile.reason = message.reason();
  profile.author = message.author();
  return profile;
}

}  // namespace keyscore::weighting
