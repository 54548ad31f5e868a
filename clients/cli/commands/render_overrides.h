// Exceptions as people and spreadsheets read them.
#pragma once

#include <ostream>

#include "cli/context.h"
#include "keyscore/v1/weighting_service.pb.h"

namespace keyscore::cli {

void PrintOverrides(const google::protobuf::RepeatedPtrField<v1::ScoreOverride>& all,
                    const Terminal& terminal);
void PrintOverridesCsv(const google::protobuf::RepeatedPtrField<v1::ScoreOverride>& all,
                       std::ostream& out);

void PrintOverride(const v1::ScoreOverride& exception, const Terminal& terminal);
// The record that a list has of it.
void PrintOverrideCsv(const v1::ScoreOverride& exception, std::ostream& out);
// After a change: how it stands now, and what is to be done next.
void PrintOverrideChanged(const v1::ScoreOverride& exception, const Terminal& terminal);

}  // namespace keyscore::cli
