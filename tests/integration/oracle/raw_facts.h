// The oracle's own reading of the facts: who a fact belongs to, and which accounts were in whose
// book, by SQL over the raw tables. Nothing here is shared with the server.
//
// Tables made, on top of one per dataset:
//   manager_team(manager_id, team_id)      by the latest `manager` row
//   subject(subject)                       managers/…, teams/…, accounts/…, organization
//   s_<dataset>(subject, …)                every fact once for each subject that it counts for
// and for a period:
//   period(s, e, s1, e1, t90, t365, days)  UTC instants; s1, e1 a year earlier; t90, t365 before e
//   active_s, active_e(subject, account_id, started, churned_at)   A(S) and A(E), a row a span
//   managers_e(subject, managers)          in their role at E
#pragma once

#include <string>

#include "support/duck.h"

namespace keyscore::testing {

// A period as asked, and the days that it must resolve to, written down by hand.
struct AskedPeriod {
  std::string expression;
  std::string from;
  std::string to;  // exclusive
  std::string last_year_from;
  std::string last_year_to;
};

void MakeSubjects(Duck& duck);
void MakePeriod(Duck& duck, const AskedPeriod& period, const std::string& time_zone);

}  // namespace keyscore::testing
