// Why a KPI has no result: the reason that stands before an ERROR's message, carried by a status.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/cord.h"

namespace keyscore::kpis {

// The KPI's own code said that it failed.
inline constexpr char kPluginError[] = "PLUGIN_ERROR";
// Its process ended in the middle of a call.
inline constexpr char kPluginCrashed[] = "PLUGIN_CRASHED";
// It did not return within the time limit of a call.
inline constexpr char kPluginTimeout[] = "PLUGIN_TIMEOUT";
// It returned what no host may use: a value that is not finite, an unknown state, a write beyond
// its output.
inline constexpr char kPluginInvalidOutput[] = "PLUGIN_INVALID_OUTPUT";
// It was not called: it failed before and is given time, or its process can't be started.
inline constexpr char kPluginUnavailable[] = "PLUGIN_UNAVAILABLE";
// It was not called: as many calls as are allowed wait for it already.
inline constexpr char kPluginBusy[] = "PLUGIN_BUSY";

inline constexpr char kPluginReasonPayload[] = "keyscore/plugin-reason";

// A failure of the plugin's that says nothing about single rows, so it is not worth trying them one
// by one.
inline absl::Status PluginFailure(absl::StatusCode code, const std::string& reason,
                                  const std::string& message) {
  absl::Status status(code, message);
  status.SetPayload(kPluginReasonPayload, absl::Cord(reason));
  return status;
}

// The reason of a failing call; empty for one that the KPI's own code returned.
inline std::string FailureReason(const absl::Status& status) {
  const auto reason = status.GetPayload(kPluginReasonPayload);
  return reason.has_value() ? std::string(*reason) : "";
}

}  // namespace keyscore::kpis
