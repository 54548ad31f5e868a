// The base of every KPI: struct Churn : Kpi<Churn> { ... }. It only gives short names to the types
// that belong to the KPI. The struct supplies
//
//   static constexpr Definition kDefinition = {...};
//   static constexpr Input kInputs[] = {...};
//   Result Evaluate(const Row& row) const;
//
// or, to see all rows at once (a model fitted over all accounts), instead of Evaluate
//
//   void EvaluateBatch(const Batch& batch, Output& output) const;
//
// To show how a value came about, it names `static constexpr Figure kDetails[]` and has
//
//   Result Evaluate(const Row& row, Details& details) const;   // details["gap"] = 12;
//
// A model that is fitted over all accounts of the organisation before any row is evaluated names
// `static constexpr Figure kParameters[]` and has
//
//   void Fit(const Batch& population, Parameters& parameters) const;   // parameters["r"] = 0.2;
//
// which throws Failure(Code::kFailedPrecondition, "...") where there is too little to fit: every
// row is then NO_DATA. Evaluate reads them with row.Parameter("r").
//
// Where it has settings, it has a constructor: explicit Churn(const Settings& settings).
// An instance is made once for each set of settings and is never changed by Evaluate.
#pragma once

#include "keyscore/sdk/definition.h"
#include "keyscore/sdk/formulas.h"
#include "keyscore/sdk/row.h"
#include "keyscore/sdk/settings.h"

namespace keyscore::sdk {

template <class Self>
struct Kpi {
  using Row = RowOf<Self>;
  using Batch = BatchOf<Self>;
  using Settings = SettingsOf<Self>;
  using Details = DetailsOf<Self>;
  using Parameters = ParametersOf<Self>;
};

namespace internal {

template <class K>
concept EvaluatesBatches = requires(const K& kpi, const BatchOf<K>& batch, Output& output) {
  kpi.EvaluateBatch(batch, output);
};

template <class K>
concept EvaluatesRows = requires(const K& kpi, const RowOf<K>& row) {
  { kpi.Evaluate(row) } -> std::convertible_to<Result>;
};

template <class K>
concept EvaluatesDetailedRows = requires(const K& kpi, const RowOf<K>& row, DetailsOf<K>& details) {
  { kpi.Evaluate(row, details) } -> std::convertible_to<Result>;
};

template <class K>
concept Fits = requires(const K& kpi, const BatchOf<K>& population, ParametersOf<K>& parameters) {
  kpi.Fit(population, parameters);
};

// Nothing to remember between calls: no instance is allocated.
template <class K>
concept Stateless = std::is_empty_v<K> && std::is_default_constructible_v<K>;

}  // namespace internal
}  // namespace keyscore::sdk
