// Reasons and fields.
#include "rpc/weighting_fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "config/nearest.h"
#include "rpc/fault.h"
#include "rpc/resource_name.h"

namespace keyscore::rpc {
namespace {

// Lines beyond this are counted in the message; the violations have room for more of them.
constexpr size_t kMaxListedBytes = 380;

std::vector<std::string> ProfileIds(const weighting::Ledger& ledger) {
  std::vector<std::string> ids;
  for (const weighting::WeightProfile& profile : ledger.ListProfiles()) ids.push_back(profile.id);
  return ids;
}

std::vector<std::string> TargetIds(const weighting::Ledger& ledger) {
  std::vector<std::string> ids;
  for (const weighting::TargetSeries& series : ledger.ListTargets()) {
    if (series.state != weighting::TargetState::kDeleted) ids.push_back(series.id);
  }
  return ids;
}

std::vector<std::string> OverrideIds(const weighting::Ledger& ledger) {
  std::vector<std::string> ids;
  for (const weighting::ScoreOverride& exception : ledger.ListOverrides()) {
    ids.push_back(exception.id);
  }
  return ids;
}

bool NamesAResource(std::string_view field) {
  return field.starts_with("weightProfiles/") || field.starts_with("targetSeries/");
}

// As the caller wrote it. The id of a resource stands beside its message (weight_profile_id).
std::string FieldUnder(std::string_view prefix, const std::string& field) {
  if (prefix.empty() || NamesAResource(field)) return field;
  const std::string id_field = fmt::format("{}_id", prefix);
  if (field == "name" || field == id_field) return id_field;
  return fmt::format("{}.{}", prefix, field);
}

// The same error with new words.
absl::Status Reworded(const absl::Status& status, const std::string& message,
                      const std::string& reason) {
  return WithReason(absl::Status(status.code(), message), reason);
}

// "OWN_CHANGE" of "OWN_CHANGE: words"; empty where the message does not begin so.
std::string LeadingReason(std::string_view message) {
  const size_t colon = message.find(": ");
  if (colon == message.npos || colon == 0 || !absl::ascii_isupper(message[0])) return "";
  const std::string_view word = message.substr(0, colon);
  const bool upper_snake = std::all_of(word.begin(), word.end(), [](char c) {
    return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '_';
  });
  return upper_snake ? std::string(word) : "";
}

absl::Status Missing(const weighting::Ledger& ledger, const WeightResource& resource,
                     const std::string& id, const absl::Status& status) {
  const std::vector<std::string> ids = resource.ids(ledger);
  if (std::find(ids.begin(), ids.end(), id) != ids.end()) {
    return Reworded(status, std::string(status.message()), "REVISION_NOT_FOUND");
  }
  return NotFound(resource.not_found,
                  fmt::format("there is no {}.{}", MakeName(resource.collection, id),
                              config::DidYouMean(id, ids)));
}

}  // namespace

const WeightResource kWeightProfiles{"weightProfiles", "WEIGHT_PROFILE_NOT_FOUND",
                                     "WEIGHT_PROFILE_EXISTS", ProfileIds};
const WeightResource kTargetSeries{"targetSeries", "TARGET_SERIES_NOT_FOUND",
                                   "TARGET_SERIES_EXISTS", TargetIds};
const WeightResource kScoreOverrides{"scoreOverrides", "SCORE_OVERRIDE_NOT_FOUND",
                                     "SCORE_OVERRIDE_EXISTS", OverrideIds};

weighting::Faults Together(weighting::Faults unread, const weighting::Faults& checked) {
  weighting::Faults all = unread;
  for (const weighting::Fault& fault : checked) {
    const bool unknown =
        std::any_of(unread.begin(), unread.end(), [&](const weighting::Fault& missing) {
          const std::string_view field = missing.field;
          const bool within = field.starts_with(fault.field) && field.size() > fault.field.size();
          return field == fault.field ||
                 (within && (field[fault.field.size()] == '[' || field[fault.field.size()] == '.'));
        });
    if (!unknown) all.push_back(fault);
  }
  return all;
}

absl::Status InvalidWeights(const weighting::Faults& faults, std::string_view prefix) {
  std::vector<Violation> violations;
  for (const weighting::Fault& fault : faults) {
    violations.push_back({FieldUnder(prefix, fault.field), fault.phrase});
  }
  std::string message;
  for (size_t i = 0; i < violations.size(); ++i) {
    const std::string line = fmt::format("{}: {}", violations[i].field, violations[i].description);
    if (i > 0 && message.size() + line.size() > kMaxListedBytes) {
      message += fmt::format("\nand {} more; ValidateWeights lists all", violations.size() - i);
      break;
    }
    message += (i > 0 ? "\n" : "") + line;
  }
  const absl::Status status = WithMetadata(absl::InvalidArgumentError(message), "faults",
                                           std::to_string(violations.size()));
  return WithReason(WithViolations(status, violations), "INVALID_WEIGHTS");
}

absl::Status LedgerFault(const weighting::Ledger& ledger, const WeightResource& resource,
                         const std::string& id, absl::Status status, std::string_view prefix) {
  if (status.ok() || FaultOf(status).reason != absl::StatusCodeToString(status.code())) {
    return status;
  }
  if (const weighting::Faults faults = weighting::FaultsOf(status); !faults.empty()) {
    return InvalidWeights(faults, prefix);
  }
  const std::string message(status.message());
  if (const std::string reason = LeadingReason(message); !reason.empty()) {
    return Reworded(status, message.substr(reason.size() + 2), reason);
  }
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
      return Missing(ledger, resource, id, status);
    case absl::StatusCode::kAlreadyExists:
      return Reworded(status, message, resource.exists);
    case absl::StatusCode::kAborted:
      return Reworded(status, message, "ETAG_MISMATCH");
    default:
      return status;
  }
}

}  // namespace keyscore::rpc
