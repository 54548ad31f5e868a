// The list of built-in datasets, put together once.
#include "facts/builtin_datasets.h"

#include "facts/builtin_groups.h"

namespace keyscore::facts {

const std::vector<DatasetSchema>& BuiltinDatasets() {
  static const auto* const datasets = [] {
    auto* all = new std::vector<DatasetSchema>;
    for (auto* group : {&DirectoryDatasets, &EventDatasets, &DerivedDatasets}) {
      for (DatasetSchema& schema : group()) all->push_back(std::move(schema));
    }
    return all;
  }();
  return *datasets;
}

bool HasNoAccounts(std::string_view dataset) {
  // Events that are about the manager (design, section 8), then what the directory keys by others.
  if (dataset == "learning" || dataset == "feedback" || dataset == "employee_survey") return true;
  for (const DatasetSchema& schema : BuiltinDatasets()) {
    if (schema.id == dataset) {
      return schema.key_column == "manager_id" || schema.key_column == "team_id";
    }
  }
  return false;
}

}  // namespace keyscore::facts
