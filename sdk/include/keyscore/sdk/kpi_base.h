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
// and, where it has settings, a constructor: explicit Churn(const Settings& settings).
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

// Nothing to remember between calls: no instance is allocated.
template <class K>
concept Stateless = std::is_empty_v<K> && std::is_default_constructible_v<K>;

}  // namespace internal
}  // namespace keyscore::sdk
