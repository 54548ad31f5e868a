// The directory: who is there, and who owns which account when; and the book derived from it.
#include <algorithm>
#include <initializer_list>

#include "facts/builtin_groups.h"
#include "facts/dataset_builders.h"

namespace keyscore::facts {
namespace {

DatasetSchema Directory(std::string key_column, std::initializer_list<std::string_view> required,
                        DatasetSchema schema) {
  schema.key_column = std::move(key_column);
  for (ColumnSchema& column : schema.columns) {
    if (std::find(required.begin(), required.end(), column.name) != required.end()) {
      column.nullable = false;
    }
  }
  return schema;
}

}  // namespace

std::vector<DatasetSchema> DirectoryDatasets() {
  constexpr DatasetKind kKind = DatasetKind::kDirectory;
  return {
      Directory("account_id", {"account_id"},
                Builtin(kKind, "account", "Accounts",
                        "One row per span of an account's life: who left and came back has two.",
                        "started",
                        {Text("name", "What people call the account."),
                         Maybe(Text("segment", "Customer segment, such as enterprise.")),
                         Maybe(Text("region", "Sales region.")),
                         Maybe(Instant("churned_at", "When this span ended; null = still active.")),
                         Maybe(Text("attributes", "Anything else, a JSON object."))})),
      Directory("contact_id", {"account_id"},
                Builtin(kKind, "contact", "Contacts", "People at the accounts.", "first known",
                        {Text("contact_id", "Identifies the person."),
                         OneOf("seniority", {"c_level", "vp", "director", "manager", "staff"},
                               "Level in the account's organisation."),
                         Flag("decision_maker", "Decides about what is bought."),
                         Maybe(Text("department", "Where in the account's organisation."))})),
      Directory("manager_id", {"manager_id"},
                Builtin(kKind, "manager", "Managers",
                        "Key account managers; a new row when the role or the team changes.",
                        "role started",
                        {Text("name", "Full name."),
                         Maybe(Reference("team_id", "team", "The team the manager belongs to.")),
                         Maybe(Instant("left_at", "When the role ended; null = in it."))})),
      Directory("fact_id", {"account_id", "manager_id"},
                Builtin(kKind, "ownership", "Ownership",
                        "Which manager looks after which account; the latest start wins where "
                        "spans overlap.",
                        "from", {Maybe(Instant("until", "End of the span; null = still owned."))})),
      Directory("team_id", {},
                Builtin(kKind, "team", "Teams", "Teams of managers.", "founded",
                        {Text("team_id", "Identifies the team."),
                         Text("name", "What people call the team.")})),
  };
}

std::vector<DatasetSchema> DerivedDatasets() {
  return {Builtin(
      DatasetKind::kDerived, "book", "Book of business",
      "One row per account life span and ownership span that overlap; for an account subject, its "
      "life spans alone.",
      "the later of the account's start and the ownership's",
      {Maybe(Instant("ended_at",
                     "The earlier of churn and end of the ownership; null = still in the book.")),
       Maybe(Instant("churned_at", "When the account's life span ended, whoever owned it.")),
       Maybe(Instant("started_at", "When the account's life span began, whoever owned it."))})};
}

}  // namespace keyscore::facts
