// Draws the facts of one account, day by day, along its life.
#pragma once

#include "sample/organization.h"
#include "sample/sink.h"

namespace keyscore::sample {

void WriteFacts(const Organization& organization, const Account& account, Sink& sink);

}  // namespace keyscore::sample
