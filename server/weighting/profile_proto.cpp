// Weight profiles to messages and back, field by field.
#include "weighting/profile_proto.h"

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "weighting/checks.h"
#include "weighting/proto_fields.h"

namespace keyscore::weighting {
namespace {

template <typename Repeated>
void WritePillars(const std::vector<PillarWeight>& pillars, Repeated* messages) {
  for (const PillarWeight& pillar : pillars) {
    v1::PillarWeight* message = messages->Add();
    message->set_pillar(static_cast<v1::Pillar>(pillar.pillar));
    message->set_weight(pillar.weight);
  }
}

template <typename Repeated>
std::vector<PillarWeight> ReadPillars(const Repeated& messages, const std::string& field,
                                      Faults& faults) {
  std::vector<PillarWeight> pillars;
  for (int i = 0; i < messages.size(); ++i) {
    const v1::PillarWeight& message = messages[i];
    if (message.pillar() < v1::PILLAR_RELATIONSHIPS || message.pillar() > v1::PILLAR_LEARNING) {
      Add(faults, absl::StrCat(field, "[", i, "].pillar"), "must be one of the four pillars");
      continue;
    }
    pillars.push_back({static_cast<kpis::Pillar>(message.pillar()), message.weight()});
  }
  return pillars;
}

// An enumeration whose numbers are those of the message; 0 is read as `otherwise`.
template <typename Enum, typename Number>
Enum ReadEnum(Number number, Enum otherwise, Enum last, const std::string& field, Faults& faults) {
  if (number == 0) return otherwise;
  if (number < 0 || static_cast<int>(number) > static_cast<int>(last)) {
    Add(faults, field, "is not one of the values there are");
    return otherwise;
  }
  return static_cast<Enum>(number);
}

void WriteKpi(const KpiWeight& kpi, v1::KpiWeight* message) {
  message->set_kpi(absl::StrCat("kpis/", kpi.kpi_id));
  if (kpi.weight) message->set_weight(*kpi.weight);
  for (const kpis::CurvePoint& point : kpi.curve) {
    v1::CurvePoint* added = message->add_curve();
    added->set_value(point.value);
    added->set_score(point.score);
  }
  if (kpi.target) message->set_target(*kpi.target);
  message->set_missing_data(static_cast<v1::MissingDataPolicy>(kpi.missing));
  message->set_curve_basis(static_cast<v1::CurveBasis>(kpi.basis));
}

KpiWeight ReadKpi(const v1::KpiWeight& message, const std::string& field, Faults& faults) {
  KpiWeight kpi;
  kpi.kpi_id = ReadName(message.kpi(), "kpis", field + ".kpi", faults);
  if (message.has_weight()) kpi.weight = message.weight();
  for (const v1::CurvePoint& point : message.curve()) {
    kpi.curve.push_back({point.value(), point.score()});
  }
  if (message.has_target()) kpi.target = message.target();
  kpi.missing = ReadEnum(message.missing_data(), MissingPolicy::kRedistributeInPillar,
                         MissingPolicy::kBlock, field + ".missing_data", faults);
  kpi.basis = ReadEnum(message.curve_basis(), CurveBasis::kValue, CurveBasis::kAttainment,
                       field + ".curve_basis", faults);
  return kpi;
}

TenureBand ReadBand(const v1::TenureBand& message, const std::string& field, Faults& faults) {
  constexpr uint32_t kMaxInt = std::numeric_limits<int>::max();
  TenureBand band;
  if (message.from_months() > kMaxInt || message.to_months() > kMaxInt) {
    Add(faults, field, "months are out of range");
  } else {
    band.from_months = static_cast<int>(message.from_months());
    if (message.has_to_months()) band.to_months = static_cast<int>(message.to_months());
  }
  band.display_name = message.display_name();
  band.pillars = ReadPillars(message.pillars(), field + ".pillars", faults);
  return band;
}

ProfileContent ReadContent(const v1::WeightProfile& message, Faults& faults) {
  ProfileContent content;
  content.display_name = message.display_name();
  content.selector = ReadSelector(message.selector(), faults);
  for (int i = 0; i < message.tenure_bands_size(); ++i) {
    content.bands.push_back(
        ReadBand(message.tenure_bands(i), absl::StrCat("tenure_bands[", i, "]"), faults));
  }
  content.untenured_pillars = ReadPillars(message.untenured_pillars(), "untenured_pillars", faults);
  for (int i = 0; i < message.kpis_size(); ++i) {
    content.kpis.push_back(ReadKpi(message.kpis(i), absl::StrCat("kpis[", i, "]"), faults));
  }
  content.minimum_coverage = message.minimum_coverage();
  content.band_policy = ReadEnum(message.band_policy(), BandPolicy::kTimeWeighted,
                                 BandPolicy::kAtPeriodEnd, "band_policy", faults);
  content.effective_date = ReadDay(message.effective_date(), "effective_date", faults);
  return content;
}

// An earlier release stored only what was published, the instant it took effect at, and every
// KPI's weight (0 leaves no trace in a message).
void ReadAsEarlier(const v1::WeightProfile& message, WeightProfile& profile, Faults& faults) {
  profile.state = ProfileState::kPublished;
  if (message.has_effective_time()) {
    const absl::Time time = ReadTime(message.effective_time(), "effective_time", faults);
    profile.content.effective_date = absl::ToCivilDay(time, absl::UTCTimeZone());
  }
  for (KpiWeight& kpi : profile.content.kpis) kpi.weight = kpi.weight.value_or(0);
}

}  // namespace

v1::WeightProfile ToProto(const WeightProfile& profile) {
  const ProfileContent& content = profile.content;
  v1::WeightProfile message;
  message.set_name(absl::StrCat("weightProfiles/", profile.id));
  message.set_display_name(content.display_name);
  *message.mutable_selector() = ToProto(content.selector);
  for (const TenureBand& band : content.bands) {
    v1::TenureBand* entry = message.add_tenure_bands();
    entry->set_from_months(static_cast<uint32_t>(band.from_months));
    if (band.to_months) entry->set_to_months(static_cast<uint32_t>(*band.to_months));
    WritePillars(band.pillars, entry->mutable_pillars());
    entry->set_display_name(band.display_name);
  }
  WritePillars(content.untenured_pillars, message.mutable_untenured_pillars());
  for (const KpiWeight& kpi : content.kpis) WriteKpi(kpi, message.add_kpis());
  message.set_minimum_coverage(content.minimum_coverage);
  message.set_band_policy(static_cast<v1::BandPolicy>(content.band_policy));
  message.set_effective_date(WriteDay(content.effective_date));
  message.set_revision(profile.revision);
  message.set_etag(absl::StrCat("r", profile.revision));
  message.set_reason(profile.reason);
  message.set_author(profile.author);
  WriteTime(profile.create_time, message.mutable_create_time());
  message.set_state(static_cast<v1::WeightProfile::State>(profile.state));
  message.set_action(profile.action);
  for (const std::string& author : profile.draft_authors) message.add_draft_authors(author);
  message.set_approver(profile.approver);
  if (profile.review_time != absl::InfinitePast()) {
    WriteTime(profile.review_time, message.mutable_review_time());
  }
  return message;
}

ProfileContent ContentFromProto(const v1::WeightProfile& message, Faults& faults) {
  return ReadContent(message, faults);
}

absl::StatusOr<ProfileContent> ContentFromProto(const v1::WeightProfile& message) {
  Faults faults;
  ProfileContent content = ReadContent(message, faults);
  if (!faults.empty()) return ToStatus(faults);
  return content;
}

std::string ToPayload(const WeightProfile& profile) { return ToProto(profile).SerializeAsString(); }

absl::StatusOr<WeightProfile> ProfileFromPayload(const std::string& id,
                                                 const std::string& payload) {
  const std::string resource = absl::StrCat("weightProfiles/", id);
  v1::WeightProfile message;
  if (!message.ParseFromString(payload)) return Unreadable(resource, {});
  Faults faults;
  WeightProfile profile;
  profile.id = id;
  profile.content = ReadContent(message, faults);
  profile.revision = message.revision();
  profile.action = message.action();
  profile.reason = message.reason();
  profile.author = message.author();
  if (message.has_create_time()) {
    profile.create_time = ReadTime(message.create_time(), "create_time", faults);
  }
  profile.draft_authors = {message.draft_authors().begin(), message.draft_authors().end()};
  profile.approver = message.approver();
  if (message.has_review_time()) {
    profile.review_time = ReadTime(message.review_time(), "review_time", faults);
  }
  if (message.state() == v1::WeightProfile::STATE_UNSPECIFIED) {
    ReadAsEarlier(message, profile, faults);
  } else {
    profile.state =
        ReadEnum(message.state(), ProfileState::kDraft, ProfileState::kDeleted, "state", faults);
  }
  if (!faults.empty()) return Unreadable(resource, faults);
  return profile;
}

}  // namespace keyscore::weighting
