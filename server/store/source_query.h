// SQL of one dataset's facts, attributed to subjects and with what they refer to at hand.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "store/bound_measure.h"
#include "store/current_rows.h"

namespace keyscore::store {

// Names of the columns that a source adds; no dataset can have them.
inline constexpr char kSubject[] = "\"@subject\"";  // id; '' for the organisation
inline constexpr char kOwner[] = "\"@owner\"";      // attributed manager; null = nobody

// By reference (contact): every key of it that rows have. Absent = not known, or too many.
using ReferredKeys = absl::btree_map<std::string, std::vector<std::string>>;

struct SourceRequest {
  std::string dataset;
  NeededColumns needs;
  std::string predicate;       // over the dataset's columns; "" = every row
  std::optional<Scope> scope;  // absent = every fact, no subject
  bool with_owner = false;     // the owner whatever the scope
  bool with_unowned = false;   // rows that are no manager's stay, their subject null
  bool with_seq = false;       // also _seq
  bool with_version = false;   // also _version
  VersionRange versions;
  // The rows are a small part of the dataset: references are read for them alone.
  bool few = false;
  ReferredKeys keys;  // of those rows; with few
};

// SELECT of the needed columns; a struct per reference, so that `contact.seniority` reads; @subject
// if there is a scope, rows of other subjects left out; @owner if asked for or needed.
absl::StatusOr<std::string> SourceSql(const AsOf& as_of, const SourceRequest& request);

// The condition that a row lies in a measure's window.
std::string WindowPredicate(const ResolvedMeasure& measure);

}  // namespace keyscore::store
