// Reads and checks drafts.
#include "rpc/weight_drafts.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "rpc/resource_name.h"
#include "rpc/weighting_fault.h"
#include "weighting/profile_proto.h"

namespace keyscore::rpc {
namespace {

constexpr char kCollection[] = "weightProfiles";

}  // namespace

absl::Status DraftReader::AddStored(const std::string& field, const std::string& name) {
  const absl::StatusOr<std::string> id = ParseName(field, kCollection, name);
  if (!id.ok()) return id.status();
  auto profile = backend_.weights.GetProfile(*id);
  if (profile.ok() && profile->state == weighting::ProfileState::kDeleted) {
    profile = absl::NotFoundError("it is deleted");
  }
  if (!profile.ok()) {
    return LedgerFault(backend_.weights, kWeightProfiles, *id, profile.status());
  }
  drafts_.push_back(*std::move(profile));
  fields_.push_back(field);
  return absl::OkStatus();
}

void DraftReader::AddGiven(const std::string& field, const v1::WeightProfile& message) {
  weighting::WeightProfile draft;
  draft.revision = 0;  // of none that is stored
  draft.state = weighting::ProfileState::kDraft;
  weighting::Faults faults;
  if (const auto id = ParseName("name", kCollection, message.name()); id.ok()) {
    draft.id = *id;
  } else {
    faults.push_back({"name", fmt::format("'{}' is not of the form {}/{{id}}; name the profile "
                                          "that it is a draft of, or is to be",
                                          message.name().substr(0, 80), kCollection)});
  }
  draft.content = weighting::ContentFromProto(message, faults);
  for (weighting::Fault& fault : weighting::Under(field + ".", std::move(faults))) {
    unread_.push_back(std::move(fault));
  }
  drafts_.push_back(std::move(draft));
  fields_.push_back(field);
}

absl::StatusOr<std::vector<weighting::WeightProfile>> DraftReader::Take() {
  weighting::Faults faults;
  std::set<std::string> ids;
  weighting::WeightSet set;
  for (size_t i = 0; i < drafts_.size(); ++i) {
    if (!ids.insert(drafts_[i].id).second) {
      faults.push_back({fields_[i], "is a second draft of the same profile; give one of it"});
    }
    set.profiles.push_back(drafts_[i]);
  }
  for (weighting::Fault& fault : backend_.weights.Validate(set, registry_)) {
    // By the field of the request instead of the place in the set.
    for (size_t i = 0; i < fields_.size(); ++i) {
      const std::string place = fmt::format("profiles[{}]", i);
      if (!absl::StartsWith(fault.field, place)) continue;
      fault.field = fields_[i] + fault.field.substr(place.size());
      break;
    }
    faults.push_back(std::move(fault));
  }
  faults = Together(std::move(unread_), faults);
  if (!faults.empty()) return InvalidWeights(faults, "");
  return std::move(drafts_);
}

std::vector<measures::Period> QuartersBefore(absl::CivilDay today, int count,
                                             const measures::Calendar& calendar) {
  const int months =
      (static_cast<int>(absl::CivilMonth(today).month()) - calendar.fiscal_year_start_month + 12) %
      12;
  const absl::CivilMonth running = absl::CivilMonth(today) - months % 3;
  std::vector<measures::Period> quarters;
  for (int back = count; back >= 1; --back) {
    const absl::CivilMonth start = running - 3 * back;
    // A fiscal year is named by the year in which it starts.
    const int place = (start.month() - calendar.fiscal_year_start_month + 12) % 12;
    const int64_t year = (start - place).year();
    const absl::CivilDay from(start), to(start + 3);
    quarters.push_back({.expression = fmt::format("{}-Q{}", year, place / 3 + 1),
                        .from_day = from,
                        .to_day = to,
                        .from = calendar.StartOf(from),
                        .to = calendar.StartOf(to)});
  }
  return quarters;
}

}  // namespace keyscore::rpc
