// Weightings as people and spreadsheets read them.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "cli/context.h"
#include "cli/text/table.h"
#include "keyscore/v1/weighting_service.pb.h"

namespace keyscore::cli {

// What counts for a subject. `exceptions` are those that the resolution names.
void PrintWeights(const v1::WeightResolution& weights,
                  const std::vector<v1::ScoreOverride>& exceptions, const Terminal& terminal);
// One record a KPI.
void PrintWeightsCsv(const v1::WeightResolution& weights, std::ostream& out);

void PrintResolution(const v1::ResolutionExplanation& explanation, const Terminal& terminal);
void PrintResolutionCsv(const v1::ResolutionExplanation& explanation, std::ostream& out);

void PrintProfiles(const std::vector<v1::WeightProfile>& profiles, const Terminal& terminal);
// One revision, whole.
void PrintProfile(const v1::WeightProfile& profile, const Terminal& terminal);
void PrintRevisions(const std::vector<v1::WeightProfile>& revisions, const Terminal& terminal);
// One record a revision, as lists and single profiles have it.
void PrintProfilesCsv(const std::vector<v1::WeightProfile>& profiles, std::ostream& out);
// After a change: how the profile stands now, and what is to be done next.
void PrintProfileChanged(const v1::WeightProfile& profile, const Terminal& terminal);

// "field: before → after", one a line.
void PrintFieldChanges(const google::protobuf::RepeatedPtrField<v1::FieldChange>& changes,
                       const Terminal& terminal, size_t indent);

// "counts as 75.0", "does not count".
std::string ExceptionWords(const v1::ScoreOverride& exception);
// "when there are no figures, …"; empty for the policy that is the rule.
std::string MissingDataWords(v1::MissingDataPolicy policy);

}  // namespace keyscore::cli
