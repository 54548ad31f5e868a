// Subjects, KPIs and periods as people type them, and the resource names they stand for.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/context.h"

namespace keyscore::cli {

// "managers/x", "accounts/x", "teams/x" or "organization"; anything else is a usage error that says
// what was probably meant.
absl::StatusOr<std::string> ParseSubject(const std::string& text);

// A period's form is the server's to judge; here only what can't be part of a resource name is
// refused.
absl::StatusOr<std::string> ParsePeriod(const std::string& text);

// "{subject}/scorecards/{period}".
absl::StatusOr<std::string> ScorecardName(const std::string& subject, const std::string& period);

// "churn_rate" and "kpis/churn_rate" both name kpis/churn_rate; likewise for other collections.
std::string InCollection(const std::string& id, const std::string& collection);
std::vector<std::string> InCollection(const std::vector<std::string>& ids,
                                      const std::string& collection);

// An instant: RFC 3339 ("2017-10-01T00:00:00Z"), or a date, which means its midnight in the
// reporting time zone of the server.
absl::StatusOr<google::protobuf::Timestamp> ParseInstant(const std::string& text, Context& context);

}  // namespace keyscore::cli
