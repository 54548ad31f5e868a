// The oracle's own reading of the facts: who a fact belongs to, and which accounts were in whose
// book, by SQL over the raw tables. Nothing here is shared with the server.
//
// Macros of the reporting time zone:
//   local_time(t), local_day(t)            clock and calendar day there at a UTC instant
//   midnight(day)                          UTC instant at which a day begins there
// Tables made, on top of one per dataset:
//   manager_team(manager_id, team_id)      by the latest `manager` row
//   contact_now(contact_id, …)             the latest row of each contact
//   subject(subject)                       managers/…, teams/…, accounts/…, organization
//   s_<dataset>(subject, …)                every fact once for each subject that it counts for
//   s_meeting                              s_interaction with its contact's columns, null where the
//                                          contact is not known
//   s_book(subject, account_id, occurred_at, ended_at, churned_at)
//                                          time that accounts were in the subject's book, a row
//                                          for each owner's span; of an account its lives
// and for a period:
//   period(s, e, s0, s1, e1, t90, …, n180, days)
//                                          UTC instants: P is [s, e), P⁻ is [s0, s), P¹ is
//                                          [s1, e1), T(90) is [t90, e), n180 is 180 days after e
//   active_s, active_e(subject, account_id, started, churned_at)   A(S) and A(E), a row a span
//   accounts_e(subject, n)                 accounts of A(E)
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

// In this order; MakePeriod replaces the tables of an earlier period.
void MakeClock(Duck& duck, const std::string& time_zone);
void MakeSubjects(Duck& duck);
void MakePeriod(Duck& duck, const AskedPeriod& period);

}  // namespace keyscore::testing
