// Faults as a status and back.
#include "weighting/fault.h"

#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "keyscore/v1/weighting_service.pb.h"

namespace keyscore::weighting {
namespace {

// The faults travel as the answer that lists them.
constexpr char kPayloadType[] = "type.googleapis.com/keyscore.v1.ValidateWeightsResponse";

}  // namespace

Faults Under(absl::string_view prefix, Faults faults) {
  for (Fault& fault : faults) fault.field = absl::StrCat(prefix, fault.field);
  return faults;
}

absl::Status ToStatus(const Faults& faults) {
  if (faults.empty()) return absl::OkStatus();
  v1::ValidateWeightsResponse message;
  std::vector<std::string> lines;
  for (const Fault& fault : faults) {
    lines.push_back(absl::StrCat(fault.field, ": ", fault.phrase));
    v1::WeightFault* entry = message.add_faults();
    entry->set_field(fault.field);
    entry->set_description(fault.phrase);
  }
  absl::Status status = absl::InvalidArgumentError(absl::StrJoin(lines, "\n"));
  status.SetPayload(kPayloadType, absl::Cord(message.SerializeAsString()));
  return status;
}

Faults FaultsOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayloadType);
  v1::ValidateWeightsResponse message;
  if (!payload || !message.ParseFromString(std::string(*payload))) return {};
  Faults faults;
  for (const v1::WeightFault& fault : message.faults()) {
    faults.push_back({fault.field(), fault.description()});
  }
  return faults;
}

}  // namespace keyscore::weighting
