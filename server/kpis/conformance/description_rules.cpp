// Whether what a KPI asks of the facts can be asked: datasets, columns, expressions, roll-up.
#include <algorithm>

#include "absl/strings/str_join.h"
#include "facts/builtin_datasets.h"
#include "fmt/format.h"
#include "kpis/admission.h"
#include "kpis/conformance/rules.h"
#include "store/duckdb_store.h"

namespace keyscore::kpis::conformance {
namespace {

// The datasets that an input may come from: built in, or the library's own.
std::vector<facts::DatasetSchema> KnownDatasets(const DescribedLibrary& library) {
  std::vector<facts::DatasetSchema> known = library.datasets;
  known.insert(known.end(), facts::BuiltinDatasets().begin(), facts::BuiltinDatasets().end());
  return known;
}

const facts::DatasetSchema* Find(const std::vector<facts::DatasetSchema>& schemas,
                                 const std::string& id) {
  const auto found = std::find_if(schemas.begin(), schemas.end(),
                                  [&](const facts::DatasetSchema& one) { return one.id == id; });
  return found == schemas.end() ? nullptr : &*found;
}

struct Fault {
  std::string happened;
  std::string fix;
};

std::optional<Fault> InstantFault(const facts::DatasetSchema& schema, const char* field,
                                  const std::string& name) {
  const facts::ColumnSchema* const column = schema.FindColumn(name);
  if (column != nullptr && column->type == facts::ColumnType::kTimestamp) return std::nullopt;
  std::vector<std::string> instants;
  for (const facts::ColumnSchema& one : schema.columns) {
    if (one.type == facts::ColumnType::kTimestamp) instants.push_back(one.name);
  }
  return Fault{column == nullptr
                   ? fmt::format("{} '{}' is not in the dataset '{}'", field, name, schema.id)
                   : fmt::format("{} '{}' of the dataset '{}' is {}, not TIMESTAMP", field, name,
                                 schema.id, facts::ColumnTypeName(column->type)),
               fmt::format("take one of {}", absl::StrJoin(instants, ", "))};
}

std::optional<Fault> InputFault(const measures::MeasureSpec& input,
                                const std::vector<facts::DatasetSchema>& known) {
  const facts::DatasetSchema* const schema = Find(known, input.dataset);
  if (schema == nullptr) {
    const std::string ids = absl::StrJoin(
        known, ", ",
        [](std::string* out, const facts::DatasetSchema& one) { out->append(one.id); });
    return Fault{fmt::format("there is no dataset '{}'", input.dataset),
                 fmt::format("declare it in the library, or take one of {}", ids)};
  }
  if (auto fault = InstantFault(*schema, "time_column", input.time_column)) return fault;
  const bool is_span =
      input.window == measures::Window::kAtStart || input.window == measures::Window::kAtEnd;
  return is_span ? InstantFault(*schema, "end_column", input.end_column) : std::nullopt;
}

std::string Named(const measures::MeasureSpec& input, const std::string& what) {
  return fmt::format("input '{}': {}", input.name, what);
}

}  // namespace

void TryInputs(Trial& trial) {
  const std::vector<facts::DatasetSchema> known = KnownDatasets(trial.library);
  for (const measures::MeasureSpec& input : trial.definition().inputs) {
    if (const auto fault = InputFault(input, known)) {
      trial.reporter.Fail(Named(input, fault->happened), fault->fix);
    }
  }
}

void TryExpressions(Trial& trial) {
  trial.reporter.Doing("checking the expressions");
  if (trial.store == nullptr) {
    auto opened = store::OpenDuckDbStore({.path = ":memory:", .threads = 1});
    if (!opened.ok()) {
      trial.reporter.Fail(std::string(opened.status().message()), "free memory for the checker");
      return;
    }
    trial.store = *std::move(opened);
  }
  const std::vector<facts::DatasetSchema> known = KnownDatasets(trial.library);
  for (const measures::MeasureSpec& input : trial.definition().inputs) {
    if (InputFault(input, known)) continue;  // the rule `inputs` tells
    const absl::Status checked = trial.store->CheckMeasure(ForChecking(input), known);
    if (checked.ok()) continue;
    trial.reporter.Fail(Named(input, std::string(checked.message())),
                        "write scalar SQL over the dataset's columns; the SDK's README lists "
                        "operators and functions");
  }
}

void TryRollup(Trial& trial) {
  for (const measures::MeasureSpec& input : trial.definition().inputs) {
    if (const auto fault = FindRollupFault(trial.definition(), input)) {
      trial.reporter.Fail(Named(input, fault->what), fault->fix);
    }
  }
}

}  // namespace keyscore::kpis::conformance
