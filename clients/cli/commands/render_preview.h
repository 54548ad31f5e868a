// What drafts would change, as people and spreadsheets read it.
#pragma once

#include <ostream>

#include "cli/context.h"
#include "keyscore/v1/weighting_service.pb.h"

namespace keyscore::cli {

// The ten largest rises and falls of each period, or every one of them.
void PrintPreview(const v1::WeightPreview& preview, bool all, const Terminal& terminal);
// One record a subject and period.
void PrintPreviewCsv(const v1::WeightPreview& preview, std::ostream& out);

}  // namespace keyscore::cli
