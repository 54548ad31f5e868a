// The profiles that a preview or a look at the KPIs is about: stored drafts, or such as the request
// brings.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "keyscore/v1/weighting_service.pb.h"
#include "measures/calendar.h"
#include "rpc/backend.h"
#include "weighting/profile.h"

namespace keyscore::rpc {

// Gathers drafts, and everything that is wrong with them.
class DraftReader {
 public:
  DraftReader(const Backend& backend, const kpis::RegistrySnapshot& registry)
      : backend_(backend), registry_(registry) {}

  // The newest revision of weightProfiles/{id}. NOT_FOUND (WEIGHT_PROFILE_NOT_FOUND).
  absl::Status AddStored(const std::string& field, const std::string& name);
  // One that the request carries.
  void AddGiven(const std::string& field, const v1::WeightProfile& message);

  // INVALID_ARGUMENT (INVALID_WEIGHTS) names all that would keep the drafts from being published
  // together.
  absl::StatusOr<std::vector<weighting::WeightProfile>> Take();
  // Whatever is wrong with what is stored, such as a KPI that has left the registry.
  std::vector<weighting::WeightProfile> TakeUnchecked() { return std::move(drafts_); }

 private:
  const Backend& backend_;
  const kpis::RegistrySnapshot& registry_;
  std::vector<weighting::WeightProfile> drafts_;
  std::vector<std::string> fields_;  // of the request, one a draft
  weighting::Faults unread_;
};

// The last `count` whole (fiscal) quarters before `today`, oldest first.
std::vector<measures::Period> QuartersBefore(absl::CivilDay today, int count,
                                             const measures::Calendar& calendar);

}  // namespace keyscore::rpc
