// What a generated sample has too little of, on top of one. To the tables of ReadSample, after
// MakeClock and before MakeSubjects, both.
#pragma once

#include <vector>

#include "integration/oracle/raw_facts.h"
#include "support/duck.h"

namespace keyscore::testing {

// Facts of all kinds on the microseconds around which periods and windows begin and end, around the
// clock changes of the zone, at the end of 29 February; done just in and just out of time; missing
// what may be missing, and some that contradict themselves.
void AddFactsAtEdges(Duck& duck, const std::vector<AskedPeriod>& periods);

// Subjects of whom nothing or little is known; accounts that start, churn, come back and change
// hands exactly when a period begins or ends, with facts at that instant.
void AddLivesAtEdges(Duck& duck, const std::vector<AskedPeriod>& periods);

}  // namespace keyscore::testing
