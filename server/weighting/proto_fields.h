// Parts of messages that profiles, target series and exceptions have in common. Readers put what
// can't be read into `faults` and go on, so that all of it can be said at once.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "keyscore/v1/weighting_service.pb.h"
#include "weighting/fault.h"
#include "weighting/profile.h"

namespace keyscore::weighting {

void WriteTime(absl::Time time, google::protobuf::Timestamp* message);
absl::Time ReadTime(const google::protobuf::Timestamp& message, absl::string_view field,
                    Faults& faults);

// "2026-03-01"; "" for none.
std::string WriteDay(std::optional<absl::CivilDay> day);
// None for "" and for what can't be read.
std::optional<absl::CivilDay> ReadDay(const std::string& text, absl::string_view field,
                                      Faults& faults);

// The id after `collection`/, which must be there.
std::string ReadName(absl::string_view name, absl::string_view collection, absl::string_view field,
                     Faults& faults);

Selector ReadSelector(const v1::WeightSelector& message, Faults& faults);

// DATA_LOSS: `resource` as stored can't be read, and why where that is known.
absl::Status Unreadable(absl::string_view resource, const Faults& faults);

}  // namespace keyscore::weighting
