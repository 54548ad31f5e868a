// What the methods that name a scorecard have in common.
#include "rpc/scorecard_methods.h"

#include <utility>

namespace keyscore::rpc {

absl::StatusOr<Asked> Resolve(const std::string& field, const std::string& name, const View& view,
                              const Backend& backend) {
  absl::StatusOr<ScorecardName> parsed = ParseScorecardName(field, name);
  if (!parsed.ok()) return parsed.status();
  absl::StatusOr<measures::Period> period = ParsePeriod(field, parsed->period, view);
  if (!period.ok()) return period.status();
  absl::StatusOr<scoring::SubjectInfo> info = view.directory->Find(
      parsed->subject, *period, view.pinned.calendar, backend.config.organization_display_name);
  if (!info.ok()) return info.status();
  return Asked{std::move(parsed->subject), *std::move(info), *std::move(period)};
}

scoring::CardRequest CardRequestFor(const Asked& asked, const Seen& seen, const Call& call) {
  scoring::CardRequest request;
  request.kind = asked.subject.kind;
  request.subjects = {asked.info};
  request.period = asked.period;
  request.weights_of = seen.weights_of;
  request.watermark = seen.view.watermark;
  request.stop = call.stop();
  return request;
}

}  // namespace keyscore::rpc
