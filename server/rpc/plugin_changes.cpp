// One flag, no lock: whose library comes second is told so.
#include "rpc/plugin_changes.h"

#include "absl/cleanup/cleanup.h"
#include "rpc/fault.h"

namespace keyscore::rpc {
namespace {

constexpr absl::Duration kRetryDelay = absl::Seconds(1);

}  // namespace

absl::StatusOr<kpis::Change> PluginChanges::Allow(const Caller& caller, const std::string& reason,
                                                  const std::string& etag) const {
  absl::Status status = MayAdminister(caller, admins_, "plugins", "plugins.admins");
  if (status.ok()) status = CheckReason("reason", reason);
  if (!status.ok()) return status;
  return kpis::Change{.author = AuthorOf(caller), .reason = reason, .etag = etag};
}

absl::Status PluginChanges::Run(const PluginReasons& reasons,
                                absl::FunctionRef<absl::Status()> change) {
  if (reasons.examines && examining_.exchange(true)) {
    return WithRetry(WithReason(absl::AbortedError(
                                    "another library is being examined; try again when it is done"),
                                "PLUGIN_CHANGE_RUNNING"),
                     kRetryDelay);
  }
  const absl::Cleanup done = [&] {
    if (reasons.examines) examining_ = false;
  };
  absl::Status status = change();
  // Also after a failure: what was put in force before it stays.
  datasets_.AddFromPlugins(*plugins_.registry().Snapshot());
  return PluginFault(std::move(status), reasons);
}

absl::Status PluginFault(absl::Status status, const PluginReasons& reasons) {
  // A reason that stands already is left alone.
  if (FaultOf(status).reason != absl::StatusCodeToString(status.code())) return status;
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
      return WithReason(std::move(status), reasons.not_found);
    case absl::StatusCode::kAborted:
      return WithReason(std::move(status), "ETAG_MISMATCH");
    case absl::StatusCode::kInvalidArgument:
      return WithReason(std::move(status), "PLUGIN_REFUSED");
    case absl::StatusCode::kFailedPrecondition:
      return WithReason(std::move(status), reasons.failed_precondition);
    default:
      return status;
  }
}

}  // namespace keyscore::rpc
