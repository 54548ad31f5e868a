// The datasets that every Keyscore has: the directory and the events of section 8 of the design.
#pragma once

#include <vector>

#include "facts/schema.h"

namespace keyscore::facts {

// All built-in schemas, directory first, then events, then derived (book), each by name.
//
// account, manager, team, contact, ownership describe the directory. Several rows (fact_ids) may
// describe one account: each is a span of its life, so an account may churn and come back.
// `book` is derived: one row per account life span and ownership span that overlap; columns
// occurred_at (the later of started and owned-from), ended_at? (the earlier of churned and
// ownership end), churned_at? and started_at (the account's own).
const std::vector<DatasetSchema>& BuiltinDatasets();

// Built-in datasets about managers and teams: their facts belong to no account, so nothing can be
// asked of them by account.
bool HasNoAccounts(std::string_view dataset);

}  // namespace keyscore::facts
