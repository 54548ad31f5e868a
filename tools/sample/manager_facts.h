// Draws the facts about managers alone: learning, feedback, their own survey, and what they do
// where there is no account yet.
#pragma once

#include "sample/organization.h"
#include "sample/sink.h"

namespace keyscore::sample {

void WriteFacts(const Organization& organization, const Manager& manager, int index, Sink& sink);

}  // namespace keyscore::sample
