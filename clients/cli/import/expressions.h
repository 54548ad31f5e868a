// What the expressions of a mapping may consist of, and holding them against it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "cli/import/mapping.h"
#include "store/expression/allow_list.h"
#include "store/expression/connection.h"

namespace keyscore::cli {

// Scalar SQL over the sources' columns: more than measures may use, but nothing that reads files,
// looks around, or differs from run to run. With `aggregates`, those as well.
store::ExpressionAllowList ImportAllowList(bool aggregates);

// Checks every expression; faults are usage errors that name the import and the column.
absl::Status CheckExpressions(const Mapping& mapping);

// Defines slug(text): lower-case ASCII letters and digits, everything between them one '-':
// "Anna Snelling" → "anna-snelling", "Émile & Co." → "emile-co".
absl::Status DefineFunctions(store::Connection& connection);

// A name in double quotes, a text in single ones.
std::string SqlName(const std::string& name);
std::string SqlText(const std::string& text);

}  // namespace keyscore::cli
